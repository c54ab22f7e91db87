"""The shape of assertions and signals: what callers send, and what they are shown."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials.core.fields import FlagField, InstantField, TextField
from credentials.core.models import REASON_LENGTH
from credentials.organization_credentials.assertions import Wanted
from credentials.organization_credentials.fields import (
    BoundedListField,
    ChoiceTextField,
    IdentityField,
    OptionalAddressField,
    OptionalTextField,
    WordFlagField,
)
from credentials.organization_credentials.models import TEXT_LENGTH, CredentialDefinition
from credentials.organization_credentials.pages import PageQuery
from credentials_portal.form_fields import validated
from credentials_portal.problems import InputError, input_errors
from tenants.views import shared

MAX_RECIPIENTS = 1000
OPPORTUNITIES = ("course", "program")


class RecipientSerializer(serializers.Serializer[Any]):
    identity = IdentityField(help_text="a username or an email address")


class AssertionIssueSerializer(serializers.Serializer[Any]):
    recipient = RecipientSerializer()
    narrative = OptionalTextField()
    evidence_url = OptionalAddressField()
    expires_at = InstantField(
        required=False, allow_null=True, help_text="else by the definition's `valid_for`"
    )


@dataclass(frozen=True)
class Reading:
    """What a caller sent. With errors, `wanted` holds what could be read: enough to check it."""

    wanted: Wanted
    errors: tuple[InputError, ...] = ()


def read_assertion(definition: UUID, data: Any) -> Reading:
    serializer = shared(AssertionIssueSerializer)
    try:
        values = dict(validated(serializer, data))
    except ValidationError as error:
        faults: Any = error.detail
        wanted = Wanted(definition, "", expires_at=_legible_expiry(serializer, data))
        return Reading(wanted, tuple(input_errors(faults)))
    identity = values.pop("recipient")["identity"]
    return Reading(Wanted(definition, identity, **values))


def _legible_expiry(serializer: Any, data: Any) -> Any:
    """What is told apart from the rest: that it is no instant is among the faults already."""
    given = data.get("expires_at") if isinstance(data, Mapping) else None
    with suppress(ValidationError):
        return serializer.fields["expires_at"].run_validation(given)
    return None


class BulkIssueSerializer(serializers.Serializer[Any]):
    users: Any = BoundedListField(
        child=IdentityField(),
        allow_empty=False,
        max_length=MAX_RECIPIENTS,
        help_text="usernames or email addresses",
    )


class AssertionChangeSerializer(serializers.Serializer[Any]):
    revoked = FlagField(required=False)
    revocation_reason = TextField(
        max_length=REASON_LENGTH, required=False, help_text="needed to revoke"
    )

    def to_internal_value(self, data: Any) -> Any:
        """The reason is looked at where it says something: records are sent back as they came."""
        if isinstance(data, Mapping) and data.get("revoked") is not True:
            data = {name: value for name, value in data.items() if name != "revocation_reason"}
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("revoked") and "revocation_reason" not in attrs:
            detail = ErrorDetail("Say why the credential is revoked.", "required")
            raise ValidationError({"revocation_reason": [detail]})
        return attrs


class SignalSerializer(serializers.Serializer[Any]):
    signal = ChoiceTextField(CredentialDefinition.Signal.choices)
    course = TextField(max_length=TEXT_LENGTH, required=False, allow_null=True)
    program = TextField(max_length=TEXT_LENGTH, required=False, allow_null=True)
    username = IdentityField(help_text="a username or an email address")

    def to_internal_value(self, data: Any) -> Any:
        values: Any = {}
        faults: dict[str, Any] = {}
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            faults = dict(error.detail)  # type: ignore[arg-type]  # by name
        if isinstance(data, Mapping):
            named = [name for name in OPPORTUNITIES if data.get(name) is not None]
            if len(named) != 1:
                detail = ErrorDetail("Name a course or a program, not both.", "one_of")
                faults |= {name: faults.get(name, [detail]) for name in OPPORTUNITIES}
        if faults:
            raise ValidationError(faults)
        return values


class AssertionListQuery(PageQuery):
    recipient = IdentityField(
        allow_blank=True,
        default="",
        help_text="a username or an email address; others than one's own: issuer and above",
    )
    include_revoked = WordFlagField(default=False)
    include_expired = WordFlagField(default=False)


class RecipientRecordSerializer(serializers.Serializer[Any]):
    identity = serializers.CharField(help_text="as it was at the issue")
    username = serializers.CharField(allow_null=True, help_text="null without an account")
    name = serializers.CharField(help_text="blank without an account, or in one without a name")


class PublicRecipientSerializer(serializers.Serializer[Any]):
    identity = serializers.CharField(allow_null=True, help_text="always null")
    username = serializers.CharField(allow_null=True, help_text="always null")
    name = serializers.CharField(help_text="as the organization's `public_name` has it")


# The record; `assertion_records.py` says where what is no column comes from.
class AssertionSerializer(serializers.Serializer[Any]):
    entity_id = serializers.UUIDField(source="uuid", read_only=True)
    credential = serializers.UUIDField(read_only=True, help_text="the definition's `entity_id`")
    recipient: Any = RecipientRecordSerializer(read_only=True)
    issued_on = InstantField(source="awarded_at", read_only=True)
    expires_at = InstantField(read_only=True, allow_null=True)
    revoked = serializers.BooleanField(read_only=True)
    revocation_reason = serializers.CharField(read_only=True)
    revoked_at = InstantField(read_only=True, allow_null=True)
    narrative = serializers.CharField(read_only=True)
    evidence_url = serializers.CharField(read_only=True)
    public_url = serializers.CharField(read_only=True)


class PublicAssertionSerializer(AssertionSerializer):
    recipient = PublicRecipientSerializer(read_only=True)
