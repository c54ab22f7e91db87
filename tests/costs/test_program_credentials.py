"""What answers about awards cost."""

from itertools import count
from typing import Any

import pytest

from credentials.models import Program
from credentials.program_credentials.awards import Note
from tenants import walls
from tenants.models import Tenant
from tests.conftest import Caller
from tests.costs import spent
from tests.factories import award, course, program

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

AWARDS = "/api/v1/user_credentials/"
AWARD_LISTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "one's own": ("holder", AWARDS, {"username": "holder"}),
    "somebody's": ("issuer", AWARDS, {"username": "holder", "limit": 500}),
    "a program's": ("issuer", "/api/v1/program_credentials/", {"program_id": 1, "limit": 500}),
    "a program's revoked": (
        *("issuer", "/api/v1/program_credentials/"),
        {"program_id": 1, "status": "revoked"},
    ),
    "a course's": ("issuer", "/api/v1/course_credentials/", {"course_id": "c+1"}),
    "programs": ("holder", "/api/v1/programs/", {}),
    "courses": ("key", "/api/v1/courses/", {}),
}


@pytest.mark.parametrize(("caller", "path", "query"), AWARD_LISTS.values(), ids=AWARD_LISTS.keys())
def test_a_list_of_awards_costs_one_round_trip_however_long_it_is(
    acme: Tenant, callers: dict[str, Caller], caller: str, path: str, query: dict[str, Any]
) -> None:
    costs = []
    for more in (1, 20):
        with walls.platform_work():
            for _ in range(more):
                number = Program.objects.count() + 1
                for certificate in (
                    program(acme, program_id=number),
                    course(acme, course_id=f"c+{number}"),
                ):
                    award("holder", certificate, Note("whitelist", "Whitelist", "x"))
        costs.append(spent(lambda: callers[caller].get(path, query)))

    assert costs == [(2, 1), (2, 1)]


@pytest.mark.parametrize("caller", ["holder", "issuer", "key"])
@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_an_award_costs_one_round_trip(
    acme: Tenant, callers: dict[str, Caller], caller: str, name: str
) -> None:
    with walls.platform_work():
        record = award("holder", program(acme))

    assert spent(lambda: callers[caller].get(f"{AWARDS}{getattr(record, name)}")) == (2, 1)


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("username", ["holder", "nobody"])
def test_an_award_is_found_in_one_round_trip_and_written_in_another(
    acme: Tenant, callers: dict[str, Caller], username: str, keyed: bool
) -> None:
    with walls.platform_work():
        program(acme)
    turns = count()

    def send() -> Any:
        turn = next(turns)
        headers = {"Idempotency-Key": f"{turn}"} if keyed else {}
        notes = [{"namespace": "whitelist", "name": "Whitelist", "value": f"{turn}"}]
        sent = {
            "username": username,
            "credential": {"program_id": 1},
            "status": ("awarded", "revoked")[turn % 2],
            "attributes": notes,
        }
        return callers["issuer"].post(AWARDS, sent, headers=headers)

    # Scope (with the key's lock and look) and savepoint; names, rows and attributes; row,
    # attributes, event and the record as it reads; commit, with the stored answer of a key.
    assert spent(send, 201) == ((13, 4) if keyed else (10, 4))


def test_an_award_that_stands_already_costs_no_write(
    acme: Tenant, callers: dict[str, Caller]
) -> None:
    with walls.platform_work():
        program(acme)
    sent = {"username": "holder", "credential": {"program_id": 1}, "status": "awarded"}

    assert spent(lambda: callers["issuer"].post(AWARDS, sent), 201) == (7, 4)


def test_a_bulk_request_costs_the_same_for_any_number_of_awards(
    acme: Tenant, callers: dict[str, Caller]
) -> None:
    with walls.platform_work():
        program(acme)
    key = {"credential": {"program_id": 1}, "status": "awarded"}
    turns = count()

    def send(number: int) -> Any:
        turn = next(turns)
        items = [{"username": f"{turn} {n}", **key} for n in range(number)]
        return callers["issuer"].post(f"{AWARDS}bulk/", items)

    # Those of one award, without its attributes; and the lock of batches.
    assert spent(lambda: send(2), 207) == spent(lambda: send(300), 207) == (10, 4)


def test_a_revocation_costs_what_it_writes(acme: Tenant, callers: dict[str, Caller]) -> None:
    with walls.platform_work():
        record = award("holder", program(acme))
    turns = count()

    def send() -> Any:
        status = ("revoked", "awarded")[next(turns) % 2]
        return callers["issuer"].patch(f"{AWARDS}{record.pk}", {"status": status})

    # Scope and savepoint; lock; row and event; reading it back; commit.
    assert spent(send) == (6, 5)
