"""GET …/{entity_id}."""

import pytest

from credentials.models import CredentialDefinition
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.factories import definition
from tests.organization_credentials.conftest import UNKNOWN, at, result


@pytest.mark.parametrize("root", ["/api/v1", "/api"])
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("name", ["uuid", "pk"])
def test_member_reads_one_by_either_id_at_either_root_with_and_without_a_slash(
    member: Caller, welder: CredentialDefinition, root: str, end: str, name: str
) -> None:
    path = at(getattr(welder, name), root=root) + end

    assert result(member.get(path))["entity_id"] == str(welder.uuid)


def test_private_one_is_there_for_admins_alone(
    member: Caller, issuer: Caller, admin: Caller, owner: Caller, superuser: Caller, acme: Tenant
) -> None:
    path = at(definition(acme, is_public=False).uuid)
    unknown = member.get(at(UNKNOWN))

    for caller in (member, issuer):
        response = caller.get(path)
        assert_problem(response, 404, "not-found")
        assert response.content == unknown.content
    for caller in (admin, owner, superuser):
        assert result(caller.get(path))["public"] is False


@pytest.mark.parametrize(
    "name", [UNKNOWN, "1", str(2**63 - 1), "9" * 100, "nonsense", "issuer", "%00", "%2E", "é", "-1"]
)
def test_what_is_no_record_is_404(member: Caller, name: str) -> None:
    for tail in (name, f"issuers/{name}", f"assertions/{name}"):
        assert_problem(member.get(at(tail)), 404, "not-found")


def test_unchanged_record_is_not_sent_again(
    member: Caller, admin: Caller, welder: CredentialDefinition
) -> None:
    path = at(welder.uuid)
    known = {"If-None-Match": member.get(path).headers["ETag"]}

    assert member.get(path, headers=known).status_code == 304

    admin.put(path, {"name": "New"})
    assert result(member.get(path, headers=known))["name"] == "New"
