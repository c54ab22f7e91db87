"""DELETE /api/v1/user-micro-credential/{id}"""

import json

import pytest

from credentials.models import MicroCredential
from tenants.models import Event, Lookup, Membership, RowCount, Tenant
from tests.answers import assert_problem, stored
from tests.conftest import Caller, with_key
from tests.factories import micro_credential, micro_credential_body
from users.models import User

PATH = "/api/v1/user-micro-credential"
PUBLIC = "/api/v1/public/user-micro-credential"


def deletions(record: MicroCredential) -> int:
    return Event.objects.filter(object_id=record.pk, action="deleted").count()


def kept_count(tenant: Tenant) -> int:
    counts = RowCount.objects.filter(tenant=tenant, kind="microcredential")
    return sum(counts.values_list("rows", flat=True))


@pytest.mark.parametrize("name", ["id", "uuid"])
def test_the_holder_deletes_and_the_row_is_kept_as_archived(
    acme: Tenant, member: Caller, record: MicroCredential, name: str
) -> None:
    before = stored(record)

    response = member.delete(f"{PATH}/{getattr(record, name)}")

    assert (response.status_code, response.content) == (204, b"")
    after = stored(record)
    assert after.pop("modified_at") > before.pop("modified_at")
    assert after == before | {"state": 0}
    assert kept_count(acme) == 0
    assert Lookup.objects.filter(key=record.uuid.bytes).exists()


def test_the_event_says_who_deleted_it(admin: Caller, record: MicroCredential) -> None:
    admin.delete(f"{PATH}/{record.pk}")

    event = Event.objects.select_related("content").get(object_id=record.pk, action="deleted")
    content = json.loads(event.content.content)
    assert (event.actor_id, event.object_uuid) == (admin.user.pk, record.uuid)
    assert (content["before"], content["after"]) == ({"state": 1}, {"state": 0})


def test_afterwards_it_is_404_everywhere_and_in_no_list(
    member: Caller, issuer: Caller, anonymous: Caller, record: MicroCredential
) -> None:
    member.delete(f"{PATH}/{record.pk}/")

    for name in (record.pk, record.uuid):
        for response in (
            member.get(f"{PATH}/{name}"),
            issuer.get(f"{PATH}/{name}"),
            member.put(f"{PATH}/{name}", micro_credential_body()),
            member.patch(f"{PATH}/{name}", {"title": "Back"}),
            member.delete(f"{PATH}/{name}"),
            anonymous.get(f"{PUBLIC}/{name}"),
            member.get(f"{PUBLIC}/{name}"),
        ):
            assert_problem(response, 404, "not-found")
    for caller in (member, issuer):
        listed = caller.get("/api/v1/user-micro-credentials")
        assert listed.json() == {"count": 0, "results": []}
    assert deletions(record) == 1


@pytest.mark.parametrize("role", ["admin", "owner", "superuser"])
def test_admin_and_above_delete_a_member_s_record(
    request: pytest.FixtureRequest, record: MicroCredential, role: str
) -> None:
    response = request.getfixturevalue(role).delete(f"{PATH}/{record.pk}")

    assert response.status_code == 204
    assert stored(record)["state"] == 0


@pytest.mark.parametrize("role", ["colleague", "issuer"])
def test_a_smaller_role_deletes_nobody_else_s_record(
    request: pytest.FixtureRequest, record: MicroCredential, role: str
) -> None:
    before = stored(record)

    response = request.getfixturevalue(role).delete(f"{PATH}/{record.pk}")

    assert_problem(response, 403, "forbidden")
    assert stored(record) == before
    assert deletions(record) == 0


def test_an_inactive_holder_deletes_their_own(member: Caller, record: MicroCredential) -> None:
    User.objects.filter(pk=member.user.pk).update(state=User.State.INACTIVE)

    response = member.delete(f"{PATH}/{record.pk}")

    assert response.status_code == 204
    assert stored(record)["state"] == 0


def test_without_a_token_it_is_401(anonymous: Caller, record: MicroCredential) -> None:
    before = stored(record)

    for name in (record.pk, record.uuid, record.pk + 1, 2**63, "nonsense"):
        response = anonymous.delete(f"{PATH}/{name}")
        assert_problem(response, 401, "unauthorized")
        assert "WWW-Authenticate" in response.headers
    assert stored(record) == before


def test_without_a_token_it_is_403_when_the_holder_is_inactive(
    anonymous: Caller, acme: Tenant, member: Caller, record: MicroCredential
) -> None:
    User.objects.filter(pk=member.user.pk).update(state=User.State.INACTIVE)
    gone = micro_credential(acme, member.user, state=MicroCredential.State.ARCHIVED)
    before = stored(record)

    for name in (record.pk, record.uuid):
        assert_problem(anonymous.delete(f"{PATH}/{name}"), 403, "person-inactive")
    assert_problem(anonymous.delete(f"{PATH}/{gone.pk}"), 401, "unauthorized")
    assert_problem(Caller("Bearer bad").delete(f"{PATH}/{record.pk}"), 401, "invalid-token")
    assert stored(record) == before


def test_a_token_that_may_only_read_deletes_nothing(acme: Tenant, record: MicroCredential) -> None:
    membership = Membership.objects.get(tenant=acme, user_id=record.holder_id)

    response = with_key(membership, "micro_credentials:read").delete(f"{PATH}/{record.pk}")

    assert_problem(response, 403, "missing-scope")
    assert stored(record)["state"] == 1


def test_a_deletion_meant_for_an_older_state_is_refused(
    member: Caller, record: MicroCredential
) -> None:
    path = f"{PATH}/{record.pk}"
    old = {"If-Match": member.get(path).headers["ETag"]}
    member.patch(path, {"title": "Changed meanwhile"})

    refused = member.delete(path, headers=old)
    current = {"If-Match": member.get(path).headers["ETag"]}

    assert_problem(refused, 412, "precondition-failed")
    assert stored(record)["state"] == 1
    assert member.delete(path, headers=current).status_code == 204
