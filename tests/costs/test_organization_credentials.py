"""What answers of this family cost."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from credentials.models import Assertion, CredentialDefinition, IssuerProfile
from tenants import walls
from tenants.models import Tenant
from tests.conftest import Caller, make_member
from tests.costs import spent
from tests.factories import assertion, definition, issuer_profile
from tests.organization_credentials.conftest import ASSERTIONS, ISSUERS, LIST, SIGNALS, at

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

LISTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "definitions": ("holder", LIST, {"page_size": 100}, 1),
    "definitions, with private ones": ("admin", LIST, {"include_private": "true"}, 1),
    "definitions, searched": ("holder", LIST, {"search": "weld"}, 1),
    "definitions of a course": ("key", LIST, {"course": "c+1"}, 1),
    "definitions of a program": ("holder", LIST, {"program": "p", "course": "c+1"}, 1),
    "issuers": ("holder", ISSUERS, {}, 1),
    "one's own assertions": ("holder", ASSERTIONS, {}, 1),
    "one's own assertions, named": ("holder", ASSERTIONS, {"recipient": "HOLDER"}, 1),
    # Whether the address is one's own must be asked.
    "one's own, by address": ("holder", ASSERTIONS, {"recipient": "holder@acme.example"}, 2),
    "anybody's assertions": ("admin", ASSERTIONS, {"recipient": "holder", "page_size": 100}, 1),
    "all of anybody's": (
        *("admin", ASSERTIONS),
        {"recipient": "holder", "include_revoked": "true", "include_expired": "true"},
        1,
    ),
    # Who that is must be asked.
    "a member's assertions": ("admin", at("assertions", "", user="holder"), {}, 2),
}


@pytest.fixture
def school(acme: Tenant) -> IssuerProfile:
    with walls.platform_work():
        return issuer_profile(acme)


@pytest.fixture
def welder(acme: Tenant, school: IssuerProfile) -> CredentialDefinition:
    with walls.platform_work():
        return definition(acme, issuer=school)


@pytest.fixture
def held(callers: dict[str, Caller], welder: CredentialDefinition) -> Assertion:
    with walls.platform_work():
        return assertion("holder", welder)


def keyed(send: Callable[[dict[str, str]], Any], with_keys: bool) -> Callable[[], Any]:
    """Each time with a key of its own, or with none."""
    keys = count()
    return lambda: send({"Idempotency-Key": f"{next(keys)}"} if with_keys else {})


@pytest.mark.parametrize(("caller", "path", "query", "trips"), LISTS.values(), ids=LISTS.keys())
def test_a_list_costs_the_same_however_long_it_is(
    acme: Tenant,
    callers: dict[str, Caller],
    school: IssuerProfile,
    caller: str,
    path: str,
    query: dict[str, Any],
    trips: int,
) -> None:
    costs, lengths = [], []
    for more in (1, 20):
        with walls.platform_work():
            for _ in range(more):
                issuer_profile(acme)
                row = definition(acme, issuer=school, courses=["c+1"], programs=["p"])
                assertion("holder", row)
        costs.append(spent(lambda: callers[caller].get(path, query)))
        lengths.append(len(callers[caller].get(path, query).json()["result"]["data"]))

    assert lengths[0] < lengths[1]
    assert costs == [(2 * trips, trips)] * 2


@pytest.mark.parametrize("caller", ["holder", "admin", "key"])
@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_a_record_costs_one_round_trip(
    callers: dict[str, Caller],
    school: IssuerProfile,
    welder: CredentialDefinition,
    held: Assertion,
    caller: str,
    name: str,
) -> None:
    paths = [
        at(getattr(welder, name)),
        at("issuers", getattr(school, name)),
        at("assertions", getattr(held, name)),
    ]

    for path in paths:
        known = {"If-None-Match": callers[caller].get(path).headers["ETag"]}
        assert spent(lambda path=path: callers[caller].get(path)) == (2, 1)  # type: ignore[misc]
        again = spent(lambda path=path: callers[caller].get(path, headers=known), 304)  # type: ignore[misc]  # noqa: B023
        assert again == (2, 1)


@pytest.mark.parametrize("caller", ["anonymous", "holder", "key"])
def test_a_public_assertion_costs_one_round_trip(
    callers: dict[str, Caller], held: Assertion, caller: str
) -> None:
    path = f"/api/v1/credentials/public/assertions/{held.uuid}"

    assert spent(lambda: callers[caller].get(path)) == (2, 1)


@pytest.mark.parametrize("with_keys", [False, True])
def test_a_new_definition_costs_its_issuer_and_what_it_writes(
    callers: dict[str, Caller], school: IssuerProfile, with_keys: bool
) -> None:
    sent = {"name": "Welder", "issuer": str(school.uuid), "courses": ["c+1"]}

    send = keyed(lambda headers: callers["admin"].post(LIST, sent, headers=headers), with_keys)

    # Scope (with the key's lock and look) and savepoint; the issuer; row, event and the record as
    # it reads; commit, with the stored answer of a key.
    assert spent(send, 201) == ((7, 4) if with_keys else (4, 4))


def test_a_change_costs_what_it_writes(
    callers: dict[str, Caller], welder: CredentialDefinition
) -> None:
    names = count()

    def send() -> Any:
        return callers["admin"].put(at(welder.uuid), {"name": f"{next(names)}"})

    # Scope and savepoint; lock; row and event; reading it back; commit.
    assert spent(send) == (6, 5)


def test_a_deletion_costs_a_look_and_what_it_writes(
    acme: Tenant, callers: dict[str, Caller], school: IssuerProfile
) -> None:
    with walls.platform_work():
        rows = iter([definition(acme, issuer=school) for _ in range(2)])

    def send() -> Any:
        return callers["admin"].delete(at(next(rows).uuid))

    # Scope and savepoint; lock; the look for live assertions; row and event; commit.
    assert spent(send, 204) == (6, 5)


@pytest.mark.parametrize("with_keys", [False, True])
@pytest.mark.parametrize("identity", ["member", "nobody"])
def test_an_assertion_is_found_in_one_round_trip_and_written_in_another(
    acme: Tenant,
    callers: dict[str, Caller],
    welder: CredentialDefinition,
    identity: str,
    with_keys: bool,
) -> None:
    turns = count()
    if identity == "member":
        with walls.platform_work():
            for turn in range(2):
                make_member(acme, f"member {turn}")

    def send(headers: dict[str, str]) -> Any:
        sent = {"recipient": {"identity": f"{identity} {next(turns)}"}}
        return callers["admin"].post(at(welder.uuid, "assertions/"), sent, headers=headers)

    # Scope (with the key's lock and look) and savepoint; names, and the rows in the way; row,
    # event and the record as it reads; commit, with the stored answer of a key.
    assert spent(keyed(send, with_keys), 201) == ((11, 4) if with_keys else (8, 4))


def test_a_bulk_issue_costs_the_same_for_any_number_of_recipients(
    callers: dict[str, Caller], welder: CredentialDefinition
) -> None:
    turns = count()

    def send(number: int) -> Any:
        turn = next(turns)
        users = [f"{turn} {n}" for n in range(number)]
        return callers["admin"].post(at(welder.uuid, "assertions/bulk/"), {"users": users})

    # Those of one assertion, and the lock of batches.
    assert spent(lambda: send(2)) == spent(lambda: send(300)) == (9, 4)


def test_a_signal_costs_the_same_for_any_number_of_definitions(
    acme: Tenant, callers: dict[str, Caller], school: IssuerProfile
) -> None:
    turns, costs = count(), []
    for more in (2, 30):
        with walls.platform_work():
            for _ in range(more):
                definition(acme, issuer=school, issuing_signal="COURSE_PASSED", courses=["c+1"])
        body = {"signal": "COURSE_PASSED", "course": "c+1"}
        costs.append(
            spent(
                lambda: callers["admin"].post(SIGNALS, body | {"username": f"{next(turns)}"})  # noqa: B023
            )
        )

    # Those of a bulk issue, after the look for definitions.
    assert costs == [(10, 5), (10, 5)]


def test_a_revocation_costs_what_it_writes(
    acme: Tenant, callers: dict[str, Caller], welder: CredentialDefinition
) -> None:
    with walls.platform_work():
        rows = iter([assertion(name, welder) for name in ("a", "b")])
    body = {"revoked": True, "revocation_reason": "Mistaken"}

    def send() -> Any:
        return callers["admin"].put(at("assertions", next(rows).uuid), body)

    # Scope and savepoint; lock; row and event; reading it back; commit.
    assert spent(send) == (6, 5)
