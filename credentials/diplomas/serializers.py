"""The shape of diplomas and titles: what callers send, and what they are shown."""

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials.core.fields import CountField, NumberField, TextField, WordField
from credentials.diplomas.fields import (
    MAX_NUMBER,
    CamelCaseSerializer,
    FileNameField,
    MillisecondField,
    ObtainedField,
    TitleField,
)
from credentials.diplomas.models import TEXT_LENGTH
from credentials.storage.content import KINDS
from tenants.ids import MAX_INTEGER

MAX_PAGE_SIZE = 200
PRESIGNED_URL, ACTIONS_INFO = "presigned-url", "actions-info"
SHOWN: dict[str, Any] = {"read_only": True}


class AttachmentSerializer(CamelCaseSerializer):
    """A file that is announced: what it must be when it comes."""

    name = FileNameField()
    mime_type: Any = WordField(KINDS, source="content_type")
    size = NumberField(min_value=1, max_value=settings.MAX_FILE_BYTES, help_text="in bytes")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        endings = tuple(f".{each}" for each in KINDS[attrs["content_type"]].extensions)
        if not attrs["name"].lower().endswith(endings):
            detail = f"A name of this type ends in {' or '.join(endings)}."
            raise ValidationError({"name": [ErrorDetail(detail, "extension")]})
        return attrs


class DiplomaBodySerializer(CamelCaseSerializer):
    """What POST takes."""

    title_id: Any = TitleField()
    obtained_at: Any = ObtainedField(required=False, allow_null=True)
    attachment = AttachmentSerializer(required=False)


class DiplomaChangeSerializer(DiplomaBodySerializer):
    """What PATCH takes: what is left out stays. An attachment is whole, as partial ones are not."""

    title_id = TitleField(required=False)


class DiplomaSerializer(CamelCaseSerializer):
    """The record; `records.py` says where what is no column comes from."""

    id = serializers.IntegerField(**SHOWN)
    user_id = serializers.IntegerField(source="holder_id", **SHOWN)
    organization_id = serializers.IntegerField(source="tenant_id", **SHOWN)
    title_id = serializers.IntegerField(**SHOWN)
    obtained_at = MillisecondField(allow_null=True, **SHOWN)
    deleted_at = MillisecondField(allow_null=True, help_text="null while it lives", **SHOWN)
    updated_at = MillisecondField(source="modified_at", **SHOWN)
    created_at = MillisecondField(**SHOWN)


class NamedSerializer(CamelCaseSerializer):
    id = serializers.IntegerField(**SHOWN)
    name = serializers.CharField(**SHOWN)


class ListedSerializer(CamelCaseSerializer):
    """A diploma in a list."""

    id = serializers.IntegerField(**SHOWN)
    user_id = serializers.IntegerField(source="holder_id", **SHOWN)
    title = NamedSerializer(**SHOWN)
    attachment = NamedSerializer(allow_null=True, **SHOWN)
    obtained_at = MillisecondField(allow_null=True, **SHOWN)
    deleted_at = MillisecondField(allow_null=True, **SHOWN)
    updated_at = MillisecondField(source="modified_at", **SHOWN)
    created_at = MillisecondField(**SHOWN)


class PlacedSerializer(ListedSerializer):
    place = serializers.JSONField(**SHOWN)  # not told: addresses are made of it


class PageQuery(CamelCaseSerializer):
    page = CountField(min_value=1, max_value=MAX_INTEGER // MAX_PAGE_SIZE, default=1)
    page_size = CountField(min_value=1, max_value=MAX_PAGE_SIZE, default=50)


class DiplomaQuery(PageQuery):
    """Each filter narrows; the texts are looked for in any letter case."""

    extend = serializers.ListField(
        child=WordField([PRESIGNED_URL, ACTIONS_INFO]), default=list, max_length=10
    )
    where_title_id = CountField(min_value=-MAX_NUMBER, max_value=MAX_NUMBER, required=False)
    where_title_name = TextField(max_length=TEXT_LENGTH, allow_blank=True, default="")
    where_attachment_name = TextField(max_length=TEXT_LENGTH, allow_blank=True, default="")


class TitleSerializer(CamelCaseSerializer):
    id = serializers.IntegerField(**SHOWN)
    name = TextField(max_length=TEXT_LENGTH)
    organization_id = serializers.IntegerField(source="tenant_id", **SHOWN)
    created_at = MillisecondField(**SHOWN)
    updated_at = MillisecondField(source="modified_at", **SHOWN)
