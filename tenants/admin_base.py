"""What the portal's admin pages share: who may, whose rows, which columns, which history."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, FieldError
from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tenants import admin_search
from tenants.admin_forms import PortalForm
from tenants.admin_paging import BoundedList, BoundedPaginator
from tenants.admin_scope import Least, allows, desk_of
from tenants.models import Role, Tenant

if TYPE_CHECKING:
    BaseAdmin = admin.ModelAdmin[Any]
else:
    BaseAdmin = admin.ModelAdmin

# All that is read of people, beside their id: login fields are not a tenant's business.
NAMES_OF_PEOPLE = ("username", "email", "first_name", "last_name")
TENANTS_SUGGESTED = 50
OFFERED = frozenset({"exact", "in", "isempty", "isnull", "gt", "gte", "lt", "lte"})
MAX_DIGITS = 18


def display_name(person: Any) -> str:
    name: str = person.get_full_name() or person.get_username()
    return name


@cache
def name_of(relation: str, heading: str = "name") -> Callable[[Any], str]:
    """A column: the name of the person behind a relation."""

    @admin.display(description=heading, ordering=f"{relation}__first_name")
    def name(row: Any) -> str:
        return display_name(getattr(row, relation))

    return name


@cache
def email_of(relation: str) -> Callable[[Any], str]:
    """A column: the email address of the person behind a relation."""

    @admin.display(description="email address", ordering=f"{relation}__email")
    def email(row: Any) -> str:
        address: str = getattr(row, relation).email
        return address

    return email


class RowChooser(AutocompleteSelect):
    """Django's own is a 500 when the page is shown again with something that is no id."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if is_id(str(each))], attr)


def is_id(text: str) -> bool:
    """Of 64 bits."""
    return text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS


def is_offered(model: type[Model], lookup: str) -> bool:
    """What is no column of the model, a filter reads by its own rules, or nothing does."""
    try:
        asked, column, _ = model._default_manager.all().query.solve_lookup_type(lookup)
    except FieldError:
        return True
    return not column or OFFERED.issuperset(asked)


class TenantFilter(admin.SimpleListFilter):
    """For superusers: by slug, because a list of all tenants may be long."""

    title = "tenant"
    parameter_name = "tenant"
    template = "admin/tenant_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        self.path = model_admin.tenant_path
        slugs = Tenant.objects.order_by("slug").values_list("slug", flat=True)
        return [(slug, slug) for slug in slugs[:TENANTS_SUGGESTED]]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Any:
        """One form: its suggestions, and the other filters, which it keeps."""
        others = self.request.GET.copy()
        for name in (self.parameter_name, "p"):
            others.pop(name, None)
        yield {
            "value": self.value() or "",
            "suggestions": [slug for slug, _ in self.lookup_choices],
            "others": [(name, value) for name, values in others.lists() for value in values],
            "all": changelist.get_query_string(remove=[self.parameter_name]),
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        slug = self.value()
        if not slug:
            return queryset
        # By its id, or PostgreSQL would plan for any tenant.
        found = Tenant.objects.filter(slug=slug).values_list("pk", flat=True).first()
        return queryset.filter(**{self.path: found}) if found else queryset.none()


class PortalAdmin(BaseAdmin):
    """A subclass declares who may do what, by role; what it leaves out is refused.

    Nothing is deleted unless a subclass says so: rows end, are revoked or archived. The history is
    the portal's own events, not Django's admin log, which knows no tenant and would keep names
    after an erasure.
    """

    view_role: ClassVar[Least] = Role.ADMIN
    add_role: ClassVar[Least] = None
    change_role: ClassVar[Least] = None
    tenant_path: ClassVar[str] = "tenant"
    people: ClassVar[Sequence[str]] = ()  # relations to people
    joined: ClassVar[Mapping[str, Sequence[str]]] = {}  # other relations, and what is read of them
    secrets: ClassVar[frozenset[str]] = frozenset()  # columns that no page reads
    uuid_columns: ClassVar[Sequence[str]] = ("uuid",)
    add_form: type[PortalForm] | None = None
    # Whether there may be a million rows: then they are searched across tenants by indexes alone.
    is_long: ClassVar[bool] = True
    is_found_at_once: ClassVar[bool] = False  # by the one search over everything
    # Own columns that are searched across tenants; None for all.
    search_across: ClassVar[Sequence[str] | None] = None
    search_exact: ClassVar[Sequence[str]] = ()  # those that are compared in full
    # Among which rows they are, where an index has just these.
    search_only: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    # By relation, what a word and a lookup ask of the rows that it names.
    search_finders: ClassVar[Mapping[str, Callable[[str, str], Q]]] = {}

    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    # --- Who may

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, self.view_role)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.add_role)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, self.change_role)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # --- Whose rows, which columns

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.narrow(request, super().get_queryset(request))
        own = [field.name for field in self.opts.concrete_fields if field.name not in self.secrets]
        joined = {**dict.fromkeys(self.people, NAMES_OF_PEOPLE), **self.joined}
        if "tenant" in own:
            joined["tenant"] = ("slug", "name")
        names = [f"{relation}__{name}" for relation, read in joined.items() for name in read]
        return (rows.select_related(*joined) if joined else rows).only(*own, *names)

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        desk = desk_of(request)
        if desk is None or not self.has_view_permission(request):
            # Django looks for an object before it asks whether one may see it.
            return rows.none()
        return rows.filter(**{self.tenant_path: desk.tenant.pk}) if desk.tenant else rows

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """A filter in the address must not find out a secret piece by piece.

        It compares as the filters of the lists do: other lookups fail on what they cannot read, or
        keep the database busy.
        """
        if lookup.split(LOOKUP_SEP)[0] in self.secrets:
            return False
        return is_offered(self.model, lookup) and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A uuid, as clients quote it, finds its row; for the rest see `admin_search`."""
        if not search_term.strip():
            return queryset, False
        return admin_search.Search(self, request).found(queryset, search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedList]:
        return BoundedList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django's own is a 500 for a chosen row that is no id; every row here has an integer."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(pk.isascii() and pk.isdecimal() for pk in chosen):
            raise BadRequest
        return super().changelist_view(request, extra_context)

    def place(self, request: HttpRequest, name: str) -> str:
        """A page's address, with the list's filters, which the way back keeps."""
        query = request.META["QUERY_STRING"]
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}")
        return f"{address}?{query}" if query else address

    # --- What a superuser sees beside

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = list(super().get_list_display(request))
        return [*shown[:1], "tenant", *shown[1:]] if self.spans_tenants(request) else shown

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = list(super().get_list_filter(request))
        return [TenantFilter, *filters] if self.spans_tenants(request) else filters

    def spans_tenants(self, request: HttpRequest) -> bool:
        return self.tenant_path == "tenant" and allows(request, "superuser")

    # --- Writes

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None and self.add_form:
            kwargs.setdefault("form", self.add_form)
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A choice among the rows that this person may see."""
        kept = self.admin_site._registry.get(db_field.related_model)
        if isinstance(kept, PortalAdmin):
            kwargs.setdefault("queryset", kept.get_queryset(request))
        if db_field.name in self.autocomplete_fields:
            kwargs.setdefault("widget", RowChooser(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form wrote it."""

    # --- History

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """The domain's functions write events."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """The domain's functions write events."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The domain's functions write events."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        wanted = {"object_kind": self.opts.model_name, "object_id": row.pk}
        if self.spans_tenants(request):
            wanted["tenant"] = row.tenant.slug
        return redirect(f"{reverse('admin:tenants_event_changelist')}?{urlencode(wanted)}")
