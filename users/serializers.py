from collections.abc import Mapping
from typing import Any, cast

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError as PasswordRejected
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import get_error_detail

from users.models import User


def refused(name: str, code: str, text: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(text, code)]})


class TextField(serializers.CharField):
    """Text, and nothing made from something else: DRF's own field turns numbers into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SignInSerializer(serializers.Serializer[Any]):
    """Username or email, and a password; `tenant` (slug) where not the primary one is meant."""

    username = TextField(required=False, max_length=254)
    email = TextField(required=False, max_length=254)
    password = TextField(trim_whitespace=False, max_length=1000)
    tenant = TextField(required=False, max_length=63)

    def to_internal_value(self, data: Any) -> Any:
        """Not in `validate`, which runs only when no field has a fault: all are told at once."""
        faults: dict[str, Any] = {}
        if isinstance(data, Mapping) and ("username" in data) == ("email" in data):
            faults["username"] = [ErrorDetail("Send either username or email.", "required")]
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            faults |= cast("dict[str, Any]", error.detail)
        if faults:
            raise ValidationError(faults)
        return values


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = TextField(max_length=4096)


class TokensSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()
    session = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")


class PersonSerializer(serializers.ModelSerializer[User]):
    """The caller's own profile. A new password needs the old one."""

    username = serializers.CharField(read_only=True)
    email = serializers.CharField(read_only=True, help_text="empty where there is none")
    first_name = TextField(trim_whitespace=False, allow_blank=True, max_length=150, required=False)
    last_name = TextField(trim_whitespace=False, allow_blank=True, max_length=150, required=False)
    state = serializers.ChoiceField(User.State.choices, required=False)
    password = TextField(write_only=True, required=False, trim_whitespace=False, max_length=1000)
    old_password = TextField(
        write_only=True, required=False, trim_whitespace=False, max_length=1000
    )

    class Meta:
        model = User
        fields = [
            "id",
            "uuid",
            "username",
            "email",
            "first_name",
            "last_name",
            "state",
            "password",
            "old_password",
        ]
        read_only_fields = ["id", "uuid"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        if "password" in attrs:
            if "old_password" not in attrs:
                text = "A new password needs the old one."
                faults["old_password"] = [ErrorDetail(text, "required")]
            try:
                password_validation.validate_password(attrs["password"], self.instance)
            except PasswordRejected as error:
                faults["password"] = get_error_detail(error)
        if faults:
            raise ValidationError(faults)
        return attrs
