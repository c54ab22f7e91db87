"""The shape of qualifications, job roles and what comes of them."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from credentials.certifications.models import TEXT_LENGTH
from credentials.certifications.serializers import (
    ABSENT,
    NULLABLE,
    SHOWN,
    STANDINGS,
    SlugField,
    TypeNameSerializer,
)
from credentials.core.cursors import CursorQuery
from credentials.core.fields import (
    CountField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    NumberField,
    TextField,
    WordField,
)

MOST_REQUIREMENTS, MOST_TYPES, MOST_QUALIFICATIONS = 50, 100, 100
QUALIFIED, NOT_QUALIFIED = "qualified", "not_qualified"
MOST_DAYS = 366


class IdsField(serializers.ListField):
    """Uuids, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[Any]:
        found: list[Any] = super().to_internal_value(data)
        repeated = [place for place, each in enumerate(found) if each in found[:place]]
        if repeated:
            told = serializers.ErrorDetail("It is in the list before.", code="repeated")
            faults: dict[Any, Any] = {place: [told] for place in repeated}
            raise ValidationError(faults)
        return found


class ListedSerializer(serializers.Serializer[Any]):
    """What job roles and qualifications have in common."""

    id = serializers.UUIDField(source="uuid", **SHOWN)
    slug = SlugField(required=False, help_text="by default made from the title")
    title = TextField(max_length=TEXT_LENGTH)
    status: Any = WordField(STANDINGS, required=False)


class RequirementSerializer(serializers.Serializer[Any]):
    certification_type_ids = IdsField(min_length=1, max_length=MOST_TYPES)
    minimum = NumberField(
        min_value=1, max_value=MOST_TYPES, help_text="how many of the types must be held"
    )
    verified_only = FlagField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["minimum"] > len(attrs["certification_type_ids"]):
            detail = "It is more than there are types."
            raise ValidationError({"minimum": [serializers.ErrorDetail(detail, code="max_value")]})
        return attrs


REQUIREMENTS: dict[str, Any] = {
    "many": True,
    "min_length": 1,
    "max_length": MOST_REQUIREMENTS,
    "help_text": "all of them must be met; sent, they take the place of those before",
}


class QualificationSerializer(ListedSerializer):
    requirements = RequirementSerializer(**REQUIREMENTS)
    created_at = InstantField(**SHOWN)
    updated_at = InstantField(source="modified_at", **SHOWN)


class QualificationChangeSerializer(QualificationSerializer):
    title = TextField(max_length=TEXT_LENGTH, required=False)
    requirements = RequirementSerializer(required=False, **REQUIREMENTS)


class JobRoleSerializer(ListedSerializer):
    qualification_ids = IdsField(
        required=False,
        max_length=MOST_QUALIFICATIONS,
        help_text="sent, they take the place of those before",
    )
    created_at = InstantField(**SHOWN)
    updated_at = InstantField(source="modified_at", **SHOWN)


class JobRoleChangeSerializer(JobRoleSerializer):
    title = TextField(max_length=TEXT_LENGTH, required=False)


class AssignmentBodySerializer(serializers.Serializer[Any]):
    is_primary = FlagField(help_text="takes the place of the primary one before", **ABSENT)


class AssignmentSerializer(serializers.Serializer[Any]):
    organization_member_id = serializers.UUIDField(**SHOWN)
    job_role_id = serializers.UUIDField(**SHOWN)
    is_primary = serializers.BooleanField(**SHOWN)
    assigned_at = InstantField(**SHOWN)
    created_at = InstantField(**SHOWN)
    updated_at = InstantField(source="modified_at", **SHOWN)


class NameSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(**SHOWN)
    slug = serializers.CharField(**SHOWN)
    title = serializers.CharField(**SHOWN)


class QualificationResultSerializer(serializers.Serializer[Any]):
    """One member and one qualification; `results.py` says where the values come from."""

    organization_member_id = serializers.UUIDField(**SHOWN)
    qualification_id = serializers.UUIDField(**SHOWN)
    qualification = NameSerializer(**SHOWN)
    status: Any = WordField([QUALIFIED, NOT_QUALIFIED], **SHOWN)
    met_requirement_count = serializers.IntegerField(source="met", **SHOWN)
    total_requirement_count = serializers.IntegerField(source="total", **SHOWN)
    missing_certification_type_ids = serializers.ListField(child=serializers.UUIDField(), **SHOWN)
    missing_certification_types = TypeNameSerializer(many=True, **SHOWN)
    valid_until = DayField(
        help_text="the last day, when what is held then ends; null for ever, or not qualified",
        **NULLABLE,
    )
    as_of = DayField(**SHOWN)
    evaluated_at = InstantField(**SHOWN)


class OwnResultQuery(CursorQuery):
    qualification_id = IdField(required=False)
    status: Any = WordField([QUALIFIED, NOT_QUALIFIED], required=False)
    as_of = DayField(required=False, help_text="by default today, in UTC")


class ResultQuery(OwnResultQuery):
    organization_member_id = IdField(required=False)


class DisqualificationSerializer(serializers.Serializer[Any]):
    qualification_id = serializers.UUIDField(**SHOWN)
    slug = serializers.CharField(**SHOWN)
    title = serializers.CharField(**SHOWN)
    valid_until = DayField(**SHOWN)


class ExpirationSerializer(serializers.Serializer[Any]):
    """One certification that ends soon, and what its member loses with it."""

    certification_id = serializers.UUIDField(source="uuid", **SHOWN)
    organization_member_id = serializers.UUIDField(**SHOWN)
    certification_type = NameSerializer(**NULLABLE)
    issuer_name = serializers.CharField(**NULLABLE)
    serial_number = serializers.CharField(**NULLABLE)
    expires_on = DayField(**SHOWN)
    disqualifies = DisqualificationSerializer(
        many=True,
        help_text="null without the scope qualifications:read",
        **NULLABLE,
    )


class NamedExpirationSerializer(ExpirationSerializer):
    """For operators, who write to people."""

    display_name = serializers.CharField(**NULLABLE)
    email = serializers.CharField(**NULLABLE)


class ExpirationQuery(CursorQuery):
    within_days = CountField(min_value=1, max_value=MOST_DAYS, default=30)
