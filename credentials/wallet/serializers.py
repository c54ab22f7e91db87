"""A credential of any family, in one form."""

from typing import Any

from rest_framework import serializers

from credentials.core.cursors import CursorPageSerializer, CursorQuery
from credentials.core.fields import InstantField, TextField, WordField
from credentials.core.wallets import Status
from credentials.wallet.kinds import BY_NAME

SHOWN: dict[str, Any] = {"read_only": True}
NULLABLE: dict[str, Any] = {"read_only": True, "allow_null": True}
STATUSES = """\
`active` holds now; `not_yet_valid` before its first day or instant; `expired` after its last one; \
`revoked` by the organization; `unverified`, `pending` and `rejected`: of certifications, whether \
the organization verified them; `archived`: of certifications, put away"""
KINDS, WORDS = [*BY_NAME], Status.values
MAX_SEARCH = 200


class WalletCredentialSerializer(serializers.Serializer[Any]):
    kind = WordField(KINDS, **SHOWN)
    uuid = serializers.UUIDField(help_text="of the record in its family's API, too", **SHOWN)
    title = serializers.CharField(**SHOWN)
    issuer = serializers.CharField(help_text="null where nobody is told to be it", **NULLABLE)
    status: Any = WordField(WORDS, help_text=STATUSES, **SHOWN)
    issued_at = InstantField(help_text="of a day, its beginning in UTC", **NULLABLE)
    expires_at = InstantField(
        help_text="the first instant at which it is expired: of a day, its end in UTC", **NULLABLE
    )
    public_url = serializers.CharField(help_text="null where it has no public page", **NULLABLE)


class HolderSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="null until the person has come", **NULLABLE)
    uuid = serializers.UUIDField(**NULLABLE)
    name = serializers.CharField(
        help_text="else the username; of who has not come, as it was given", **SHOWN
    )
    username = serializers.CharField(**NULLABLE)
    email = serializers.CharField(**NULLABLE)


class FoundCredentialSerializer(WalletCredentialSerializer):
    holder = HolderSerializer(**SHOWN)


class WalletQuery(CursorQuery):
    """Each filter narrows."""

    kind = WordField(KINDS, required=False)
    status = WordField(WORDS, required=False, help_text=STATUSES)


class SearchQuery(WalletQuery):
    search = TextField(
        max_length=MAX_SEARCH,
        allow_blank=True,
        default="",
        help_text="in holders' names, usernames and email addresses and in titles, in any letter "
        "case; or a whole serial number or uuid",
    )


class WalletPageSerializer(serializers.Serializer[Any]):
    data: Any = WalletCredentialSerializer(many=True)
    page = CursorPageSerializer()


class FoundPageSerializer(serializers.Serializer[Any]):
    data: Any = FoundCredentialSerializer(many=True)
    page = CursorPageSerializer()
