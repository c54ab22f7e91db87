"""Rules that each page of the admin keeps, found by asking the site what pages it has."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteMixin, RelatedFieldWidgetWrapper
from django.db import connection
from django.forms import ModelChoiceField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import crowds, desks
from credentials.models import Course
from tenants import api_tokens
from tenants.admin_base import PortalAdmin
from tenants.admin_paging import BoundedPaginator
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, Membership, Tenant
from tests.admin.conftest import Browser
from tests.factories import course

MOST = 20  # queries of a page
MEMBERS, EACH = 100, 20  # 2,000 rows of each kind of credential


def pages() -> list[Any]:
    reverse("admin:index")  # loads them
    return list(site._registry.values())


def listed(page: Any) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")


@pytest.fixture
def crowd(acme: Tenant) -> None:
    """Thousands of rows of acme, made set by set."""
    numbers: dict[str, Any] = {
        "tenant": acme.pk,
        "tenants": [acme.pk],
        "first": 1,
        "last": MEMBERS,
        "each": EACH,
        "types": crowds.TYPES,
        "qualifications": crowds.QUALIFICATIONS,
        "requirements": crowds.REQUIREMENTS,
        "counting": crowds.COUNTING,
    }
    known = [*desks.CATALOGUES, *desks.ROWS.values()]
    made = (desks.escaped(statement) for statement in known)
    crowds.execute(numbers, crowds.PEOPLE, *crowds.ASKED, crowds.HELD, *made)
    member = Membership.objects.filter(tenant=acme, user__isnull=False).earliest("pk")
    course(acme)
    api_tokens.create(member, name="key", scopes=[], expires_at=None, by=OPERATOR)


def cost(browser: Browser, path: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(path)
    # Beside these there are savepoints and the changes of role.
    return sum(" FROM " in query["sql"] for query in captured), response


def test_each_list_is_searched_and_bounded(subtests: pytest.Subtests) -> None:
    for page in pages():
        with subtests.test(page.opts.label):
            assert isinstance(page, PortalAdmin)
            assert page.search_fields
            assert page.show_full_result_count is False
            assert issubclass(page.paginator, BoundedPaginator)
            assert page.list_per_page <= page.list_max_show_all <= 200


def test_no_list_has_a_filter_that_lists_all_rows_of_another(
    subtests: pytest.Subtests,
) -> None:
    for page in pages():
        with subtests.test(page.opts.label):
            names = [each for each in page.list_filter if isinstance(each, str)]
            assert not [n for n in names if page.opts.get_field(n).is_relation]


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_each_page_costs_few_queries_among_thousands_of_rows(
    request: Any, crowd: None, subtests: pytest.Subtests, who: str
) -> None:
    browser = request.getfixturevalue(who)
    seen = 0
    for page in pages():
        path = listed(page)
        spent, response = cost(browser, path)
        if response.status_code == 403:
            continue
        with subtests.test(path):
            rows = list(response.context["cl"].result_list)
            assert spent < MOST
            assert rows
            assert cost(browser, f"{path}?q=zz+family7")[0] < MOST
            spent, shown = cost(browser, f"{path}{rows[-1].pk}/change/")
            assert (shown.status_code, spent < MOST) == (200, True)
            history = f"{path}{rows[-1].pk}/history/"
            if page.model is not Event:
                assert history in shown.content.decode()
            assert browser.get(history).status_code in {200, 302}
            seen += len(rows)
    assert seen > 400


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_rows_of_another_kind_are_chosen_by_writing_part_of_their_names(
    request: Any, subtests: pytest.Subtests, who: str
) -> None:
    browser = request.getfixturevalue(who)
    chosen = 0
    for page in pages():
        response = browser.get(f"{listed(page)}add/")
        if response.status_code == 403:
            continue
        form = response.context["adminform"].form
        for name, field in form.fields.items():
            if isinstance(field, ModelChoiceField):
                widget = field.widget
                inner = widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget
                with subtests.test(f"{page.opts.label}.{name}"):
                    assert isinstance(inner, AutocompleteMixin)
                chosen += 1
    assert chosen


def test_thousands_of_rows_were_there(crowd: None, acme: Tenant) -> None:
    for page in pages():
        if "tenant" not in {field.name for field in page.opts.fields}:
            continue
        rows = page.model._default_manager.filter(tenant=acme).count()
        few = page.model in {Course, ApiToken} or not page.is_long
        assert rows >= (1 if few else MEMBERS), page.opts.label
