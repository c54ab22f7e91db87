"""The form by which one assertion is issued."""

from typing import ClassVar

from credentials.core.admin_fields import KeptLinesField, KeptTextField
from credentials.core.admin_shapes import ShapedForm, told
from credentials.organization_credentials import assertions
from credentials.organization_credentials.assertion_serializers import read_assertion
from credentials.organization_credentials.assertions import ALREADY_ISSUED
from credentials.organization_credentials.conflicts import AlreadyIssued
from credentials.organization_credentials.models import Assertion
from tenants import walls


class IssueForm(ShapedForm):
    spelled: ClassVar[dict[str, str]] = {
        "definition": "credential",
        "identity": "recipient/identity",
    }

    identity = KeptTextField(
        label="Recipient",
        required=True,
        help_text="Username or verified email address of a member, or of somebody who is none yet:"
        " it is theirs when they become one.",
    )
    narrative = KeptLinesField(rows=6, help_text="How it was earned. Public.")
    evidence_url = KeptTextField(label="Evidence URL")

    class Meta:
        model = Assertion
        fields = ("definition", "identity", "expires_at", "narrative", "evidence_url")
        help_texts: ClassVar[dict[str, str]] = {
            "expires_at": "Left blank, as long as the definition says."
        }

    def write(self) -> Assertion:
        """By the engine; in the tenant of the definition, which this person may issue."""
        definition = self.cleaned_data["definition"]
        names = ("expires_at", "narrative", "evidence_url")
        body = {name: told(self.cleaned_data[name]) for name in names}
        body["recipient"] = {"identity": self.cleaned_data["identity"]}
        reading = read_assertion(definition.uuid, body)
        if reading.errors:
            raise self.refused(reading.errors)
        with walls.tenant_work(definition.tenant_id):
            (outcome,) = assertions.issue(definition.tenant_id, [reading.wanted], by=self.actor)
        if outcome.errors:
            raise self.refused(outcome.errors)
        if outcome.change == ALREADY_ISSUED:
            raise AlreadyIssued
        made = {"tenant_id": definition.tenant_id, "uuid": outcome.uuid}
        return Assertion.objects.get(**made)
