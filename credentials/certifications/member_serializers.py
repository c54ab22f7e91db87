"""Organizations, their members and the caller: what is sent, and what is shown."""

from typing import Any

from django.core.validators import EmailValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from credentials.core.cursors import CursorQuery
from credentials.core.fields import InstantField, TextField, WordField
from tenants.models import Membership, Role, Tenant

MAX_EMAIL, MAX_TEXT = 254, 255
STATUSES, ROLES = Membership.Status.values, Role.values
STANDINGS = Tenant.Status.values


@extend_schema_field(OpenApiTypes.EMAIL)
class EmailField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_EMAIL, **options)
        self.validators.append(EmailValidator("Write an email address."))


class OrganizationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = TextField(max_length=MAX_TEXT)
    slug = serializers.CharField(read_only=True)
    status = WordField(STANDINGS, read_only=True)
    stored_bytes = serializers.IntegerField(read_only=True)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(source="modified_at", read_only=True)


class OrganizationQuery(CursorQuery):
    """Nothing beside the page."""


class OrganizationMemberSerializer(serializers.Serializer[Any]):
    """The record; `member_records.py` says where what is no column comes from."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    organization_id = serializers.UUIDField(read_only=True)
    user_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="null until the person has come"
    )
    display_name = serializers.CharField(read_only=True, allow_null=True)
    email = serializers.CharField(read_only=True, allow_null=True)
    role = WordField(ROLES, read_only=True)
    status = WordField(STATUSES, read_only=True)
    external_id = serializers.CharField(read_only=True, allow_null=True)
    is_primary = serializers.BooleanField(read_only=True)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(source="modified_at", read_only=True)


class InvitedMemberSerializer(OrganizationMemberSerializer):
    invitation_url = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="a secret for the invited person, made anew in each answer; null once it is "
        "taken up or withdrawn",
    )
    invitation_expires_at = InstantField(read_only=True, allow_null=True)


class OrganizationMemberQuery(CursorQuery):
    role = WordField(ROLES, required=False)
    status = WordField(STATUSES, required=False)


class InvitationSerializer(serializers.Serializer[Any]):
    """What POST takes; null is the same as absent."""

    email = EmailField()
    role = WordField(ROLES, required=False, allow_null=True, help_text="member unless named")
    display_name = TextField(
        max_length=MAX_TEXT, required=False, allow_null=True, help_text="until the person comes"
    )
    external_id = TextField(
        max_length=MAX_TEXT,
        required=False,
        allow_null=True,
        help_text="of another system; one member has it",
    )


class OrganizationMemberChangeSerializer(serializers.Serializer[Any]):
    role = WordField(ROLES, required=False)
    status = WordField(STATUSES, required=False)
    external_id = TextField(max_length=MAX_TEXT, required=False, allow_null=True)
    display_name = TextField(
        max_length=MAX_TEXT,
        required=False,
        allow_null=True,
        help_text="of an invitation; a person who has come has a name, and this is ignored",
    )


class CallerUserSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    email = serializers.CharField(read_only=True, allow_null=True)
    display_name = serializers.CharField(read_only=True)


class CallerOrganizationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    status = WordField(STANDINGS, read_only=True)


class CallerMembershipSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    organization_id = serializers.UUIDField(read_only=True)
    role = WordField(ROLES, read_only=True)
    status = WordField(STATUSES, read_only=True)
    is_primary = serializers.BooleanField(read_only=True)


class CallerSerializer(serializers.Serializer[Any]):
    user = CallerUserSerializer(read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    organizations = CallerOrganizationSerializer(many=True, read_only=True)
    organization_memberships = CallerMembershipSerializer(many=True, read_only=True)
    accessible_member_ids = serializers.ListField(child=serializers.UUIDField(), read_only=True)
