"""Admin forms whose input has the shape that the API takes: one serializer says it for both."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from rest_framework.exceptions import ValidationError as Faulty
from rest_framework.serializers import Serializer

from credentials.core.admin_fields import KeptTextField
from credentials.core.fields import rfc3339
from credentials_portal.problems import InputError, input_errors
from tenants.admin_forms import PortalForm


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
        **context: Any,
    ) -> dict[str, Any]:
        asked = serializer(row, data=body, context=context)
        try:
            asked.is_valid(raise_exception=True)
        except Faulty as error:
            raise self.refused(input_errors(error.detail)) from None
        values: dict[str, Any] = asked.validated_data
        return values

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
        return found.get("/".join(parts)) or parts[0], fault.detail


def told(value: Any) -> Any:
    """As a body has it."""
    return rfc3339(value) if isinstance(value, datetime) else value
