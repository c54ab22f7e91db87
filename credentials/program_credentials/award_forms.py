"""Forms of awards in the admin. What they take is checked as what the API is sent."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Upper
from django.utils.functional import cached_property

from credentials.core import lifecycle
from credentials.program_credentials import awards
from credentials.program_credentials.awards import Wanted
from credentials.program_credentials.models import (
    TEXT_LENGTH,
    Attribute,
    Program,
    UserCredential,
)
from credentials.program_credentials.serializers import MAX_ATTRIBUTES, read_award
from credentials_portal.problems import Conflict, InputError
from tenants import members, walls
from tenants.admin_actions import ReasonField
from tenants.admin_forms import PortalForm

if TYPE_CHECKING:
    BaseFormSet = forms.models.BaseInlineFormSet[Attribute, UserCredential, Any]
    BaseForm = forms.ModelForm[Attribute]
else:
    BaseFormSet, BaseForm = forms.models.BaseInlineFormSet, forms.ModelForm


class AttributeForm(BaseForm):
    """Of one that exists, only the value changes; against what the page showed, not what is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["namespace"].disabled = self.fields["name"].disabled = True
            self.fields["value"].show_hidden_initial = True


class AttributeFormSet(BaseFormSet):
    """Shows attributes and what is wrong with them; the form of the award writes them."""

    def get_queryset(self) -> QuerySet[Attribute]:
        return self.rows

    @cached_property
    def rows(self) -> QuerySet[Attribute]:
        """Once for all forms; every index begins with the tenant."""
        return super().get_queryset().filter(tenant_id=self.instance.tenant_id)

    def save(self, commit: bool = True) -> list[Attribute]:
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return []

    def changed(self) -> list[dict[str, str]]:
        """As the API is sent them."""
        return [
            {name: form.cleaned_data[name] for name in ("namespace", "name", "value")}
            for form in self.forms
            if form.has_changed()
        ]


ATTRIBUTES = forms.inlineformset_factory(
    UserCredential,
    Attribute,
    form=AttributeForm,
    formset=AttributeFormSet,
    fields=("namespace", "name", "value"),
    max_num=MAX_ATTRIBUTES,
    can_delete=False,
)


class AwardForm(PortalForm):
    """Award and attributes are written together, or not at all."""

    def _get_validation_exclusions(self) -> set[str]:
        """The model's own rules are up to the engine, which says it better."""
        return {field.name for field in UserCredential._meta.fields}

    def attributes(self) -> list[dict[str, str]]:
        # Django makes the same once more, to show it.
        formset: Any = ATTRIBUTES(self.data, instance=self.instance, prefix="attributes")
        if not formset.is_valid():
            raise ValidationError("Please correct the attributes.")
        changed: list[dict[str, str]] = formset.changed()
        return changed

    def wanted(
        self, username: str, certificate: Any, status: str, attributes: Iterable[Any]
    ) -> Wanted:
        listed = list(attributes)
        body = {
            "username": username,
            "credential": credential(certificate),
            "status": status,
            "attributes": listed,
        }
        reading = read_award(body)
        if reading.errors or not reading.wanted:
            raise ValidationError(list(texts(reading.errors, listed)))
        return reading.wanted

    def applied(self, tenant_id: int, wanted: Wanted) -> awards.Outcome:
        with walls.tenant_work(tenant_id):
            (outcome,) = awards.apply(tenant_id, [wanted], by=self.actor)
        if outcome.errors:
            listed = [vars(note) for note in wanted.notes]
            raise ValidationError(list(texts(outcome.errors, listed)))
        return outcome


def credential(certificate: Any) -> dict[str, Any]:
    if isinstance(certificate, Program):
        return {"program_id": certificate.program_id}
    return {
        "course_id": certificate.course_id,
        "certificate_type": certificate.certificate_type,
    }


def texts(errors: Iterable[InputError], attributes: list[Any]) -> Iterator[str]:
    """Which of the attributes is meant, in words."""
    for error in errors:
        kind, *rest = error.pointer.removeprefix("/").split("/")
        if kind == "attributes" and rest:
            named = attributes[int(rest[0])]
            yield f"Attribute {named['namespace']}, {named['name']}: {error.detail}"
        else:
            yield error.detail


class AddAwardForm(AwardForm):
    username = forms.CharField(
        max_length=TEXT_LENGTH,
        help_text="Of a member, or of somebody who is none yet: it is theirs when they become one.",
    )

    def write(self) -> UserCredential:
        program, course = self.cleaned_data["program"], self.cleaned_data["course"]
        if (program is None) == (course is None):
            raise ValidationError("Choose a program or a course, one of the two.")
        certificate = program or course
        wanted = self.wanted(
            self.cleaned_data["username"],
            certificate,
            UserCredential.Status.AWARDED,
            self.attributes(),
        )
        self.demand_new(wanted.username, certificate)
        outcome = self.applied(certificate.tenant_id, wanted)
        made = {"tenant_id": certificate.tenant_id, "pk": outcome.award_id}
        return UserCredential.objects.get(**made)

    def demand_new(self, username: str, certificate: Any) -> None:
        """To add is not to award again what was revoked, which the API's POST would do."""
        kind = "program" if isinstance(certificate, Program) else "course"
        named = {"tenant_id": certificate.tenant_id, kind: certificate}
        unheld = Q(holder=None, username_key=Upper(Value(username)))
        theirs = unheld | Q(holder__username__iexact=username)
        known = UserCredential.objects.filter(theirs, **named).only("status").first()
        if known:
            raise ValidationError(
                f"This person has this award already; it is {known.status}. Change that one."
            )


class ChangeAwardForm(AwardForm):
    # Who saves a page that shows an old status does not wish it back.
    status = forms.ChoiceField(choices=UserCredential.Status.choices, show_hidden_initial=True)
    reason = ReasonField(
        help_text="Of the new status, and optional. Kept in the history; a revocation's also here."
    )

    def clean(self) -> Any:
        if self.cleaned_data.get("reason") and "status" not in self.changed_data:
            self.add_error("reason", "Only a new status has a reason.")
        return super().clean()

    def write(self) -> UserCredential:
        """A new status alone goes to this very row, whether or not its program is active."""
        attributes = self.attributes()
        if attributes:
            self.note(attributes)
        if "status" in self.changed_data:
            status, reason = self.cleaned_data["status"], self.cleaned_data["reason"]
            lifecycle.move_all([self.locked()], status, by=self.actor, reason=reason)
        return UserCredential.objects.get(tenant_id=self.instance.tenant_id, pk=self.instance.pk)

    def locked(self) -> UserCredential:
        rows = UserCredential.objects.filter(tenant_id=self.instance.tenant_id)
        return rows.select_for_update().get(pk=self.instance.pk)

    def note(self, attributes: list[dict[str, str]]) -> None:
        """By the engine, which finds an award by its name."""
        award: UserCredential = self.instance
        # First this, as in the engine: who joins the tenant has it while waiting for rows.
        walls.pipeline(members.names_stay(award.tenant_id))
        status = self.locked().status
        username = award.holder.username if award.holder else award.username
        wanted = self.wanted(username, award.certificate, status, attributes)
        outcome = self.applied(award.tenant_id, wanted)
        if outcome.award_id != award.pk:
            # An older one of a mere name, beside the one that the bearer of that name holds.
            raise Conflict("Another award of this certificate is this person's; change that one.")
