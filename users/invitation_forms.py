"""What somebody who was invited fills in."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from users.models import User

MAX_PASSWORD_LENGTH = 1000  # longer ones are refused at sign-in


class AccountForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        validators=[User.username_validator],
        help_text="Letters, digits and . + - _; you sign in with it.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        help_text="At least 8 characters, and not one of the common ones.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["username"])
        if "@" in name:
            # What is issued to an address goes to whoever bears it, as a username too.
            raise ValidationError("Choose a name without @.")
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("This username is taken.")
        return name

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        password = told.get("password")
        if password is not None and "again" in told and told["again"] != password:
            self.add_error("again", "The two passwords differ.")
        if password is not None:
            self.check_password(User(username=told.get("username", "")), password)
        return told

    def check_password(self, person: User, password: str) -> None:
        try:
            password_validation.validate_password(password, person)
        except ValidationError as error:
            self.add_error("password", error)
