"""Any credential of an organization, found by a few words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from credentials.models import Certification, MicroCredential
from credentials.wallet import people, streams
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member
from tests.factories import (
    assertion,
    award,
    certification,
    course,
    definition,
    micro_credential,
    program,
)
from tests.wallet.conftest import FIELDS, KINDS, SEARCH, hold_one_each, listed, uuids
from users.models import User


def kinds_of(items: list[dict[str, Any]]) -> list[str]:
    return [item["kind"] for item in items]


@pytest.fixture
def ada(acme: Tenant) -> Any:
    user = make_member(acme, "ada").user
    User.objects.filter(pk=user.pk).update(
        first_name="Ada", last_name="Lovelace", email="countess@mail.example"
    )
    user.refresh_from_db()
    return user


@pytest.fixture
def hers(acme: Tenant, ada: Any, held: list[Any]) -> list[str]:
    """Newest first; another member holds one of each, too."""
    return [str(row.uuid) for row in hold_one_each(acme, ada, 77)[::-1]]


def test_all_are_told_with_their_holders_without_a_search(
    issuer: Caller, ada: Any, hers: list[str], held: list[Any]
) -> None:
    found = listed(issuer, SEARCH, limit=3)

    assert uuids(found) == [*hers, *(str(row.uuid) for row in held[::-1])]
    assert {tuple(item) for item in found} == {(*FIELDS, "holder")}
    assert [item["holder"] for item in found[:5]] == [
        {
            "id": ada.pk,
            "uuid": str(ada.uuid),
            "name": "Ada Lovelace",
            "username": "ada",
            "email": "countess@mail.example",
        }
    ] * 5
    assert {item["holder"]["name"] for item in found[5:]} == {"member"}


@pytest.mark.parametrize(
    "words",
    ["Ada", "aDA lOVE", "lovelace", "a Lov", "countess@", "COUNTESS@MAIL.EXAMPLE"],
)
def test_a_holder_is_found_by_part_of_name_username_and_address(
    issuer: Caller, hers: list[str], words: str
) -> None:
    assert uuids(listed(issuer, SEARCH, search=words)) == hers


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("soldering 77", "micro_credential"),
        ("METALWORK 77", "program_credential"),
        ("elder 77", "organization_credential"),
        ("first aid 77", "certification"),
        ("smith 77", "diploma"),
    ],
)
def test_each_kind_is_found_by_part_of_its_title(
    issuer: Caller, hers: list[str], words: str, kind: str
) -> None:
    assert kinds_of(listed(issuer, SEARCH, search=words)) == [kind]


def test_the_award_of_a_course_is_found_by_its_title(acme: Tenant, issuer: Caller) -> None:
    row = award("issuer", course(acme, title="Arc welding"))

    assert uuids(listed(issuer, SEARCH, search="arc")) == [str(row.uuid)]


def test_each_is_found_by_its_uuid(issuer: Caller, hers: list[str]) -> None:
    for wanted in hers:
        for spelled in (wanted, wanted.upper()):
            assert uuids(listed(issuer, SEARCH, search=spelled)) == [wanted]


def test_a_certification_is_found_by_its_whole_serial_number(
    acme: Tenant, issuer: Caller, hers: list[str]
) -> None:
    numbered = certification(acme, issuer.user, serial_number=hers[0])

    assert kinds_of(listed(issuer, SEARCH, search="RC-77")) == ["certification"]
    for part in ("RC-7", "rc-77", "C-77"):
        assert listed(issuer, SEARCH, search=part) == []
    # It may be the uuid of another.
    found = listed(issuer, SEARCH, search=hers[0])
    assert uuids(found) == [str(numbered.uuid), hers[0]]


def test_a_certification_without_a_type_is_found_by_its_issuer(
    acme: Tenant, issuer: Caller
) -> None:
    row = certification(acme, issuer.user, issuer_name="Saint John")

    assert uuids(listed(issuer, SEARCH, search="saint")) == [str(row.uuid)]


def test_what_waits_for_a_name_is_found_by_it(acme: Tenant, issuer: Caller) -> None:
    rows = [award("nova.star", program(acme)), assertion("nova@star.example", definition(acme))]

    found = listed(issuer, SEARCH, search="NOVA")

    assert uuids(found) == [str(row.uuid) for row in rows[::-1]]
    nobody = {"id": None, "uuid": None, "username": None, "email": None}
    assert [item["holder"] for item in found] == [
        nobody | {"name": "nova@star.example"},
        nobody | {"name": "nova.star"},
    ]


def test_who_was_invited_is_found_and_told_by_the_invitation_alone(
    acme: Tenant, issuer: Caller
) -> None:
    """Whether the address is an account's, and whose, is nobody's business until they come."""
    account = User.objects.create_user(
        "secret", "nova@mail.example", first_name="Secret", email_verified_at=timezone.now()
    )
    invited = members.invite(
        acme, "nova@mail.example", Role.MEMBER, by=OPERATOR, display_name="Nova Star"
    )
    assert Membership.objects.get(pk=invited.pk).user_id == account.pk
    row = certification(acme, issuer.user, issuer_name="Red Cross")
    Certification.objects.filter(pk=row.pk).update(membership_id=invited.pk)

    for words in ("nova", "star", "mail.example"):
        (item,) = listed(issuer, SEARCH, search=words)
        assert item["holder"] == {
            "id": None,
            "uuid": None,
            "name": "Nova Star",
            "username": None,
            "email": "nova@mail.example",
        }
        assert item["public_url"] is None
    assert listed(issuer, SEARCH, search="secret") == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "W_lding", "100%"])
def test_no_character_is_a_wildcard(acme: Tenant, issuer: Caller, words: str) -> None:
    micro_credential(acme, issuer.user, title="Welding")
    assert listed(issuer, SEARCH, search=words) == []

    row = micro_credential(acme, issuer.user, title=f"Of {words} exactly")
    assert uuids(listed(issuer, SEARCH, search=words)) == [str(row.uuid)]


def test_a_credential_that_fits_in_every_respect_is_found_once(
    acme: Tenant, issuer: Caller, ada: Any
) -> None:
    rows = [
        micro_credential(acme, ada, title="Ada's welding"),
        award("ada", program(acme, title="Ada, the language")),
        certification(acme, ada, issuer_name="Ada & Sons", serial_number="ada"),
    ]

    for limit in (1, 2, 200):
        found = listed(issuer, SEARCH, search="ada", limit=limit)
        assert uuids(found) == [str(row.uuid) for row in rows[::-1]]


def test_filters_narrow_a_search(issuer: Caller, hers: list[str]) -> None:
    for kind in KINDS:
        assert kinds_of(listed(issuer, SEARCH, search="ada", kind=kind)) == [kind]
        assert len(listed(issuer, SEARCH, kind=kind)) == 2
    assert kinds_of(listed(issuer, SEARCH, search="ada", status="unverified")) == ["certification"]
    assert listed(issuer, SEARCH, search="ada", status="revoked") == []


# --- However much there is


Ask = Callable[..., list[dict[str, Any]]]
ASKED: list[dict[str, Any]] = [
    {},
    {"search": "ada"},
    {"search": "welder"},
    {"search": "soldering"},
    {"search": "RC-3"},
    {"search": "waits"},
    {"search": "saint", "kind": "certification"},
    {"status": "unverified"},
    {"search": "a", "status": "active"},
    {"search": "e", "kind": "program_credential"},
]


@pytest.fixture
def many(acme: Tenant, ada: Any, member: Caller) -> None:
    """Of each kind several, and some that only a look at them finds."""
    for number in range(1, 4):
        hold_one_each(acme, ada if number % 2 else member.user, number)
        award(f"waits-{number}", program(acme, program_id=100 + number))
        assertion(f"waits-{number}@mail.example", definition(acme))
        certification(acme, member.user, issuer_name=f"Saint John {number}")


@pytest.mark.parametrize(
    ("limit", "looked_at", "most"),
    [(1, 3, 1000), (4, 1, 1000), (200, 3, 1000), (2, 1000, 0), (3, 2, 0)],
)
def test_nothing_is_passed_over_or_told_twice_however_little_a_page_looks_at(
    issuer: Caller,
    many: None,
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
    looked_at: int,
    most: int,
) -> None:
    whole = [sorted(uuids(listed(issuer, SEARCH, **asked))) for asked in ASKED]
    assert all(whole)

    monkeypatch.setattr(streams, "LOOKED_AT", looked_at)
    monkeypatch.setattr(people, "MOST", most)
    found = [sorted(uuids(listed(issuer, SEARCH, **asked, limit=limit))) for asked in ASKED]

    assert found == whole


def test_a_reading_goes_on_as_it_was_begun(
    acme: Tenant, issuer: Caller, ada: Any, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if what is searched for becomes more, or less, than is looked up meanwhile."""
    whole = uuids(listed(issuer, SEARCH, search="ada"))
    for before, after in ((1000, 0), (0, 1000)):
        monkeypatch.setattr(people, "MOST", before)
        first = issuer.get(SEARCH, {"search": "ada", "limit": 3}).json()
        monkeypatch.setattr(people, "MOST", after)
        rest = listed(issuer, SEARCH, search="ada", cursor=first["page"]["next_cursor"])

        assert uuids([*first["data"], *rest]) == whole


def test_what_comes_meanwhile_is_on_no_later_page(
    acme: Tenant, issuer: Caller, ada: Any, many: None
) -> None:
    for asked in ASKED:
        whole = uuids(listed(issuer, SEARCH, **asked))
        first = issuer.get(SEARCH, {**asked, "limit": 1}).json()
        micro_credential(acme, ada, title="Soldering for Ada, who waits")
        rest: list[Any] = []
        if first["page"]["has_more"]:
            cursor = first["page"]["next_cursor"]
            rest = listed(issuer, SEARCH, **asked, cursor=cursor)

        assert uuids([*first["data"], *rest]) == whole
        MicroCredential.objects.filter(title="Soldering for Ada, who waits").delete()


def test_a_search_that_is_too_long_or_holds_a_nul_is_400(issuer: Caller) -> None:
    for words in ("x" * 201, "a\0b"):
        assert_problem(issuer.get(SEARCH, {"search": words}), 400, "invalid-input")


def test_only_issuers_search(member: Caller, outsider: Caller, held: list[Any]) -> None:
    assert_problem(member.get(SEARCH), 403, "forbidden")
    assert listed(outsider, SEARCH) == []
    assert listed(outsider, SEARCH, search="member") == []
