from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from tenants.admin_scope import allows
from users import people


class OwnPasswordForm(PasswordChangeForm):
    required_css_class = "required"

    def save(self, commit: bool = True) -> Any:
        with transaction.atomic():
            people.set_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class Suggestions(AutocompleteJsonView):
    """For a superuser with the tenant: two of them may have something of one name."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        result: dict[str, str] = super().serialize_result(obj, to_field_name)
        if hasattr(obj, "tenant") and allows(self.request, "superuser"):
            result["text"] += f" · {obj.tenant}"
        return result


class PortalSite(admin.AdminSite):
    site_header = site_title = "Credentials Portal"
    index_title = "Administration"
    site_url = None  # there is no other site to view

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Suggestions.as_view(admin_site=self)(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's own would leave the person's other sign-ins alive."""
        request.current_app = self.name
        return PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)
