"""What answers about organizations and members cost."""

import pytest

from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Role
from tests.conftest import Caller
from tests.costs import spent

# Without a transaction around the test, as for every request that is served.
pytestmark = pytest.mark.django_db(transaction=True)

MEMBERS = "/api/v1/organizations/acme/organization-members"


@pytest.fixture
def issuer(callers: dict[str, Caller]) -> Caller:
    return callers["issuer"]


@pytest.mark.parametrize(
    "path",
    [
        *(MEMBERS, f"{MEMBERS}?status=pending&limit=200"),
        *("/api/v1/organizations", "/api/v1/organizations/acme", "/api/v1/me"),
    ],
)
def test_a_read_costs_one_round_trip_however_many_there_are(issuer: Caller, path: str) -> None:
    costs = [spent(lambda: issuer.get(path))]
    with walls.platform_work():
        for number in range(10):
            tenant = members.create_tenant(slug=f"t{number}", name="T", by=OPERATOR)
            members.add_member(tenant, issuer.user.pk, Role.ISSUER, by=OPERATOR)
            acme = members.find_tenant("acme")
            members.invite(acme, f"n{number}@mail.example", Role.MEMBER, by=OPERATOR)
    issuer.get(path)
    costs.append(spent(lambda: issuer.get(path)))

    # The scope and the statement, together.
    assert costs == [(2, 1)] * 2
