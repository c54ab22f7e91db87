"""Forms of the admin: they write through the domain's functions, which keep the history."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest

from credentials_portal.problems import Problem, as_problem
from tenants import walls
from tenants.admin_scope import actor, desk_of
from tenants.events import Actor
from tenants.models import Tenant

if TYPE_CHECKING:
    BaseForm = forms.ModelForm[Any]
else:
    BaseForm = forms.ModelForm


class PortalForm(BaseForm):
    """Writes as the last step of its own checks: what the database refuses is a form error."""

    request: HttpRequest  # set by PortalAdmin.get_form

    def write(self) -> Any:
        """Make the change and return the row. What it raises becomes a form error."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            with walls.savepoint():
                self.instance = self.write()
        except (Problem, ValidationError, IntegrityError) as error:
            self.add_refusal(error)

    def add_refusal(self, error: Exception) -> None:
        if isinstance(error, ValidationError):
            for name, faults in getattr(error, "error_dict", {None: [error]}).items():
                self.add_error(name if name in self.fields else None, faults)
            return
        problem = as_problem(error)
        if problem.status >= 500:
            raise error
        self.add_error(None, problem.detail)

    def save(self, commit: bool = True) -> Any:
        """Done already."""
        return self.instance

    def save_m2m(self) -> None:
        """No form has such fields."""

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that were really changed: the others may be somebody else's new values."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    @property
    def actor(self) -> Actor:
        return actor(self.request)

    @property
    def tenant(self) -> Tenant:
        """The one that was chosen in the form, by a superuser, or at whose desk one sits."""
        desk = desk_of(self.request)
        return desk.tenant if desk and desk.tenant else self.cleaned_data["tenant"]
