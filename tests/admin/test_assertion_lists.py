"""The list of assertions: found, filtered, and exported as it is filtered."""

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.core import lifecycle
from credentials.models import Assertion
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.admin.catalogue_pages import ASSERTIONS
from tests.admin.conftest import Browser, exported
from tests.conftest import make_member
from tests.factories import assertion, definition
from users.models import User

PAST = datetime(2020, 3, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def rows(acme: Tenant) -> dict[str, Assertion]:
    """One of each standing."""
    ada = make_member(acme, "ada")
    User.objects.filter(pk=ada.person_id).update(first_name="Ada", last_name="Lovelace")
    welder, smith = definition(acme), definition(acme, name="Smith")
    made = {
        "ada": assertion("ada", welder, narrative="Ten seams"),
        "newton": assertion("newton@royal.example", welder),
        "euler": assertion("euler", smith),
        "gauss": assertion("gauss", smith),
    }
    for name in ("newton", "gauss"):
        found = Assertion.objects.filter(pk=made[name].pk)
        found.update(awarded_at=PAST, expires_at=PAST.replace(year=2021))
    lifecycle.move(made["euler"], "revoked", by=OPERATOR, reason="Copied")
    assertion("gauss", smith)
    return made


def names(browser: Browser, query: str) -> list[str]:
    return sorted(row.identity.partition("@")[0] for row in browser.rows(f"{ASSERTIONS}?{query}"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ADA", ["ada"]),
        ("q=lovelace", ["ada"]),
        ("q=ada@acme.example", ["ada"]),
        ("q=royal", ["newton"]),
        ("q=smith", ["euler", "gauss", "gauss"]),
        ("q=nobody", []),
        ("status=valid", ["ada", "gauss"]),
        ("status=expired", ["newton"]),
        ("status=lapsed", ["gauss"]),
        ("status=revoked", ["euler"]),
        ("status=revoked&q=ada", []),
        ("awarded_at_until=2020-03-01", ["gauss", "newton"]),
        ("awarded_at_until=2020-02-29", []),
        ("expires_at_from=2021-03-01&expires_at_until=2021-03-01", ["gauss", "newton"]),
    ],
)
def test_assertions_are_found_and_filtered(
    acme_admin: Browser, rows: dict[str, Assertion], query: str, found: list[str]
) -> None:
    assert names(acme_admin, query) == found


@pytest.mark.parametrize("who", ["acme_admin", "root"])
def test_assertions_are_found_by_uuid_and_definition(
    request: Any, globex: Tenant, rows: dict[str, Assertion], who: str
) -> None:
    browser = request.getfixturevalue(who)
    assertion("gus", definition(globex))

    assert names(browser, f"q={rows['euler'].uuid}") == ["euler"]
    assert names(browser, f"definition={rows['ada'].definition_id}") == ["ada", "newton"]


def test_the_list_says_how_each_stands(acme_admin: Browser, rows: dict[str, Assertion]) -> None:
    shown = acme_admin.get(ASSERTIONS).content.decode()

    for word in ("Valid", "Expired", "Lapsed", "Revoked"):
        assert f'<td class="field-status">{word}</td>' in shown


def test_all_is_exported_with_formulas_escaped(
    acme: Tenant, acme_admin: Browser, rows: dict[str, Assertion]
) -> None:
    assertion("=cmd|'/c calc'!A1", rows["ada"].definition)

    found = exported(acme_admin, ASSERTIONS)

    assert [row["status"] for row in found] == [
        *("valid", "valid", "lapsed", "revoked", "expired", "valid")
    ]
    assert found[0]["identity"] == "'=cmd|'/c calc'!A1"
    ada = rows["ada"]
    assert found[-1] == {
        "uuid": str(ada.uuid),
        "identity": "ada",
        "username": "ada",
        "holder": "Ada Lovelace",
        "email": "ada@acme.example",
        "credential": str(ada.definition.uuid),
        "name": "Welder",
        "status": "valid",
        "issued_on": f"{ada.awarded_at:%Y-%m-%dT%H:%M:%SZ}",
        "expires_at": "",
        "revoked_at": "",
        "reason": "",
        "narrative": "Ten seams",
        "evidence_url": "",
        "public_url": found[-1]["public_url"],
    }
    assert found[-1]["public_url"].endswith(f"/c/{ada.uuid}")
    assert (found[3]["reason"], found[4]["issued_on"]) == ("Copied", "2020-03-01T23:30:00Z")


def test_what_is_filtered_is_exported_of_one_tenant_with_an_event(
    acme: Tenant, acme_admin: Browser, root: Browser, globex: Tenant, rows: dict[str, Assertion]
) -> None:
    assertion("gus", definition(globex))

    found = exported(acme_admin, ASSERTIONS, "?status=revoked")

    assert [row["identity"] for row in found] == ["euler"]
    assert {row["identity"] for row in exported(root, ASSERTIONS, "?tenant=globex")} == {"gus"}
    events = Event.objects.filter(action="exported").order_by("id")
    assert [event.tenant_id for event in events] == [acme.pk, globex.pk]
