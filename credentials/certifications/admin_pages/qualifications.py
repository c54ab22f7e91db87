"""Qualifications in the admin, each with its requirements."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from credentials.certifications.admin_pages.choosers import text_of_type
from credentials.certifications.admin_pages.listed import KEPT, ListedAdmin
from credentials.certifications.admin_pages.requirement_forms import (
    QualificationForm,
    RequirementForm,
    RequirementFormSet,
)
from credentials.certifications.role_models import Qualification, Requirement
from credentials.certifications.role_serializers import MOST_REQUIREMENTS
from tenants.admin_scope import allows
from tenants.models import Role

if TYPE_CHECKING:
    BaseInline = admin.StackedInline[Requirement, Qualification]
else:
    BaseInline = admin.StackedInline


class RequirementInline(BaseInline):
    model = Requirement
    form = RequirementForm
    formset = RequirementFormSet
    extra = 0
    max_num = MOST_REQUIREMENTS
    verbose_name_plural = "requirements, all of which must be met"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, Role.ISSUER)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, Role.ADMIN)

    has_add_permission = has_delete_permission = has_change_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.has_change_permission(request):
            return rows
        return rows.prefetch_related("types__certification_type")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        keeps = self.has_change_permission(request)
        return ("types" if keeps else "kinds", ("minimum", "verified_only"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if self.has_change_permission(request) else ("kinds",)

    @admin.display(description="types")
    def kinds(self, row: Requirement) -> str:
        return ", ".join(text_of_type(each.certification_type) for each in row.types.all())

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A new one asks for something."""
        return 0 if obj else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.request = request
        return formset


@admin.register(Qualification)
class QualificationAdmin(ListedAdmin):
    form = QualificationForm
    inlines = (RequirementInline,)
    list_display: Any = ("title", "slug", "status", "modified_at")

    class Media:
        css: ClassVar[Any] = {"all": ["credentials/certifications.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        tenant = ("tenant",) if self.spans_tenants(request) else ()
        seen = ("seen_at",) if obj and self.has_change_permission(request, obj) else ()
        return (*tenant, "title", "slug", "status", *seen, *(KEPT if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return ("tenant", *KEPT) if obj else ()
