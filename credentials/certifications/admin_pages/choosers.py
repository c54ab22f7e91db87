"""Fields in which members and types are chosen by writing part of their names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse

from credentials.certifications.admin_pages import people
from credentials.certifications.models import Certification, CertificationType, Standing
from credentials.certifications.role_models import RequirementType
from tenants.admin_base import RowChooser, is_id
from tenants.admin_scope import allows, desk_of
from tenants.models import Membership, Role

SUGGESTED = 20

if TYPE_CHECKING:
    RowField = forms.ModelChoiceField[Any]
else:
    RowField = forms.ModelChoiceField


def types_for(request: HttpRequest) -> QuerySet[CertificationType]:
    """A tenant's own, and the standard ones."""
    desk = desk_of(request)
    rows = CertificationType.objects.select_related("tenant").defer("description")
    if desk is None or not allows(request, Role.ISSUER):
        return rows.none()
    return rows.filter(owner__in=[0, desk.tenant.pk]) if desk.tenant else rows


def text_of_type(row: CertificationType) -> str:
    parts = [row.title, *(["standard"] if row.tenant_id is None else [])]
    return " · ".join([*parts, *(["archived"] if row.status != Standing.ACTIVE else [])])


# --- What is suggested


def suggested_members(request: HttpRequest) -> JsonResponse:
    rows = members_matching(request, words(request))
    return suggestions(request, rows, people.text_of)


def members_matching(request: HttpRequest, sought: Iterable[str]) -> QuerySet[Any]:
    rows = people.members_for(request)
    for word in sought:
        rows = rows.filter(people.found(word))
    return rows


def suggested_types(request: HttpRequest) -> JsonResponse:
    """Archived ones too, for the filters: a list may still have records of them."""
    rows = types_for(request).order_by("status", "title", "id")
    for word in words(request):
        rows = rows.filter(Q(title__icontains=word) | Q(slug__icontains=word))
    return suggestions(request, rows, text_of_type)


def words(request: HttpRequest) -> list[str]:
    return request.GET.get("term", "").split()


def suggestions(
    request: HttpRequest, rows: QuerySet[Any], text: Callable[[Any], str]
) -> JsonResponse:
    """As the admin's own list of suggestions; for a superuser with the tenant."""
    if not allows(request, Role.ISSUER):
        raise PermissionDenied
    number = request.GET.get("page", "1")
    start = (int(number) - 1) * SUGGESTED if is_id(number) and number.strip("0") else 0
    part = list(rows[start : start + SUGGESTED + 1])
    is_superuser = allows(request, "superuser")
    results = [
        {
            "id": str(row.pk),
            "text": f"{text(row)} · {row.tenant}" if is_superuser and row.tenant else text(row),
        }
        for row in part[:SUGGESTED]
    ]
    more = {"more": len(part) > SUGGESTED}
    return JsonResponse({"results": results, "pagination": more})


# --- Where it is chosen


class MemberChooser(RowChooser):
    url_name = "%s:credentials_certification_members"


class TypeChooser(RowChooser):
    url_name = "%s:credentials_certification_types"


class MemberField(RowField):
    def __init__(self) -> None:
        widget = MemberChooser(Certification._meta.get_field("membership"), admin.site)
        super().__init__(Membership.objects.none(), label="Member", widget=widget)

    def label_from_instance(self, obj: Any) -> str:
        return people.text_of(obj)


class TypeField(RowField):
    def __init__(self) -> None:
        place = Certification._meta.get_field("certification_type")
        super().__init__(
            CertificationType.objects.none(),
            label="Type",
            widget=TypeChooser(place, admin.site),
            required=False,
        )

    def label_from_instance(self, obj: Any) -> str:
        return text_of_type(obj)


class TypesChooser(AutocompleteSelectMultiple):
    """Says what is chosen from what its field knows: a page of fifty of these asks once."""

    url_name = TypeChooser.url_name
    known: Mapping[int, CertificationType]

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        rows = [self.known[int(each)] for each in value if is_id(each) and int(each) in self.known]
        options = [
            self.create_option(name, row.pk, text_of_type(row), True, place)
            for place, row in enumerate(rows)
        ]
        return [(None, options, 0)]


class TypesField(forms.TypedMultipleChoiceField):
    """Types in the order in which they were chosen; `learn` comes before anything else."""

    widget: TypesChooser

    def __init__(self) -> None:
        place = RequirementType._meta.get_field("certification_type")
        super().__init__(label="Types", coerce=int, widget=TypesChooser(place, admin.site))

    def learn(self, known: Mapping[int, CertificationType]) -> None:
        self.widget.known = known

    def valid_value(self, value: Any) -> bool:
        return is_id(str(value)) and int(value) in self.widget.known
