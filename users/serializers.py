from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError as PasswordRejected
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from users.models import User


def refused(name: str, code: str, text: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(text, code)]})


class SignInSerializer(serializers.Serializer[Any]):
    """Username or email, and a password; `tenant` (slug) where not the primary one is meant."""

    username = serializers.CharField(required=False, max_length=254)
    email = serializers.CharField(required=False, max_length=254)
    password = serializers.CharField(trim_whitespace=False, max_length=1000)
    tenant = serializers.CharField(required=False, max_length=63)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("username" in attrs) == ("email" in attrs):
            raise refused("username", "required", "Send either username or email.")
        return attrs


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=4096)


class TokensSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()
    session = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")


class PersonSerializer(serializers.ModelSerializer[User]):
    """The caller's own profile. A new password needs the old one."""

    first_name = serializers.CharField(
        trim_whitespace=False, allow_blank=True, max_length=150, required=False
    )
    last_name = serializers.CharField(
        trim_whitespace=False, allow_blank=True, max_length=150, required=False
    )
    state = serializers.ChoiceField(User.State.choices, required=False)
    password = serializers.CharField(
        write_only=True, required=False, trim_whitespace=False, max_length=1000
    )
    old_password = serializers.CharField(
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
        read_only_fields = ["id", "uuid", "username", "email"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "password" in attrs:
            if "old_password" not in attrs:
                raise refused("old_password", "required", "A new password needs the old one.")
            try:
                password_validation.validate_password(attrs["password"], self.instance)
            except PasswordRejected as error:
                raise ValidationError({"password": list(error.messages)}) from None
        return attrs
