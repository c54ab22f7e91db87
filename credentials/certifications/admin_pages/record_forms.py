"""Forms of records in the admin; they take what the API takes."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminDateWidget

from credentials.certifications import changing, recording
from credentials.certifications.admin_pages import people
from credentials.certifications.admin_pages.choosers import MemberField, TypeField, types_for
from credentials.certifications.models import Certification
from credentials.certifications.serializers import CertificationBodySerializer, read
from credentials.core.admin_fields import KeptTextField
from credentials.core.admin_shapes import SeenForm, told
from credentials_portal.problems import Conflict, InvalidInput
from tenants import walls

FACTS = (
    *("certification_type", "issued_on", "expires_on", "issuer_name", "serial_number"),
    *("source", "external_source", "external_id"),
)
PRESENT = "The member has a record of this external source and id; change that one."


class DayInput(forms.DateField):
    widget = AdminDateWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **options)


class RecordForm(SeenForm):
    """A change sends what was changed, as PATCH has it; what is emptied is taken away."""

    spelled: ClassVar[dict[str, str]] = {
        "membership": "organization_member_id",
        "certification_type": "certification_type_id",
    }

    certification_type = TypeField()
    issued_on = DayInput()
    expires_on = DayInput(help_text="The last day on which it is valid.")
    issuer_name = KeptTextField(label="Issuer")
    serial_number = KeptTextField()
    external_source = KeptTextField(help_text="The system that it comes from.")
    external_id = KeptTextField(
        label="External ID",
        help_text="Of the record in that system; with the source it names one record of a member.",
    )

    class Meta:
        model = Certification
        fields = FACTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "certification_type" in self.fields:
            types: Any = self.fields["certification_type"]
            types.queryset = types_for(self.request)

    def body(self, names: Any) -> dict[str, Any]:
        """What a caller of the API would send of these fields."""
        sent = {name: told(self.cleaned_data[name]) for name in names}
        for name in self.spelled:
            if sent.get(name):
                sent[name] = str(sent[name].uuid)
        return {self.spelled.get(name, name): value or None for name, value in sent.items()}

    def write(self) -> Certification:
        row: Certification = self.locked()
        changed = [name for name in self.changed_data if name in FACTS]
        changing.change(row, self.body(changed), by=self.actor)
        return row


class AddRecordForm(RecordForm):
    membership = MemberField()

    class Meta(RecordForm.Meta):
        fields = ("membership", *FACTS)  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members: Any = self.fields["membership"]
        members.queryset = people.members_for(self.request)

    def write(self) -> Certification:
        """By the engine; in the tenant of the member, whom this person may choose."""
        tenant_id = self.cleaned_data["membership"].tenant_id
        body = self.body(["membership", *FACTS])
        values, faults = read(CertificationBodySerializer, body)
        wanted = changing.wanted(values, person=0)  # the member is named
        with walls.tenant_work(tenant_id):
            if faults:
                raise InvalidInput(errors=[*faults, *recording.faults(tenant_id, wanted)])
            (outcome,) = recording.record(tenant_id, [wanted], by=self.actor)
        if outcome.errors:
            raise InvalidInput(errors=outcome.errors)
        if outcome.change != recording.CREATED:
            # What the engine wrote is undone: to add is not to change what is there.
            raise Conflict(PRESENT)
        made: Any = {"tenant_id": tenant_id, "uuid": outcome.uuid}
        return Certification.objects.get(**made)
