"""What answers of this family cost."""

from itertools import count
from typing import Any

import pytest

from credentials.models import Diploma, DiplomaTitle
from tenants import walls
from tenants.models import Tenant
from tests.conftest import Caller
from tests.costs import spent
from tests.diplomas.conftest import ATTACHMENT, OWN, TITLES, of, person
from tests.factories import diploma, diploma_file, diploma_title

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

LISTS: dict[str, tuple[str, str, int]] = {
    "one's own": ("holder", "", 1),
    "with addresses": ("holder", "?extend=presigned-url", 1),
    "with actions": ("holder", "?extend=actions-info", 1),
    "with both": ("holder", "?extend=presigned-url&extend=actions-info", 1),
    "searched": ("holder", "?whereTitleName=weld&whereAttachmentName=dipl", 1),
    "of a key": ("key", "?extend=presigned-url", 1),
    # Whether that is a member must be asked.
    "a member's": ("issuer", "?extend=presigned-url", 2),
}


@pytest.fixture
def people(callers: dict[str, Caller]) -> dict[str, Caller]:
    """With both of their tokens."""
    return {name: person(caller) for name, caller in callers.items()}


@pytest.fixture
def held(acme: Tenant, people: dict[str, Caller]) -> Diploma:
    with walls.platform_work():
        row = diploma(acme, people["holder"].user)
        diploma_file(row)
        diploma_file(row, is_stored=False)
        return row


@pytest.mark.parametrize(("caller", "query", "trips"), LISTS.values(), ids=LISTS.keys())
def test_a_list_costs_the_same_however_long_it_is(
    acme: Tenant, people: dict[str, Caller], caller: str, query: str, trips: int
) -> None:
    costs, lengths = [], []
    path = f"{of(people['holder'].user)}{query}"
    for more in (1, 20):
        with walls.platform_work():
            for _ in range(more):
                row = diploma(acme, people["holder"].user)
                diploma_file(row)
                diploma_file(row, is_stored=False)
        costs.append(spent(lambda: people[caller].get(path)))
        lengths.append(len(people[caller].get(path).json()["data"]))

    assert lengths == [1, 21]
    assert costs == [(2 * trips, trips)] * 2


def test_titles_cost_the_same_however_many_there_are(
    acme: Tenant, people: dict[str, Caller]
) -> None:
    costs = []
    for more in (1, 20):
        with walls.platform_work():
            for _ in range(more):
                diploma_title(acme)
        costs.append(spent(lambda: people["holder"].get(TITLES)))

    assert costs == [(2, 1)] * 2


@pytest.mark.parametrize("name", ["pk", "uuid"])
def test_a_record_costs_one_round_trip(people: dict[str, Caller], held: Diploma, name: str) -> None:
    title: Any = held.title

    for path in (f"{OWN}/{getattr(held, name)}", f"{TITLES}/{getattr(title, name)}"):
        assert spent(lambda path=path: people["holder"].get(path)) == (2, 1)  # type: ignore[misc]


@pytest.mark.parametrize("caller", ["holder", "issuer", "key"])
@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("with_file", [False, True])
def test_a_new_diploma_costs_one_round_trip(
    acme: Tenant, people: dict[str, Caller], caller: str, keyed: bool, with_file: bool
) -> None:
    keys = count()
    with walls.platform_work():
        title: DiplomaTitle = diploma_title(acme)
    body = {"titleId": title.pk} | ({"attachment": ATTACHMENT} if with_file else {})

    def send() -> Any:
        headers = {"Idempotency-Key": f"{next(keys)}"} if keyed else {}
        return people[caller].post(of(people["holder"].user), body, headers=headers)

    # Scope (with the key's lock and look); row, event and answer, where there is the title; of a
    # file its row and event. Before it, whether that is a member, of whom an issuer names.
    statements = 2 + 2 * keyed + 2 * with_file
    is_asked = caller == "issuer"
    assert spent(send, 201) == (statements + 2 * is_asked, 1 + is_asked)


@pytest.mark.parametrize("with_file", [False, True])
def test_a_change_costs_what_it_writes(
    people: dict[str, Caller], held: Diploma, with_file: bool
) -> None:
    days = count(10)

    def send() -> Any:
        body = {"obtainedAt": f"2025-06-{next(days)}T00:00Z"}
        sent = body | ({"attachment": ATTACHMENT} if with_file else {})
        return people["holder"].patch(f"{OWN}/{held.pk}", sent)

    # Scope and savepoint; lock; row and event; reading it; commit. Of a file, in one more: what
    # was announced before, its row and event, and when the diploma was changed.
    assert spent(send) == ((10, 6) if with_file else (6, 5))


def test_a_new_title_costs_one_round_trip(people: dict[str, Caller]) -> None:
    names = count()

    cost = spent(lambda: people["admin"].post(TITLES, {"name": f"{next(names)}"}), 201)

    assert cost == (2, 1)
