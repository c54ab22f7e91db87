"""Keys of integrations: how they are sent, kept, limited and ended."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from credentials_portal.problems import NotFound
from tenants import access, api_tokens, members, scopes
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, EventContent, Membership, Role, Tenant
from tests.answers import assert_problem
from tests.clock import FIVE_SECONDS, Clock
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential, micro_credential_body

LIST = "/api/v1/user-micro-credentials"


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def new_key(membership: Membership, *, name: str = "ci", lifetime: timedelta | None = None) -> str:
    expires_at = timezone.now() + lifetime if lifetime else None
    _, key = api_tokens.create(
        membership, name=name, scopes=scopes.ALL, expires_at=expires_at, by=OPERATOR
    )
    return key


@pytest.mark.parametrize(
    "header",
    [
        "Api-Token {}",
        "api-token {}",
        "Token {}",
        "TOKEN {}",
        "Api-Key {}",
        "Bearer {}",
        "bearer   {}",
        "{}",
        "  {}  ",
    ],
)
def test_a_key_is_accepted_in_every_documented_spelling(ada: Membership, header: str) -> None:
    caller = Caller(header.format(new_key(ada)))

    response = caller.post(LIST, micro_credential_body())

    assert response.status_code == 200
    assert response.json()["user_id"] == ada.user_id


@pytest.mark.parametrize(
    "header",
    ["Basic {}", "Digest {}", "Bearer x {}", "Bearer", "Token", "{}x", "cp_", "Token cp_ñ", "\x7f"],
)
def test_any_other_header_is_401(ada: Membership, header: str) -> None:
    response = Caller(header.format(new_key(ada))).get(LIST)

    assert_problem(response, 401, "invalid-token")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_key_itself_is_stored_nowhere(ada: Membership) -> None:
    key = new_key(ada)
    Caller(f"Bearer {key}").get(LIST)

    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{key}%"])
            assert cursor.fetchone() == (0,), table
    assert len(bytes(ApiToken.objects.get().key_hash)) == 32
    assert key not in EventContent.objects.latest("event_id").content


def test_a_key_ends_when_it_expires(ada: Membership, clock: Clock) -> None:
    caller = Caller(f"Bearer {new_key(ada, lifetime=timedelta(hours=1))}")
    clock.move(timedelta(minutes=59))
    assert caller.get(LIST).status_code == 200

    clock.move(timedelta(minutes=1))

    clock.move(FIVE_SECONDS)
    assert_problem(caller.get(LIST), 401, "invalid-token")


def test_a_revoked_key_ends_at_once_and_the_history_says_so(ada: Membership) -> None:
    caller = with_key(ada)
    assert caller.get(LIST).status_code == 200
    token = ApiToken.objects.get()

    assert api_tokens.revoke(token, by=OPERATOR) is True

    assert_problem(caller.get(LIST), 401, "invalid-token")
    assert Event.objects.filter(object_kind="apitoken", action="revoked").count() == 1


def test_a_second_revocation_changes_nothing(ada: Membership) -> None:
    with_key(ada)
    token = ApiToken.objects.get()
    api_tokens.revoke(token, by=OPERATOR)
    first = ApiToken.objects.get().revoked_at

    assert api_tokens.revoke(token, by=OPERATOR) is False

    assert ApiToken.objects.get().revoked_at == first
    assert Event.objects.filter(object_kind="apitoken", action="revoked").count() == 1


def test_a_key_revoked_by_another_process_ends_within_5_seconds(
    ada: Membership, clock: Clock
) -> None:
    caller = with_key(ada)
    assert caller.get(LIST).status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())

    clock.move(FIVE_SECONDS)

    assert_problem(caller.get(LIST), 401, "invalid-token")


def test_a_revoked_name_may_be_used_again(ada: Membership) -> None:
    old = with_key(ada)
    api_tokens.revoke(ApiToken.objects.get(), by=OPERATOR)

    new = with_key(ada)

    assert old.get(LIST).status_code == 401
    assert new.get(LIST).status_code == 200


def test_the_last_use_is_kept_to_the_minute(ada: Membership, clock: Clock) -> None:
    caller = with_key(ada)
    caller.get(LIST)
    first = ApiToken.objects.get().last_used_at
    assert first == timezone.now()

    clock.move(timedelta(seconds=30))
    caller.get(LIST)
    assert ApiToken.objects.get().last_used_at == first

    clock.move(timedelta(seconds=31))
    caller.get(LIST)
    assert ApiToken.objects.get().last_used_at == timezone.now()


def test_a_key_opens_no_other_organization_even_of_its_own_user(
    ada: Membership, globex: Tenant
) -> None:
    make_member(globex, "ada", Role.OWNER)
    identity = api_tokens.identify(new_key(ada))
    assert identity is not None

    for name in (globex.slug, globex.pk, str(globex.uuid)):
        with pytest.raises(NotFound):
            access.find_access(identity, name)
    assert access.find_access(identity, "acme").tenant_id == ada.tenant_id


def test_a_key_sees_its_own_tenant_whatever_its_users_primary_one_is(
    acme: Tenant, globex: Tenant
) -> None:
    first = make_member(acme, "ada")
    elsewhere = make_member(globex, "ada")
    micro_credential(acme, first.user, title="of acme")

    listed = with_key(elsewhere).get(LIST)

    assert listed.json() == {"count": 0, "results": []}


def test_a_key_of_a_member_who_left_opens_nothing(ada: Membership) -> None:
    caller = with_key(ada)
    members.change(ada, status="inactive", by=OPERATOR)

    assert caller.get(LIST).status_code == 404
    assert caller.get("/api/v1/users/me").status_code == 404
    assert caller.patch("/api/v1/users/me", {"first_name": "Taken"}).status_code == 404

    ada.user.refresh_from_db()
    assert ada.user.first_name == ""


def test_a_key_of_a_person_who_may_not_sign_in_is_401(ada: Membership, clock: Clock) -> None:
    caller = with_key(ada)
    assert caller.get(LIST).status_code == 200
    ada.user.is_active = False
    ada.user.save(update_fields=["is_active"])

    clock.move(FIVE_SECONDS)

    assert_problem(caller.get(LIST), 401, "invalid-token")


def test_a_key_does_no_more_than_the_role_of_its_user(ada: Membership, member: Caller) -> None:
    response = with_key(ada).get(LIST, {"user_id": member.user.pk})

    assert_problem(response, 403, "forbidden")


def test_what_a_key_does_is_written_under_its_id(ada: Membership) -> None:
    with_key(ada).post(LIST, micro_credential_body())

    event = Event.objects.filter(object_kind="microcredential").get()
    assert (event.actor_kind, event.actor_id) == ("api_token", ada.user_id)
    assert event.api_token_id == ApiToken.objects.get().pk
