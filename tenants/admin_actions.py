"""Done with many rows at once: chosen on a list, confirmed on a page that asks why and how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from tenants import changes
from tenants.admin_base import MAX_DIGITS, PortalAdmin, is_id
from tenants.admin_scope import Least, actor, allows
from tenants.events import Actor

# Each row is locked, saved and noted by itself, in one transaction.
ROWS_AT_ONCE = 1000
NAMED = 20
REASON_LENGTH = 1000

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


def chosen_ids(
    page: PortalAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> list[int] | None:
    """In their order; None, and told, when none is there or more than can be done at once."""
    ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: ROWS_AT_ONCE + 1])
    if 0 < len(ids) <= ROWS_AT_ONCE:
        return ids
    most = f"Choose at most {ROWS_AT_ONCE} at once."
    text = most if ids else "What was chosen is not there any more."
    page.message_user(request, text, level=messages.ERROR)
    return None


def named(page: PortalAdmin, count: int) -> str:
    name = page.opts.verbose_name if count == 1 else page.opts.verbose_name_plural
    return f"{count} {name}"


class ReasonField(forms.CharField):
    widget = AdminTextareaWidget(attrs={"rows": 3})

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(max_length=REASON_LENGTH, required=required, **options)


class ActForm(forms.Form):
    """What was chosen comes back in one field: Django takes no form of a thousand.

    Subclasses say what is asked for.
    """

    act = forms.CharField(widget=forms.HiddenInput)
    chosen = forms.CharField(widget=forms.HiddenInput, max_length=ROWS_AT_ONCE * (MAX_DIGITS + 1))
    required_css_class = "required"

    def clean_chosen(self) -> list[int]:
        parts = self.cleaned_data["chosen"].split(",")
        if len(parts) > ROWS_AT_ONCE or not all(map(is_id, parts)):
            raise ValidationError("What was chosen cannot be read.")
        return [int(part) for part in parts]


class ReasonForm(ActForm):
    reason = ReasonField(help_text="Optional; kept in the history.")


@dataclass(frozen=True)
class Confirmed:
    """What a step is given: the locked rows, and all that was told; the actor has the reason."""

    page: Any
    request: HttpRequest
    rows: list[Any]
    by: Actor
    told: Mapping[str, Any]


# Does it, and says how many rows it changed.
Step = Callable[[Confirmed], int]


@dataclass(frozen=True)
class Spared:
    """Those of the chosen that a step leaves as they are, and how the page says it beforehand."""

    which: Callable[[HttpRequest], Q]
    words: str  # they are …
    why: str = ""


@dataclass(frozen=True)
class Act:
    """`word` is on the button, `done` in the message afterwards; `note` says what it means."""

    word: str
    done: str
    least: Least
    step: Step
    note: str = ""
    spared: Spared | None = None
    form: type[ActForm] = ReasonForm
    choice: str = "{word} selected {rows}"  # among a list's actions


class ConfirmsAdmin(Base):
    """Mixed into PortalAdmin; the subclass says its `acts`, by the names of their actions."""

    acts: ClassVar[Mapping[str, Act]]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        own = path("act/", self.admin_site.admin_view(self.act_view), name=name)
        return [own, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        for name, act in self.acts.items():
            if allows(request, act.least):
                text = act.choice.format(word=act.word, rows=self.opts.verbose_name_plural)
                actions[name] = (partial(ask, name), name, text)
        return actions

    def locked(self, rows: QuerySet[Any]) -> list[Any]:
        """Of these rows alone: a row lock of a joined person is not a tenant's to take."""
        return list(rows.select_for_update(of=("self",)))

    def in_words(self, row: Any) -> str:
        return str(row)

    def question(
        self, request: HttpRequest, form: ActForm, name: str, ids: list[int]
    ) -> HttpResponse:
        act, rows = self.acts[name], self.get_queryset(request).filter(pk__in=ids)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{act.word}: are you sure?",
            "word": act.word,
            "act": act,
            "spared": rows.filter(act.spared.which(request)).count() if act.spared else 0,
            "form": form,
            "count": len(ids),
            "named": [self.in_words(row) for row in rows.order_by("pk")[:NAMED]],
            "unnamed": max(0, len(ids) - NAMED),
            "act_url": self.place(request, "act"),
            "back_url": self.place(request, "changelist"),
        }
        return TemplateResponse(request, "admin/confirm_action.html", context)

    def act_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        name = request.POST.get("act", "")
        if name not in self.acts:
            raise BadRequest
        act = self.acts[name]
        if not allows(request, act.least):
            raise PermissionDenied
        form = act.form(request.POST)
        is_sound = form.is_valid()
        told = form.cleaned_data
        ids = told.get("chosen")
        if not ids:
            raise BadRequest
        if not is_sound:
            return self.question(request, form, name, ids)
        rows = self.locked(self.get_queryset(request).filter(pk__in=ids).order_by("pk"))
        by = replace(actor(request), reason=told.get("reason", ""))
        count = act.step(Confirmed(self, request, rows, by, told))
        self.message_user(request, f"{named(self, count)} {act.done}.")
        return redirect(self.place(request, "changelist"))


def ask(
    name: str, page: ConfirmsAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """The page that says what will happen, and takes what is asked for."""
    ids = chosen_ids(page, request, queryset)
    if ids is None:
        return None
    form = page.acts[name].form(initial={"act": name, "chosen": ",".join(map(str, ids))})
    return page.question(request, form, name, ids)


def setting(action: str = "changed", **facts: Any) -> Step:
    """A step that gives each row these values."""

    def step(confirmed: Confirmed) -> int:
        by = confirmed.by
        return sum(changes.change(row, facts, by=by, action=action) for row in confirmed.rows)

    return step


def each(change: Callable[..., bool]) -> Step:
    """A step by a function of the domain that takes one row, and says whether it changed."""

    def step(confirmed: Confirmed) -> int:
        return sum(change(row, by=confirmed.by) for row in confirmed.rows)

    return step
