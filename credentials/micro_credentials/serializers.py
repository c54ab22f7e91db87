from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials.core.fields import CountField, InstantField, TextField, WebAddressField
from credentials.micro_credentials.models import TITLE_LENGTH, URL_LENGTH, MicroCredential
from tenants.ids import MAX_INTEGER


class MicroCredentialSerializer(serializers.Serializer[MicroCredential]):
    id = serializers.IntegerField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)
    tenant_id = serializers.IntegerField(read_only=True)
    user_id = serializers.IntegerField(source="holder_id", read_only=True)
    title = TextField(max_length=TITLE_LENGTH)
    issued = InstantField(source="issued_at")
    expires = InstantField(source="expires_at")
    website_url = WebAddressField(max_length=URL_LENGTH, allow_blank=True, default="")
    state = serializers.ChoiceField(MicroCredential.State.choices, read_only=True)
    created_time = InstantField(source="created_at", read_only=True)
    modified_time = InstantField(source="modified_at", read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        def final(name: str) -> Any:
            return attrs[name] if name in attrs else getattr(self.instance, name)

        if final("expires_at") < final("issued_at"):
            # At the field that the caller sent; both sent: the later one of the two.
            name = "expires" if "expires_at" in attrs else "issued"
            raise ValidationError(
                {name: [ErrorDetail("expires must not be before issued.", "dates_out_of_order")]}
            )
        return attrs


class MicroCredentialListQuery(serializers.Serializer[Any]):
    offset = CountField(min_value=0, max_value=MAX_INTEGER, default=0)
    limit = CountField(min_value=1, max_value=500, default=250)
    sort_field = serializers.ChoiceField(
        ["id", "title", "issued", "expires", "created_time"], default="id"
    )
    sort_order = serializers.ChoiceField(["ASC", "DESC"], default="DESC")
    search = TextField(max_length=200, allow_blank=True, default="", help_text="in titles")
    user_id = CountField(
        min_value=0,
        max_value=MAX_INTEGER,
        required=False,
        help_text="one holder's; others than oneself: issuer and above",
    )
