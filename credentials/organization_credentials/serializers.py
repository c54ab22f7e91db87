"""The shape of issuers and definitions: what callers send, and what they are shown."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials.core.fields import FlagField, InstantField, NumberField, TextField
from credentials.organization_credentials.fields import (
    EmailAddressField,
    ImageField,
    IssuerField,
    NamesField,
    OptionalAddressField,
    OptionalChoiceField,
    OptionalTextField,
    WordFlagField,
)
from credentials.organization_credentials.models import (
    MAX_VALIDITY,
    NAME_LENGTH,
    TEXT_LENGTH,
    CredentialDefinition,
)
from credentials.organization_credentials.pages import PageQuery

# Any other is taken as well.
CREDENTIAL_TYPES = (
    "MICRO_CREDENTIAL",
    "CERTIFICATE",
    "PROGRAM_CERTIFICATE",
    "COURSE_CERTIFICATE",
    "PATHWAY_CERTIFICATE",
)


class ChangeSerializer(serializers.Serializer[Any]):
    # Mixed in: what is left out stays as it is.

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, serializers.empty
        return fields


class IssuerSerializer(serializers.Serializer[Any]):
    entity_id = serializers.UUIDField(source="uuid", read_only=True)
    name = TextField(max_length=TEXT_LENGTH)
    url = OptionalAddressField()
    email = EmailAddressField()
    description = OptionalTextField()
    image = ImageField()


class IssuerChangeSerializer(ChangeSerializer, IssuerSerializer):
    pass


class ValiditySerializer(serializers.Serializer[Any]):
    """How long an assertion is valid from its issue on, by the calendar."""

    amount = NumberField(min_value=1, max_value=MAX_VALIDITY)
    duration = serializers.ChoiceField(CredentialDefinition.Duration.choices)


# The record, and the body of POST; `records.py` says where what is no column comes from.
class DefinitionSerializer(serializers.Serializer[Any]):
    entity_id = serializers.UUIDField(source="uuid", read_only=True)
    credential_id = serializers.UUIDField(source="uuid", read_only=True)
    credential_url = serializers.CharField(read_only=True)
    name = TextField(max_length=NAME_LENGTH)
    credential_type = TextField(
        max_length=TEXT_LENGTH,
        default="CERTIFICATE",
        help_text=f"any text; well known are {', '.join(CREDENTIAL_TYPES)}",
    )
    issuer: Any = IssuerField(source="issuer_id", help_text="an issuer's `entity_id`")
    issued_on = InstantField(
        required=False, allow_null=True, help_text="the first moment at which it may be issued"
    )
    expires_at = InstantField(
        required=False, allow_null=True, help_text="the last moment at which it may be issued"
    )
    revoked = FlagField(default=False, help_text="withdrawn: nothing new is issued")
    description = OptionalTextField()
    html_template = OptionalTextField(help_text="kept as it is sent; shown sanitised")
    css_template = OptionalTextField(help_text="kept as it is sent; shown sanitised")
    icon_image = ImageField()
    background_image = ImageField()
    thumbnail_image = ImageField()
    criteria_url = OptionalAddressField()
    criteria_text = OptionalTextField()
    issuing_signal = OptionalChoiceField(
        CredentialDefinition.Signal.choices, help_text="which signal issues it, if any"
    )
    public = FlagField(source="is_public", default=True)
    courses = NamesField()
    programs = NamesField()
    valid_for = ValiditySerializer(required=False, allow_null=True)
    created_at = InstantField(read_only=True)
    modified_at = InstantField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "valid_for" in attrs:
            validity = attrs.pop("valid_for") or {"amount": None, "duration": ""}
            attrs |= {f"valid_for_{name}": value for name, value in validity.items()}
        start, end = self.final(attrs, "issued_on"), self.final(attrs, "expires_at")
        if start and end and end < start:
            # At the field that the caller sent; both sent: the later one of the two.
            name = "expires_at" if "expires_at" in attrs else "issued_on"
            detail = "expires_at must not be before issued_on."
            raise ValidationError({name: [ErrorDetail(detail, "dates_out_of_order")]})
        return attrs

    def final(self, attrs: dict[str, Any], name: str) -> Any:
        return attrs[name] if name in attrs else getattr(self.instance, name, None)


class DefinitionChangeSerializer(ChangeSerializer, DefinitionSerializer):
    issuer = None


class IssuerListQuery(PageQuery):
    search = TextField(
        max_length=TEXT_LENGTH,
        allow_blank=True,
        default="",
        help_text="in names and descriptions, in any case",
    )


class DefinitionListQuery(IssuerListQuery):
    course = TextField(max_length=TEXT_LENGTH, allow_blank=True, default="")
    program = TextField(max_length=TEXT_LENGTH, allow_blank=True, default="")
    include_private = WordFlagField(default=False, help_text="admin and above")
