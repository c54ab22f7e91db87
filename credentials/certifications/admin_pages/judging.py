"""Records verified, rejected and archived from the list: many at once, after a look at which."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from credentials.certifications import changing, checks, verifying
from credentials.certifications.admin_pages.people import name_of
from credentials.certifications.checks import Verdict
from credentials.certifications.models import Certification, Standing
from credentials.certifications.serializers import VerificationSerializer
from credentials_portal.problems import input_errors
from tenants.admin_actions import NAMED, ChosenForm, ReasonField, chosen_ids
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import actor, allows
from tenants.models import Role

VERIFIED, REJECTED = Certification.Verification.VERIFIED, Certification.Verification.REJECTED
ARCHIVED = Standing.ARCHIVED
# What is asked for, by the action that asks, and how the page says it.
WORDS = {VERIFIED: "Verify", REJECTED: "Reject", ARCHIVED: "Archive"}

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class JudgementForm(ChosenForm):
    status = forms.ChoiceField(
        choices=[(str(status), word) for status, word in WORDS.items()], widget=forms.HiddenInput
    )


class VerificationForm(JudgementForm):
    """What the API takes for one record, here for each."""

    method = forms.CharField(
        strip=False,
        widget=AdminTextInputWidget,
        help_text="How it was found out, such as “called the issuer” or “saw the original”.",
    )
    note = forms.CharField(
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="Optional; kept with the record and in its history.",
    )

    def clean(self) -> dict[str, Any] | None:
        told = self.cleaned_data
        asked = VerificationSerializer(
            data={
                "status": str(told.get("status")),
                "method": told.get("method", ""),
                "note": told.get("note") or None,
            }
        )
        faults = () if asked.is_valid() else input_errors(asked.errors)
        for fault in faults:
            name = fault.pointer.strip("/")
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, fault.detail)
        if told.get("method") in checks.known():
            text = "A check of this name finds the status by itself, when it is asked by the API."
            self.add_error("method", text)
        return super().clean()


class ArchivingForm(JudgementForm):
    reason = ReasonField(help_text="Optional; kept in the history.")


def form_of(status: str) -> type[JudgementForm]:
    return ArchivingForm if status == ARCHIVED else VerificationForm


def in_words(row: Certification) -> str:
    facts = (row.certification_type, row.issuer_name, row.serial_number)
    return " · ".join([name_of(row.membership), *(str(fact) for fact in facts if fact)])


class JudgesAdmin(Base):
    """Mixed into the records' PortalAdmin."""

    change_form_template = "admin/certification.html"
    actions: Any = ("verify", "reject", "archive")

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return allows(request, Role.ISSUER)

    def get_urls(self) -> list[URLPattern]:
        name = "credentials_certification_judge"
        own_page = path("judge/", self.admin_site.admin_view(self.judge_view), name=name)
        return [own_page, *super().get_urls()]

    @admin.action(description="Verify selected %(verbose_name_plural)s", permissions=["judge"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self.ask(request, queryset, VERIFIED)

    @admin.action(description="Reject selected %(verbose_name_plural)s", permissions=["judge"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self.ask(request, queryset, REJECTED)

    @admin.action(description="Archive selected %(verbose_name_plural)s", permissions=["judge"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return self.ask(request, queryset, ARCHIVED)

    # --- Asked

    def ask(
        self, request: HttpRequest, queryset: QuerySet[Any], status: str
    ) -> HttpResponse | None:
        ids = chosen_ids(self, request, queryset)
        if ids is None:
            return None
        initial = {"status": str(status), "chosen": ",".join(map(str, ids))}
        return self.question(request, form_of(status)(initial=initial), ids, status)

    def question(
        self, request: HttpRequest, form: JudgementForm, ids: list[int], status: str
    ) -> HttpResponse:
        rows = self.get_queryset(request).filter(pk__in=ids)
        word = WORDS[status]  # type: ignore[index]
        is_about_truth = status != ARCHIVED
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{word}: are you sure?",
            "word": word,
            "form": form,
            "count": len(ids),
            "own": rows.filter(membership__user_id=request.user.pk).count()
            if is_about_truth
            else 0,
            "already": 0 if is_about_truth else rows.filter(lifecycle_status=ARCHIVED).count(),
            "named": [in_words(row) for row in rows.order_by("pk")[:NAMED]],
            "unnamed": max(0, len(ids) - NAMED),
            "judge_url": self.place(request, "judge"),
            "back_url": self.place(request, "changelist"),
        }
        return TemplateResponse(request, "admin/judge_certifications.html", context)

    # --- Done

    def judge_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_judge_permission(request):
            raise PermissionDenied
        status = request.POST.get("status", "")
        if status not in WORDS:
            raise BadRequest
        form = form_of(status)(request.POST)
        is_sound = form.is_valid()
        ids = form.cleaned_data.get("chosen")
        if not ids:
            raise BadRequest
        if not is_sound:
            return self.question(request, form, ids, status)
        # Of these rows alone: a row lock of a joined person is not a tenant's to take.
        chosen = self.get_queryset(request).filter(pk__in=ids).order_by("pk")
        self.judge(request, list(chosen.select_for_update(of=("self",))), status, form)
        return redirect(self.place(request, "changelist"))

    def judge(
        self, request: HttpRequest, rows: list[Certification], status: str, form: JudgementForm
    ) -> None:
        by = replace(actor(request), reason=form.cleaned_data.get("reason", ""))
        if status == ARCHIVED:
            open_ones = [row for row in rows if row.lifecycle_status != ARCHIVED]
            for row in open_ones:
                changing.archive(row, by=by)
            self.tell(request, open_ones, "archived")
            return
        others = [row for row in rows if row.membership.user_id != request.user.pk]
        verdict = Verdict(Certification.Verification(status), form.cleaned_data["note"])
        for row in others:
            verifying.verify(row, verdict, form.cleaned_data["method"], by=by)
        self.tell(request, others, status)
        if left := len(rows) - len(others):
            text = f"Nobody verifies a record of their own: {left} of yours left as before."
            self.message_user(request, text, level=messages.WARNING)

    def tell(self, request: HttpRequest, rows: list[Certification], word: str) -> None:
        name = self.opts.verbose_name if len(rows) == 1 else self.opts.verbose_name_plural
        self.message_user(request, f"{len(rows)} {name} {word}.")
