"""Serializer fields of this family: what null clears, recipients, lists of names, images."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError as NotAnAddress
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import EmailValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials.core.fields import AnyCaseField, TextField, WebAddressField
from credentials.organization_credentials import images
from credentials.organization_credentials.models import (
    ADDRESS_LENGTH,
    LONG_TEXT_LENGTH,
    MAX_OPPORTUNITIES,
    TEXT_LENGTH,
    ContentType,
)
from credentials.organization_credentials.pictures import Picture, PictureFault, read
from tenants import ids
from users.models import User

IMAGES = images.ADDRESS
OWN_IMAGES = f"{settings.PUBLIC_URL}{IMAGES}"
EMAIL_ADDRESS = EmailValidator()


class ClearedByNull(serializers.Field[Any, Any, Any, Any]):
    """Mixed in: null makes it blank, as leaving it out of a new record does."""

    is_cleared_by_null = True  # for the OpenAPI document

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return self.blank() if data is None else super().run_validation(data)

    def blank(self) -> Any:
        return ""


class OptionalTextField(ClearedByNull, TextField):
    def __init__(self, **options: Any) -> None:
        limits = {"max_length": LONG_TEXT_LENGTH, "allow_blank": True, "required": False}
        super().__init__(**{**limits, **options})


class OptionalAddressField(ClearedByNull, WebAddressField):
    def __init__(self, **options: Any) -> None:
        limits = {"max_length": ADDRESS_LENGTH, "allow_blank": True, "required": False}
        super().__init__(**{**limits, **options})


class ImageField(OptionalAddressField):
    """A link, kept as it is sent; that of an uploaded image, as where it lies on this portal.

    Of a form also a file: then it is a Picture that is still to be kept (see `images.keep_all`).
    """

    file_types = ContentType.values  # for the OpenAPI document

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return (
            self.picture(data) if isinstance(data, UploadedFile) else super().run_validation(data)
        )

    def picture(self, upload: "UploadedFile[Any]") -> Picture:
        try:
            return read(upload)
        except PictureFault as fault:
            raise ValidationError([ErrorDetail(fault.detail, fault.code)]) from fault

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        if address.startswith(OWN_IMAGES) and (own := ids.as_uuid(address[len(OWN_IMAGES) :])):
            return f"{IMAGES}{own}"
        return address


class EmailAddressField(OptionalTextField):
    default_error_messages = {"invalid_email": "Write an email address, like ada@school.example."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        try:
            EMAIL_ADDRESS(address)
        except NotAnAddress:
            self.fail("invalid_email")
        return address


class ChoiceTextField(serializers.ChoiceField):
    """One of a few words, which a refusal names."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, **options)
        told = f"Write one of these: {', '.join(self.choices)}."
        self.error_messages |= dict.fromkeys(("invalid_choice", "null"), told)

    def to_internal_value(self, data: Any) -> Any:
        # DRF reads what is no text as one.
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class OptionalChoiceField(ClearedByNull, ChoiceTextField):
    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, **{"allow_blank": True, "required": False, **options})


class BoundedListField(serializers.ListField):
    """Its length is looked at before its items: there may be a million."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class NamesField(ClearedByNull, BoundedListField):
    """Names as they are sent, none of them twice."""

    def __init__(self, **options: Any) -> None:
        child = TextField(max_length=TEXT_LENGTH)
        limits = {"child": child, "max_length": MAX_OPPORTUNITIES, "required": False}
        super().__init__(**{**limits, **options})

    def blank(self) -> Any:
        return []

    def run_child_validation(self, data: Any) -> Any:
        faults: dict[Any, Any] = {}
        names: list[Any] = []
        try:
            names = super().run_child_validation(data)
        except ValidationError as error:
            faults = dict(error.detail)  # type: ignore[arg-type]  # by index
        for index, name in enumerate(data):
            if index not in faults and name in data[:index]:
                faults[index] = [ErrorDetail("This name came before.", "repeated")]
        if faults:
            raise ValidationError(faults)
        return names


class IdentityField(TextField):
    """A recipient's username or email address, in the form in which accounts keep usernames."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=TEXT_LENGTH, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(User.normalize_username(data))


@extend_schema_field(OpenApiTypes.UUID)
class IssuerField(serializers.Field[int, Any, str, Any]):
    """Another row of the tenant by its entity id; `context["find_issuer"]` gives the row's id."""

    default_error_messages = {
        "invalid": "Write an issuer's entity_id, a UUID.",
        "unknown_issuer": "Your organization has no such issuer.",
    }

    def to_internal_value(self, data: Any) -> int:
        entity_id: UUID | None = ids.as_uuid(data) if isinstance(data, str) else None
        if entity_id is None:
            self.fail("invalid")
        row_id: int | None = self.context["find_issuer"](entity_id)
        if row_id is None:
            self.fail("unknown_issuer")
        return row_id


class WordFlagField(AnyCaseField):
    """`true` or `false` in a query."""

    def __init__(self, **options: Any) -> None:
        super().__init__(["true", "false"], **{"required": False, **options})

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"
