"""An event: what may be asked, and what is shown."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from credentials.core.cursors import CursorPageSerializer, CursorQuery
from credentials.core.fields import InstantField, TextField, WordField
from credentials.history.kinds import KINDS
from tenants import ids
from tenants.models import Event


@extend_schema_field({"type": "string"})
class RecordField(serializers.Field[int | UUID, Any, str, Any]):
    """An id or a uuid."""

    default_error_messages = {"invalid": "Write an id, like 17, or a uuid with its hyphens."}

    def to_internal_value(self, data: Any) -> int | UUID:
        found: int | UUID | None = ids.as_integer(str(data))
        if found is None:
            found = ids.as_uuid(str(data))
        if found is None:
            self.fail("invalid")
        return found


class EventQuery(CursorQuery):
    object_kind = WordField(KINDS, required=False)
    object = RecordField(
        required=False, help_text="`uuid`, or with `object_kind` also `id`, of what it is about"
    )
    actor = RecordField(required=False, help_text="`id` or `uuid` of the person who did it")
    actor_kind = WordField(Event.ActorKind.values, required=False)
    kind = TextField(
        required=False, max_length=60, help_text="what was done, like `created` or `revoked`"
    )
    since = InstantField(required=False, help_text="that instant included")
    until = InstantField(required=False, help_text="that instant excluded")


class EventObjectSerializer(serializers.Serializer[Any]):
    kind = WordField(KINDS, read_only=True)
    id = serializers.IntegerField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)


class EventActorSerializer(serializers.Serializer[Any]):
    kind = WordField(Event.ActorKind.values, read_only=True)
    id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="null for who is no member of the organization"
    )
    uuid = serializers.UUIDField(read_only=True, allow_null=True)
    username = serializers.CharField(read_only=True, allow_null=True)
    api_token_id = serializers.IntegerField(read_only=True, allow_null=True)


class EventSealSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(read_only=True)
    hash = serializers.CharField(read_only=True, help_text="of the chain up to here, SHA-256")


class EventSerializer(serializers.Serializer[Any]):
    """The record; `records.py` says where what is no column comes from."""

    id = serializers.IntegerField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)
    kind = serializers.CharField(source="action", read_only=True)
    occurred_at = InstantField(read_only=True)
    object = EventObjectSerializer(read_only=True)
    actor = EventActorSerializer(read_only=True)
    request_id = serializers.CharField(read_only=True)
    address = serializers.CharField(
        read_only=True, allow_null=True, help_text="from where; shown to superusers"
    )
    before = serializers.DictField(read_only=True, allow_null=True)
    after = serializers.DictField(
        read_only=True, allow_null=True, help_text="of a person's account: shown to superusers"
    )
    is_erased = serializers.BooleanField(
        read_only=True, help_text="what it held of a person was erased"
    )
    seal = EventSealSerializer(
        read_only=True, allow_null=True, help_text="its place in the organization's chain, soon"
    )


class EventPageSerializer(serializers.Serializer[Any]):
    data: Any = EventSerializer(many=True, read_only=True)
    page = CursorPageSerializer(read_only=True)
