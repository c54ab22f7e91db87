"""What answers about certifications cost."""

from itertools import count
from typing import Any

import pytest

from credentials.models import Certification, CertificationType
from tenants import walls
from tenants.models import Tenant
from tests.certifications.conftest import ORGANIZATION, OWN, PAIR, TYPES, membership
from tests.conftest import Caller
from tests.costs import spent
from tests.factories import certification, certification_type

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

LISTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "one's own": ("holder", OWN, {"limit": 200}),
    "one's own, filtered": ("holder", OWN, {"validity_status": "valid", "external_source": "hr"}),
    "the organization's": ("issuer", ORGANIZATION, {"limit": 200}),
    "somebody's": ("issuer", ORGANIZATION, {"organization_member_id": "holder"}),
    "of a type": ("issuer", ORGANIZATION, {"certification_type_id": "kind"}),
    "by an integration": ("key", OWN, {"lifecycle_status": "active"}),
    "types": ("holder", TYPES, {"limit": 200}),
}


@pytest.fixture
def kind(acme: Tenant) -> CertificationType:
    with walls.platform_work():
        return certification_type(acme)


@pytest.fixture
def held(acme: Tenant, callers: dict[str, Caller], kind: CertificationType) -> Certification:
    with walls.platform_work():
        return certification(acme, callers["holder"].user, type=kind.uuid, **PAIR)


@pytest.mark.parametrize(("caller", "path", "query"), LISTS.values(), ids=LISTS.keys())
def test_a_list_costs_one_round_trip_however_long_it_is(
    acme: Tenant,
    callers: dict[str, Caller],
    kind: CertificationType,
    caller: str,
    path: str,
    query: dict[str, Any],
) -> None:
    with walls.platform_work():
        named = {"holder": membership(callers["holder"]).uuid, "kind": kind.uuid}
    asked = {name: named.get(value, value) for name, value in query.items()}
    numbers, costs = count(), []
    for more in (2, 45):
        with walls.platform_work():
            for number in (next(numbers) for _ in range(more)):
                certification_type(acme, slug=f"kind-{number}")
                facts = {"external_source": "hr", "external_id": f"{number}"}
                certification(acme, callers["holder"].user, type=kind.uuid, **facts)
        costs.append(spent(lambda: callers[caller].get(path, asked)))

    assert len(callers[caller].get(path, asked).json()["data"]) >= 47
    assert costs == [(2, 1), (2, 1)]


def test_a_later_page_costs_one_round_trip(
    acme: Tenant, callers: dict[str, Caller], held: Certification
) -> None:
    with walls.platform_work():
        certification(acme, callers["holder"].user)
    cursor = callers["holder"].get(OWN, {"limit": 1}).json()["page"]["next_cursor"]

    assert spent(lambda: callers["holder"].get(OWN, {"limit": 1, "cursor": cursor})) == (2, 1)


@pytest.mark.parametrize("caller", ["holder", "issuer", "key"])
@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_a_record_costs_one_round_trip(
    callers: dict[str, Caller], held: Certification, caller: str, name: str
) -> None:
    assert spent(lambda: callers[caller].get(f"{OWN}/{getattr(held, name)}")) == (2, 1)


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("is_new", [False, True])
def test_a_record_is_found_in_one_round_trip_and_written_in_another(
    callers: dict[str, Caller], kind: CertificationType, is_new: bool, keyed: bool
) -> None:
    turns = count()

    def send() -> Any:
        turn = next(turns)
        headers = {"Idempotency-Key": f"{turn}"} if keyed else {}
        sent = {"serial_number": f"{turn}", "certification_type_id": str(kind.uuid)}
        pair = {} if is_new else PAIR
        return callers["holder"].post(OWN, sent | pair, headers=headers)

    if not is_new:
        assert send().status_code == 201
    # Scope (with the key's lock and look) and savepoint; names and places; row, event and the
    # record as it reads; commit, with the stored answer of a key.
    assert spent(send, 201 if is_new else 200) == ((11, 4) if keyed else (8, 4))


@pytest.mark.parametrize(("caller", "cost"), [("holder", (7, 6)), ("issuer", (6, 5))])
def test_a_change_costs_what_it_writes(
    callers: dict[str, Caller], held: Certification, caller: str, cost: tuple[int, int]
) -> None:
    turns = count()

    def send() -> Any:
        return callers[caller].patch(f"{OWN}/{held.pk}", {"serial_number": f"{next(turns)}"})

    # Scope and savepoint; whether a member may see it; lock; row and event; reading it; commit.
    assert spent(send) == cost


def test_a_verification_costs_what_it_writes(
    callers: dict[str, Caller], held: Certification
) -> None:
    turns = count()

    def send() -> Any:
        sent = {"status": "verified", "method": f"{next(turns)}"}
        return callers["issuer"].post(f"{OWN}/{held.pk}/verification", sent)

    # Scope and savepoint; lock; whose it is; row and event; reading it; commit.
    assert spent(send) == (7, 6)


def test_a_new_type_costs_one_round_trip(callers: dict[str, Caller]) -> None:
    turns = count()

    def send() -> Any:
        return callers["admin"].post(TYPES, {"slug": f"kind-{next(turns)}", "title": "x"})

    assert spent(send, 201) == (2, 1)
