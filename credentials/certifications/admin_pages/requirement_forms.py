"""Qualifications with their requirements: one form, and a row for each requirement."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.exceptions import ValidationError as Faulty

from credentials.certifications import defining
from credentials.certifications.admin_pages.choosers import TypesField, types_for
from credentials.certifications.models import CertificationType, Standing
from credentials.certifications.role_models import (
    Listed,
    Qualification,
    Requirement,
    RequirementType,
)
from credentials.certifications.role_serializers import (
    MOST_REQUIREMENTS,
    ListedSerializer,
    QualificationChangeSerializer,
    QualificationSerializer,
    RequirementSerializer,
)
from credentials.certifications.serializers import read
from credentials.core.admin_fields import KeptTextField
from credentials.core.admin_shapes import SeenForm
from credentials_portal.problems import InputError, input_errors
from tenants.admin_base import is_id
from tenants.views import shared

if TYPE_CHECKING:
    BaseFormSet = forms.models.BaseInlineFormSet[Requirement, Qualification, Any]
    BaseForm = forms.ModelForm[Requirement]
else:
    BaseFormSet, BaseForm = forms.models.BaseInlineFormSet, forms.ModelForm

PREFIX = "requirements"
TYPES = "certification_type_ids"


class RequirementForm(BaseForm):
    types = TypesField()
    minimum = forms.IntegerField(
        initial=1, min_value=1, help_text="How many of the types must be held."
    )
    verified_only = forms.BooleanField(required=False, help_text="Only what was verified counts.")

    class Meta:
        model = Requirement
        fields = ("types", "minimum", "verified_only")

    def body(self) -> dict[str, Any]:
        """As the API is sent it."""
        types: Any = self.fields["types"]
        told = self.cleaned_data
        return {
            TYPES: [str(types.widget.known[pk].uuid) for pk in told["types"]],
            "minimum": told["minimum"],
            "verified_only": told["verified_only"],
        }

    def clean(self) -> dict[str, Any] | None:
        if not self.errors and not self.cleaned_data.get("DELETE"):
            try:
                shared(RequirementSerializer).run_validation(self.body())
            except Faulty as error:
                for fault in input_errors(error.detail):
                    name = fault.pointer.split("/")[1]
                    self.add_error("types" if name == TYPES else name, fault.detail)
        return super().clean()


class RequirementFormSet(BaseFormSet):
    """Shows requirements and what is wrong with them; the form of the qualification writes them."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # Before the other form writes: then the rows that the page showed are others.
            self.full_clean()

    def get_queryset(self) -> QuerySet[Requirement]:
        return self.rows

    @cached_property
    def rows(self) -> QuerySet[Requirement]:
        """Once for all forms; every index begins with the tenant."""
        return super().get_queryset().filter(tenant_id=self.instance.tenant_id)

    @cached_property
    def standing(self) -> dict[int, list[int]]:
        """The types of each requirement that there is."""
        found: dict[int, list[int]] = {}
        if self.instance.pk:
            rows = RequirementType.objects.filter(
                tenant_id=self.instance.tenant_id, requirement__in=list(self.rows)
            )
            for requirement, kind in rows.order_by("id").values_list(
                "requirement_id", "certification_type_id"
            ):
                found.setdefault(requirement, []).append(kind)
        return found

    @cached_property
    def known(self) -> dict[int, CertificationType]:
        """Those types, and those that are sent, as far as this person may choose them."""
        sent: set[int] = {pk for each in self.standing.values() for pk in each}
        data: Any = self.data
        for name, values in data.lists() if self.is_bound else ():
            if name.startswith(f"{self.prefix}-") and name.endswith("-types"):
                sent |= {int(value) for value in values if is_id(value)}
        return {row.pk: row for row in types_for(self.request).filter(pk__in=sent)}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["types"].learn(self.known)
        if form.instance.pk:
            form.initial["types"] = self.standing.get(form.instance.pk, [])

    def save(self, commit: bool = True) -> list[Requirement]:
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return []

    def asked(self) -> list[dict[str, Any]]:
        """What is left of them, as the API is sent it."""
        return [
            form.body()
            for form in self.forms
            if (form.instance.pk or form.has_changed()) and form not in self.deleted_forms
        ]


REQUIREMENTS = forms.inlineformset_factory(
    Qualification,
    Requirement,
    form=RequirementForm,
    formset=RequirementFormSet,
    max_num=MOST_REQUIREMENTS,
    validate_max=True,
)


class ListedForm(SeenForm):
    """A job role or a qualification: of a change, what was changed is sent."""

    facts: ClassVar[tuple[str, ...]] = ("slug", "title", "status")
    serializers: ClassVar[tuple[type[ListedSerializer], type[ListedSerializer]]]  # new, changed

    slug = KeptTextField(help_text="Left blank, it is made from the title.")
    title = KeptTextField(required=True)
    status = forms.ChoiceField(choices=Standing.choices, initial=Standing.ACTIVE, required=False)

    def write(self) -> Listed:
        new, changed = self.serializers
        if self.instance.pk is None:
            body = {name: self.cleaned_data[name] for name in self.facts} | self.asked()
            body = {name: value for name, value in body.items() if value or name not in self.facts}
            values, faults = read(new, body, changed)
            return self.create(values, faults)
        row: Listed = self.locked()
        body = {name: self.cleaned_data[name] for name in self.facts if name in self.changed_data}
        self.change(row, *read(changed, body | self.asked()))
        return row

    def asked(self) -> dict[str, Any]:
        """What it asks for."""
        raise NotImplementedError

    def create(self, values: dict[str, Any], faults: list[InputError]) -> Listed:
        raise NotImplementedError

    def change(self, row: Any, values: dict[str, Any], faults: list[InputError]) -> None:
        raise NotImplementedError


class QualificationForm(ListedForm):
    serializers = (QualificationSerializer, QualificationChangeSerializer)

    class Meta:
        model = Qualification
        fields = ("tenant", *ListedForm.facts)

    def asked(self) -> dict[str, Any]:
        # Django makes the same once more, to show it.
        kind = type("Requirements", (REQUIREMENTS,), {"request": self.request})
        formset: Any = kind(self.data, instance=self.instance, prefix=PREFIX)
        if not formset.is_valid():
            raise ValidationError("Please correct the requirements.")
        self.requirements = formset.asked()
        self.titles = {str(row.uuid): row.title for row in formset.known.values()}
        return {PREFIX: self.requirements}

    def create(self, values: dict[str, Any], faults: list[InputError]) -> Qualification:
        return defining.create_qualification(self.tenant.pk, values, faults, by=self.actor)

    def change(self, row: Any, values: dict[str, Any], faults: list[InputError]) -> None:
        defining.change_qualification(row, values, faults, by=self.actor)

    def placed(self, fault: InputError) -> tuple[str, str]:
        """Which of the requirements is meant, in words."""
        kind, *rest = fault.pointer.removeprefix("/").split("/")
        if kind != PREFIX or not rest:
            name, text = super().placed(fault)
            return (name, "Ask for at least one thing.") if kind == PREFIX else (name, text)
        number = int(rest[0])
        words = [f"Requirement {number + 1}"]
        if len(rest) > 2:
            named = self.requirements[number][TYPES][int(rest[2])]
            words.append(f"“{self.titles[named]}”")
        return kind, f"{', '.join(words)}: {fault.detail}"
