"""What the admin pages share of rows that administrators keep and awards name."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from credentials_portal.problems import Conflict, as_problem
from tenants import changes, walls
from tenants.admin_base import PortalAdmin
from tenants.admin_forms import PortalForm
from tenants.admin_scope import Least, allows
from tenants.models import Role
from tenants.ownership import TenantOwned

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class CatalogueForm(PortalForm):
    """Of rows whose columns are the form's fields."""

    def write(self) -> TenantOwned:
        row: Any = self.instance
        model = type(row)
        if row.pk is None:
            fields = {name: self.cleaned_data[name] for name in self.fields if name != "tenant"}
            made: TenantOwned = model(tenant_id=self.tenant.pk, **fields)
            return changes.create(made, by=self.actor)
        stored = model._default_manager.filter(tenant_id=row.tenant_id)
        locked: TenantOwned = stored.select_for_update().get(pk=row.pk)
        changes.change(locked, self.changes, by=self.actor)
        return locked


class CatalogueAdmin(Base):
    """Deleted one by one while nothing stands in the way.

    Mixed into PortalAdmin; the subclass says how a row is deleted, in `delete_model`.
    """

    view_role: ClassVar[Least] = Role.ISSUER
    add_role: ClassVar[Least] = Role.ADMIN
    change_role: ClassVar[Least] = Role.ADMIN

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, self.change_role)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Deleted one by one: Django's own action for many would write no event."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # --- Deleted

    def why_kept(self, row: Any) -> Conflict | None:
        """What a delete would be refused with at this moment."""
        raise NotImplementedError

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row: Any = self.get_object(request, unquote(object_id))
        refusal: Any = self.why_kept(row) if row is not None else None
        if refusal is None:
            try:
                with walls.savepoint():
                    return super().delete_view(request, object_id, extra_context)
            except (Conflict, IntegrityError) as error:
                # It came to be named meanwhile: lock and database decide.
                refusal = as_problem(error)
                if refusal.status >= 500:
                    raise
        self.message_user(request, refusal.detail, level=messages.ERROR)
        return redirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing goes with it; Django would look for what does."""
        names = [str(row) for row in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []
