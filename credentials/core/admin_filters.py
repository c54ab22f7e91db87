"""Filters of admin lists that may be long: a form each, which keeps the other filters."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenants.admin_base import RowChooser, is_id


class FormFilter(admin.ListFilter):
    """What one chooses is written or searched, not picked from a list of everything."""

    template = "admin/form_filter.html"
    parameters: ClassVar[tuple[str, ...]]

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.model_admin = model_admin
        self.values = {name: params.pop(name, [""])[-1] for name in self.parameters}

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """One form."""
        others = self.request.GET.copy()
        for name in (*self.parameters, "p", "e"):
            others.pop(name, None)
        yield {
            "inputs": self.inputs(),
            "others": [(name, value) for name, values in others.lists() for value in values],
            "all": changelist.get_query_string(remove=[*self.parameters]),
            "is_chosen": any(self.values.values()),
        }

    def inputs(self) -> SafeString:
        raise NotImplementedError


class TextFilter(FormFilter):
    """What a field says, in full; some of what it may say is suggested."""

    field: ClassVar[str]
    suggestions: ClassVar[Sequence[str]] = ()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.values[self.parameters[0]]
        return queryset.filter(**{self.field: value}) if value else queryset

    def inputs(self) -> SafeString:
        (name,) = self.parameters
        attrs = {"name": name, "value": self.values[name], "list": f"{name}-known", "size": 14}
        return format_html(
            '<input{} aria-label="{}"><datalist id="{}">{}</datalist>',
            *(flatatt(attrs), self.title, attrs["list"]),
            format_html_join("", '<option value="{}">', ((each,) for each in self.suggestions)),
        )


class DateRange(FormFilter):
    """From one day on, up to and with another; either may be left out. Days are of UTC."""

    field: ClassVar[str]

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.days = {name: day(value) for name, value in self.values.items() if value}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = (self.days.get(name) for name in self.parameters)
        if first:
            begin = datetime.combine(first, time.min, UTC)
            queryset = queryset.filter(**{f"{self.field}__gte": begin})
        if last:
            end = datetime.combine(last, time.max, UTC)
            queryset = queryset.filter(**{f"{self.field}__lte": end})
        return queryset

    def inputs(self) -> SafeString:
        rows = (
            (word, flatatt({"name": name, "value": self.values[name]}))
            for word, name in zip(("from", "until"), self.parameters, strict=True)
        )
        return format_html_join("", '<p><label>{} <input type="date"{}></label></p>', rows)


@cache
def date_range(field: str, title: str) -> type[DateRange]:
    parameters = (f"{field}_from", f"{field}_until")
    members = {"field": field, "title": title, "parameters": parameters}
    return type("DateRange", (DateRange,), members)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise IncorrectLookupParameters(text) from None


class RelatedRow(FormFilter):
    """Of one row of another model, found by writing part of its name."""

    relation: ClassVar[str]

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        value = self.values[self.relation]
        if value and not is_id(value):
            raise IncorrectLookupParameters(value)
        self.widget = widget_of(model, self.relation)
        self.remote: type[Model] = model._meta.get_field(self.relation).related_model

    def rows(self) -> QuerySet[Any]:
        """Those that this person may see."""
        found: QuerySet[Any] = self.model_admin.admin_site._registry[self.remote].get_queryset(
            self.request
        )
        return found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.values[self.relation]
        if not value:
            return queryset
        # The tenant too, for a superuser's list: every index begins with it.
        tenant = self.rows().filter(pk=value).values("tenant_id")
        return queryset.filter(**{f"{self.relation}_id": value, "tenant_id": tenant[:1]})

    def chooser(self) -> Any:
        return forms.ModelChoiceField(self.rows(), widget=self.widget, required=False)

    def inputs(self) -> SafeString:
        field = self.chooser()
        attrs = {"data-width": "100%", "aria-label": str(self.title), "id": f"by-{self.relation}"}
        value = self.values[self.relation]
        return format_html("{}", field.widget.render(self.relation, value or None, attrs))


@cache
def related_row(relation: str) -> type[RelatedRow]:
    title = relation.replace("_", " ")
    members = {"relation": relation, "title": title, "parameters": (relation,)}
    return type("RelatedRow", (RelatedRow,), members)


def widget_of(model: type[Model], relation: str) -> RowChooser:
    return RowChooser(model._meta.get_field(relation), admin.site)
