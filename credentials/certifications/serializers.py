"""The shape of certification records and types: what callers send, and what they are shown."""

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from credentials.certifications.models import (
    SLUG_LENGTH,
    TEXT_LENGTH,
    Certification,
    Standing,
)
from credentials.certifications.validity import Validity
from credentials.core.cursors import CursorQuery
from credentials.core.fields import DayField, IdField, InstantField, TextField, WordField
from credentials_portal.problems import InputError, input_errors
from tenants.views import shared

Serializer = type[serializers.Serializer[Any]]
SLUG = r"^[a-z0-9]+([_-][a-z0-9]+)*\Z"
STANDINGS, SOURCES = Standing.values, Certification.Source.values
VERIFICATIONS, VALIDITIES = Certification.Verification.values, list(Validity)
FINDINGS = [each for each in VERIFICATIONS if each != Certification.Verification.UNVERIFIED]
NOTE_LENGTH = 1000
ABSENT: dict[str, Any] = {"required": False, "allow_null": True}
SHOWN: dict[str, Any] = {"read_only": True}
NULLABLE: dict[str, Any] = {"read_only": True, "allow_null": True}


class CertificationChangeSerializer(serializers.Serializer[Any]):
    """What PATCH takes; null takes away what may be absent."""

    external_id = TextField(max_length=TEXT_LENGTH, **ABSENT)
    external_source = TextField(max_length=TEXT_LENGTH, **ABSENT)
    certification_type_id = IdField(**ABSENT)
    source: Any = WordField(SOURCES, required=False)
    issued_on = DayField(**ABSENT)
    expires_on = DayField(help_text="the last day on which it is valid", **ABSENT)
    issuer_name = TextField(max_length=TEXT_LENGTH, **ABSENT)
    serial_number = TextField(max_length=TEXT_LENGTH, **ABSENT)


class CertificationBodySerializer(CertificationChangeSerializer):
    """What POST takes; null is the same as nothing."""

    organization_member_id = IdField(help_text="whose; by default the caller's", **ABSENT)
    source = WordField(SOURCES, help_text="by default `manual`", **ABSENT)


class VerificationSerializer(serializers.Serializer[Any]):
    status = WordField(FINDINGS, required=False)
    method = TextField(max_length=TEXT_LENGTH, help_text="how, or the name of a check")
    note = TextField(max_length=NOTE_LENGTH, **ABSENT)


class TypeNameSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(**SHOWN)
    slug = serializers.CharField(**SHOWN)
    title = serializers.CharField(**SHOWN)
    status: Any = WordField(STANDINGS, **SHOWN)


class CertificationSerializer(serializers.Serializer[Any]):
    """The record; `records.py` says where what is no column comes from."""

    id = serializers.UUIDField(source="uuid", **SHOWN)
    organization_id = serializers.UUIDField(**SHOWN)
    organization_member_id = serializers.UUIDField(**SHOWN)
    user_id = serializers.UUIDField(help_text="null until the invited member has come", **NULLABLE)
    external_id = serializers.CharField(**NULLABLE)
    external_source = serializers.CharField(**NULLABLE)
    certification_type_id = serializers.UUIDField(**NULLABLE)
    lifecycle_status = WordField(STANDINGS, **SHOWN)
    source: Any = WordField(SOURCES, **SHOWN)
    issued_on = DayField(**NULLABLE)
    expires_on = DayField(**NULLABLE)
    issuer_name = serializers.CharField(**NULLABLE)
    serial_number = serializers.CharField(**NULLABLE)
    verification_status = WordField(VERIFICATIONS, **SHOWN)
    validity_status = WordField(VALIDITIES, help_text="today, in UTC", **SHOWN)
    verification_method = serializers.CharField(**NULLABLE)
    last_verified_at = InstantField(**NULLABLE)
    created_at = InstantField(**SHOWN)
    updated_at = InstantField(source="modified_at", **SHOWN)
    certification_type = TypeNameSerializer(**NULLABLE)


class CertificationQuery(CursorQuery):
    """Each filter narrows; archived records are there unless `lifecycle_status` leaves them out."""

    certification_type_id = IdField(required=False)
    lifecycle_status = WordField(STANDINGS, required=False)
    verification_status = WordField(VERIFICATIONS, required=False)
    validity_status = WordField(VALIDITIES, required=False)
    expires_before = DayField(required=False, help_text="that day excluded")
    expires_after = DayField(required=False, help_text="that day excluded")
    external_source = TextField(required=False, max_length=TEXT_LENGTH)
    external_id = TextField(required=False, max_length=TEXT_LENGTH)
    organization_member_id = IdField(required=False)


@extend_schema_field({"type": "string", "pattern": SLUG.replace(r"\Z", "$")})
class SlugField(TextField):
    default_error_messages = {
        "invalid": "Use a-z, 0-9, and single hyphens or underscores between them.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=SLUG_LENGTH, **options)
        self.validators.append(RegexValidator(SLUG, self.error_messages["invalid"]))


class CertificationTypeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uuid", **SHOWN)
    slug = SlugField()
    title = TextField(max_length=TEXT_LENGTH)
    description = TextField(allow_blank=True, required=False, max_length=65_536)
    scope = WordField(["standard", "organization"], **SHOWN)
    status: Any = WordField(STANDINGS, required=False)
    organization_id = serializers.UUIDField(help_text="null for a standard type", **NULLABLE)
    created_at = InstantField(**SHOWN)
    updated_at = InstantField(source="modified_at", **SHOWN)


class StandingQuery(CursorQuery):
    """Of what administrators keep and archive."""

    status: Any = WordField(STANDINGS, required=False)


def read(
    serializer: Serializer, data: Any, lenient: Serializer | None = None
) -> tuple[dict[str, Any], list[InputError]]:
    """What is right, so that the tenant's rules are checked too and all faults are told at once.

    `lenient` requires nothing, or `serializer` does not. It is not DRF's `partial`, which would
    require nothing inside of lists either. Raises ValidationError for what is no object.
    """
    try:
        return shared(serializer).run_validation(data), []
    except ValidationError as error:
        faults: Any = error.detail
        if not isinstance(data, dict):
            raise
        sound = {name: value for name, value in data.items() if name not in faults}
        return shared(lenient or serializer).run_validation(sound), list(input_errors(faults))
