"""Admin forms whose input has the shape that the API takes: one serializer says it for both."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError as Faulty
from rest_framework.serializers import Serializer

from credentials.core.admin_fields import KeptTextField
from credentials.core.fields import rfc3339
from credentials_portal.problems import Conflict, InputError, InvalidInput, input_errors
from tenants.admin_forms import PortalForm

OVERTAKEN = (
    "It was changed by somebody else since you opened this page. Open it again, and make your"
    " changes to what is there now."
)


class ShapedForm(PortalForm):
    """What is written in it becomes a body of the API; that one's faults, faults of its fields."""

    # Where a field is called otherwise in a body.
    spelled: ClassVar[dict[str, str]] = {}

    def _get_validation_exclusions(self) -> set[str]:
        """The model's own rules are up to the serializer, which says it better."""
        return {field.name for field in self._meta.model._meta.fields}

    def clean(self) -> Any:
        """Texts that nobody changed are what is stored, to the byte."""
        for name, field in self.fields.items():
            if isinstance(field, KeptTextField) and name in self.cleaned_data:
                try:
                    kept = field.restored(self.initial.get(name), self.cleaned_data[name])
                    self.cleaned_data[name] = kept
                except ValidationError as error:
                    self.add_error(name, error)
        return super().clean()

    def checked(
        self,
        serializer: type[Serializer[Any]],
        body: dict[str, Any],
        row: Any = None,
        *,
        partial: bool = False,
        **context: Any,
    ) -> dict[str, Any]:
        asked = serializer(row, data=body, context=context, partial=partial)
        try:
            asked.is_valid(raise_exception=True)
        except Faulty as error:
            raise self.refused(input_errors(error.detail)) from None
        values: dict[str, Any] = asked.validated_data
        return values

    def add_refusal(self, error: Exception) -> None:
        """Each fault at its field."""
        if isinstance(error, InvalidInput) and error.errors:
            error = self.refused(error.errors)
        super().add_refusal(error)

    def refused(self, faults: Any) -> ValidationError:
        texts: dict[str, list[str]] = {}
        for fault in faults:
            name, text = self.placed(fault)
            texts.setdefault(name, []).append(text)
        return ValidationError(texts)

    def placed(self, fault: InputError) -> tuple[str, str]:
        """At which field of the form, and what; of one in a list, which."""
        parts = fault.pointer.removeprefix("/").split("/")
        listed = self.cleaned_data.get(parts[0])
        if isinstance(listed, list) and len(parts) > 1:
            return parts[0], f"“{listed[int(parts[1])]}”: {fault.detail}"
        found = {spelled: name for name, spelled in self.spelled.items()}
        name = found.get("/".join(parts)) or found.get(parts[0]) or parts[0]
        return name, fault.detail


class SeenForm(ShapedForm):
    """Changes a row as the page showed it: what others changed since is not undone unseen."""

    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen_at"] = rfc3339(self.instance.modified_at)
        else:
            del self.fields["seen_at"]

    def rows(self) -> QuerySet[Any]:
        """Those that can be changed."""
        model = type(self.instance)
        rows: QuerySet[Any] = model._default_manager.filter(tenant_id=self.instance.tenant_id)
        return rows

    def locked(self) -> Any:
        row = self.rows().select_for_update().filter(pk=self.instance.pk).first()
        if row is None or self.cleaned_data["seen_at"] != rfc3339(row.modified_at):
            raise Conflict(OVERTAKEN)
        return row


def told(value: Any) -> Any:
    """As a body has it."""
    if isinstance(value, datetime):
        return rfc3339(value)
    return value.isoformat() if isinstance(value, date) else value
