"""Forms of job roles and of who has them."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError

from credentials.certifications import assigning, defining
from credentials.certifications.admin_pages import people
from credentials.certifications.admin_pages.choosers import MemberField
from credentials.certifications.admin_pages.requirement_forms import ListedForm
from credentials.certifications.models import Standing
from credentials.certifications.role_models import (
    JobRole,
    JobRoleAssignment,
    JobRoleQualification,
    Qualification,
)
from credentials.certifications.role_serializers import JobRoleChangeSerializer, JobRoleSerializer
from credentials_portal.problems import InputError
from tenants.admin_base import RowChooser, is_id
from tenants.admin_forms import PortalForm

if TYPE_CHECKING:
    RowsField = forms.ModelMultipleChoiceField[Any]
else:
    RowsField = forms.ModelMultipleChoiceField


class QualificationsChooser(AutocompleteSelectMultiple):
    """Django's own is a 500 when the page is shown again with something that is no id."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if is_id(str(each))], attr)


class QualificationsField(RowsField):
    def __init__(self) -> None:
        place = JobRoleQualification._meta.get_field("qualification")
        super().__init__(
            Qualification.objects.none(),
            required=False,
            widget=QualificationsChooser(place, admin.site),
        )


class JobRoleForm(ListedForm):
    serializers = (JobRoleSerializer, JobRoleChangeSerializer)
    spelled: ClassVar[dict[str, str]] = {"qualifications": "qualification_ids"}

    qualifications = QualificationsField()

    class Meta:
        model = JobRole
        fields = ("tenant", *ListedForm.facts)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("qualifications")
        if field:
            field.queryset = admin.site._registry[Qualification].get_queryset(self.request)
        if self.instance.pk:
            self.initial["qualifications"] = chosen(self.instance)

    def asked(self) -> dict[str, Any]:
        """Left as they were, they are not sent: an order that the page does not show stays."""
        if self.instance.pk and "qualifications" not in self.changed_data:
            return {}
        rows = self.cleaned_data["qualifications"].order_by("id")
        return {"qualification_ids": [str(row.uuid) for row in rows]}

    def create(self, values: dict[str, Any], faults: list[InputError]) -> JobRole:
        return defining.create_job_role(self.tenant.pk, values, faults, by=self.actor)

    def change(self, row: Any, values: dict[str, Any], faults: list[InputError]) -> None:
        defining.change_job_role(row, values, faults, by=self.actor)


def chosen(role: JobRole) -> list[int]:
    rows = JobRoleQualification.objects.filter(tenant_id=role.tenant_id, job_role_id=role.pk)
    return list(rows.order_by("id").values_list("qualification_id", flat=True))


class AssignmentForm(PortalForm):
    is_primary = forms.BooleanField(
        label="Primary",
        required=False,
        help_text="Takes the place of the member's primary job role before.",
    )

    class Meta:
        model = JobRoleAssignment
        fields = ("is_primary",)

    def _get_validation_exclusions(self) -> set[str]:
        """The model's own rules are up to the domain's function."""
        return {field.name for field in JobRoleAssignment._meta.fields}

    def write(self) -> JobRoleAssignment:
        row = self.held(self.instance.tenant_id)
        if row._state.adding:
            raise ValidationError("It was taken away since you opened this page.")
        if "is_primary" in self.changed_data:
            assigning.assign(row, is_primary=self.cleaned_data["is_primary"], by=self.actor)
        return row

    def held(self, tenant_id: int) -> JobRoleAssignment:
        member, role = self.instance.membership_id, self.instance.job_role_id
        return assigning.held(tenant_id, str(member), str(role))


class AddAssignmentForm(AssignmentForm):
    membership = MemberField()
    job_role: Any = forms.ModelChoiceField(
        JobRole.objects.none(),
        widget=RowChooser(JobRoleAssignment._meta.get_field("job_role"), admin.site),
    )

    class Meta(AssignmentForm.Meta):
        fields = ("membership", "job_role", "is_primary")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members, roles = (self.fields[name] for name in ("membership", "job_role"))
        members.queryset = people.members_for(self.request)  # type: ignore[attr-defined]
        found = admin.site._registry[JobRole].get_queryset(self.request)
        roles.queryset = found.filter(status=Standing.ACTIVE)  # type: ignore[attr-defined]

    def write(self) -> JobRoleAssignment:
        member, role = self.cleaned_data["membership"], self.cleaned_data["job_role"]
        if member.tenant_id != role.tenant_id:
            raise ValidationError({"job_role": "It is of another organization than the member."})
        row = self.held(member.tenant_id)
        if not row._state.adding:
            raise ValidationError("The member has this job role already; change that one.")
        assigning.assign(row, is_primary=self.cleaned_data["is_primary"], by=self.actor)
        return row
