"""Records verified, rejected and archived from the list: many at once, after a look at which."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db.models import Q

from credentials.certifications import changing, checks, verifying
from credentials.certifications.admin_pages.people import name_of
from credentials.certifications.checks import Verdict
from credentials.certifications.models import Certification, Standing
from credentials.certifications.serializers import VerificationSerializer
from credentials_portal.problems import input_errors
from tenants.admin_actions import Act, ActForm, Confirmed, ConfirmsAdmin, Spared, each
from tenants.models import Role

VERDICTS = {
    "verify": Certification.Verification.VERIFIED,
    "reject": Certification.Verification.REJECTED,
}
ARCHIVED = Standing.ARCHIVED
NOT_ONES_OWN = "nobody verifies a record of their own"


class VerificationForm(ActForm):
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
                "status": str(VERDICTS[told["act"]]),
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


def judge(confirmed: Confirmed) -> int:
    by, told = confirmed.by, confirmed.told
    others = [row for row in confirmed.rows if row.membership.user_id != by.user_id]
    for row in others:
        verdict = Verdict(VERDICTS[told["act"]], told["note"])
        verifying.verify(row, verdict, told["method"], by=by)
    if left := len(confirmed.rows) - len(others):
        text = f"{NOT_ONES_OWN.capitalize()}: {left} of yours left as before."
        confirmed.page.message_user(confirmed.request, text, level=messages.WARNING)
    return len(others)


OWN = Spared(lambda request: Q(membership__user_id=request.user.pk), "your own", NOT_ONES_OWN)


class JudgesAdmin(ConfirmsAdmin):
    """Mixed into the records' PortalAdmin."""

    change_form_template = "admin/certification.html"
    acts: ClassVar[Mapping[str, Act]] = {
        "verify": Act(
            *("Verify", "verified", Role.ISSUER, judge), spared=OWN, form=VerificationForm
        ),
        "reject": Act(
            *("Reject", "rejected", Role.ISSUER, judge), spared=OWN, form=VerificationForm
        ),
        "archive": Act(
            *("Archive", "archived", Role.ISSUER, each(changing.archive)),
            note="An archived record stays readable, counts for no qualification, and comes back"
            " only when its source sends it again.",
            spared=Spared(lambda _request: Q(lifecycle_status=ARCHIVED), "archived already"),
        ),
    }

    def in_words(self, row: Certification) -> str:
        facts = (row.certification_type, row.issuer_name, row.serial_number)
        return " · ".join([name_of(row.membership), *(str(fact) for fact in facts if fact)])
