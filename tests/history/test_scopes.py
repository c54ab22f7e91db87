"""GET /events by an API token: what its scopes read, and no more."""

import pytest

from credentials.history.kinds import SCOPES
from tenants import members
from tenants.event_admin import kinds
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential
from tests.history.test_events import EVENTS, ids, listed, of_acme


@pytest.fixture
def boss(acme: Tenant) -> Membership:
    return make_member(acme, "boss", Role.ADMIN)


def test_a_key_sees_what_its_scopes_read(acme: Tenant, member: Caller, boss: Membership) -> None:
    micro_credential(acme, member.user)
    key = with_key(boss, "micro_credentials:read", "organizations:write")

    shown = {each["object"]["kind"] for each in listed(key, limit=200)}

    assert shown == {"microcredential", "tenant", "apitoken"}
    assert listed(key, object_kind="microcredential")
    assert_problem(key.get(EVENTS, {"object_kind": "membership"}), 403, "missing-scope")
    assert ids(key, object=str(member.user.uuid)) == []


def test_a_key_with_every_scope_sees_all(acme: Tenant, boss: Membership) -> None:
    assert set(ids(with_key(boss), limit=200)) == set(of_acme(acme))


def test_a_key_that_may_read_none_of_it_is_refused(
    acme: Tenant, boss: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = with_key(boss, "micro_credentials:read")
    monkeypatch.delitem(SCOPES, "microcredential")

    assert_problem(key.get(EVENTS), 403, "missing-scope")


def test_a_cursor_is_of_what_its_token_may_read(acme: Tenant, boss: Membership) -> None:
    wide = with_key(boss, name="wide")
    narrow = with_key(boss, "organizations:read", name="narrow")
    cursor = wide.get(EVENTS, {"limit": 1}).json()["page"]["next_cursor"]

    assert faults(narrow.get(EVENTS, {"cursor": cursor})) == [("/cursor", "invalid")]


def test_every_kind_that_events_are_about_has_its_scope() -> None:
    assert {kind for kind, _ in kinds()} <= set(SCOPES)


def test_a_former_administrator_is_refused(acme: Tenant, boss: Membership) -> None:
    key = with_key(boss)
    members.change(boss, by=OPERATOR, role=Role.ISSUER)

    assert_problem(key.get(EVENTS), 403, "forbidden")
