"""How lists are searched: by parts of words in one organization, by beginnings across them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials.models import Program
from tenants import admin_search
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.admin.conftest import Browser, exported
from tests.conftest import make_member
from tests.factories import (
    assertion,
    award,
    certification,
    certification_type,
    definition,
    diploma,
    diploma_title,
    micro_credential,
    program,
)
from users import inviting
from users.models import User

AWARDS, RECORDS = "credentials/usercredential/", "credentials/certification/"
MOST = 20  # queries


@pytest.fixture
def grace(acme: Tenant) -> Membership:
    member = make_member(acme, "grace")
    User.objects.filter(pk=member.person_id).update(
        first_name="Grace", last_name="Hopper", email="grace@navy.example"
    )
    return member


def found(browser: Browser, path: str, term: str) -> list[Any]:
    return browser.rows(f"{path}?q={term}")


# --- Within one organization


@pytest.mark.parametrize("term", ["rac", "OPPER", "navy.ex", "hop+gra", "metal", "grace+work"])
def test_parts_of_the_holders_and_of_the_titles_names_are_found(
    acme_issuer: Browser, grace: Membership, metalwork: Program, term: str
) -> None:
    held = award("grace", metalwork)
    award("somebody", program(metalwork.tenant, program_id=2, title="Carpentry"))

    assert found(acme_issuer, AWARDS, term) == [held]


def test_every_family_is_found_by_holder_and_title(
    acme: Tenant, acme_owner: Browser, grace: Membership
) -> None:
    kind = certification_type(acme, title="Welding in water")
    rows = {
        "microcredential": micro_credential(acme, grace.user, title="Welding in water"),
        "assertion": assertion("grace", definition(acme, name="Welding in water")),
        "certification": certification(acme, grace.user, type=kind.uuid),
        "diploma": diploma(acme, grace.user, title=diploma_title(acme, name="Welding in water")),
    }

    for name, row in rows.items():
        for term in ("hopp", "eldin", "race+water", str(row.uuid)):
            assert found(acme_owner, f"credentials/{name}/", term) == [row], (name, term)
        assert found(acme_owner, f"credentials/{name}/", "hopp+nothing") == []


def test_a_serial_number_is_found_in_full(
    acme: Tenant, acme_issuer: Browser, root: Browser, grace: Membership
) -> None:
    row = certification(acme, grace.user, serial_number="RC-77")
    certification(acme, grace.user, serial_number="RC-777")

    for browser in (acme_issuer, root):
        assert found(browser, RECORDS, "RC-77") == [row]


def test_words_in_quotes_are_one(acme_issuer: Browser, metalwork: Program) -> None:
    tenant = metalwork.tenant
    held = award("ada", program(tenant, program_id=2, title="Cold forging"))
    award("ada", program(tenant, program_id=3, title="Forging, cold"))

    assert found(acme_issuer, AWARDS, '"cold forging"') == [held]
    assert len(found(acme_issuer, AWARDS, "cold forging")) == 2


def test_names_of_another_organizations_people_find_nothing(
    acme_issuer: Browser, globex: Tenant, metalwork: Program
) -> None:
    member = make_member(globex, "gus")
    User.objects.filter(pk=member.person_id).update(first_name="Unheard")
    award("gus", program(globex))
    award("ada", metalwork)

    assert found(acme_issuer, AWARDS, "unheard") == []


def test_of_too_much_the_newest_are_shown_and_it_is_said(
    acme_issuer: Browser, acme: Tenant, monkeypatch: Any
) -> None:
    monkeypatch.setattr(admin_search, "FOUND", 2)
    rows = [award("ada", program(acme, program_id=number)) for number in range(1, 5)]

    response = acme_issuer.get(f"{AWARDS}?q=ada")

    assert list(response.context["cl"].result_list) == [rows[3], rows[2]]
    assert "2+ results" in response.content.decode()
    assert len(exported(acme_issuer, AWARDS, "?q=ada")) == 4


def test_a_name_that_many_bear_finds_all_of_them(
    acme: Tenant, acme_issuer: Browser, metalwork: Program, monkeypatch: Any
) -> None:
    monkeypatch.setattr(admin_search, "NAMED", 1)
    rows = []
    for number in range(3):
        make_member(acme, f"kim{number}")
        rows.append(award(f"kim{number}", metalwork))

    assert found(acme_issuer, AWARDS, "kim") == rows[::-1]


# --- Across organizations


def test_a_superuser_finds_by_beginnings_and_in_one_organization_by_parts(
    root: Browser, acme: Tenant, globex: Tenant, grace: Membership, metalwork: Program
) -> None:
    mine = award("grace", metalwork)
    make_member(globex, "gracia")
    theirs = award("gracia", program(globex))
    awaited = award("gravin", metalwork)

    assert found(root, AWARDS, "gra") == [awaited, theirs, mine]
    assert found(root, AWARDS, "hop") == [mine]
    assert found(root, AWARDS, "opper") == []
    assert root.rows(f"{AWARDS}?q=opper&tenant=acme") == [mine]
    assert root.rows(f"{AWARDS}?q=gra&tenant=globex") == [theirs]
    assert found(root, AWARDS, "metal") == [awaited, theirs, mine]
    assert found(root, AWARDS, str(theirs.uuid)) == [theirs]


def test_records_of_standard_types_are_found_in_any_organization(
    root: Browser, acme: Tenant, globex: Tenant, grace: Membership
) -> None:
    kind = certification_type(None, slug="diving", title="Diving")
    own = certification_type(globex, slug="diving", title="Diving at night")
    rows = [certification(acme, grace.user, type=kind.uuid)]
    gus = make_member(globex, "gus").user
    rows += [certification(globex, gus, type=each.uuid) for each in (kind, own)]

    assert found(root, RECORDS, "divi") == rows[::-1]


def test_people_are_found_by_how_their_names_begin(root: Browser, grace: Membership) -> None:
    for term in ("GRA", "hop", "grace hop", "grace@na"):
        assert found(root, "users/user/", term) == [grace.user]
    assert found(root, "users/user/", "opper") == []


# --- One search over everything


def test_one_search_finds_people_titles_and_credentials(
    acme: Tenant, acme_owner: Browser, grace: Membership, metalwork: Program
) -> None:
    held = award("grace", metalwork)
    serial = certification(acme, grace.user, serial_number="RC-77")

    names = acme_owner.get("search/?q=hopper").content.decode()
    assert f"/admin/tenants/membership/{grace.pk}/change/" in names
    assert f"/admin/credentials/usercredential/{held.pk}/change/" in names
    assert f"/admin/credentials/certification/{serial.pk}/change/" in names
    assert "/admin/credentials/program/" in acme_owner.get("search/?q=metal").content.decode()
    number = acme_owner.get("search/?q=RC-77").content.decode()
    assert f"/admin/credentials/certification/{serial.pk}/change/" in number
    by_uuid = acme_owner.get(f"search/?q={held.uuid}").content.decode()
    assert f"/admin/credentials/usercredential/{held.pk}/change/" in by_uuid
    assert "Nothing of this name" in acme_owner.get("search/?q=zzz").content.decode()
    assert acme_owner.get("search/").status_code == 200


def test_one_search_shows_staff_nothing_of_others_or_above_their_role(
    acme_issuer: Browser, globex: Tenant, grace: Membership, metalwork: Program
) -> None:
    make_member(globex, "gracia")
    foreign = award("gracia", program(globex))

    shown = acme_issuer.get("search/?q=gra").content.decode()

    assert f"/usercredential/{foreign.pk}/" not in shown
    assert "/admin/tenants/membership/" not in shown.partition('id="content"')[2]


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_one_search_costs_few_queries(
    request: Any, acme: Tenant, grace: Membership, metalwork: Program, who: str
) -> None:
    browser = request.getfixturevalue(who)
    for number in range(8):
        award("grace", program(acme, program_id=number + 2, title=f"Grace {number}"))
        micro_credential(acme, grace.user)
        certification(acme, grace.user)
        assertion("grace", definition(acme, name=f"Grace {number}"))
        diploma(acme, grace.user)
    browser.get("search/?q=grace")

    with CaptureQueriesContext(connection) as captured:
        shown = browser.get("search/?q=grace").content.decode()

    assert shown.count("More, in their list") >= 6
    assert sum(" FROM " in query["sql"] for query in captured) < MOST


def test_whoever_is_awaited_is_found_by_the_invitation_alone(
    acme: Tenant, acme_admin: Browser, grace: Membership, globex: Tenant
) -> None:
    make_member(globex, "stranger")
    User.objects.filter(username="stranger").update(last_name="Hopper", email="s@mail.example")
    row = inviting.invite(acme, "s@mail.example", Role.MEMBER, by=OPERATOR)

    assert found(acme_admin, "tenants/membership/", "hopper") == [grace]
    assert found(acme_admin, "tenants/membership/", "s@mail") == [row]
