from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.utils import timezone
from time_machine import travel

from tenants import lookups, members, scopes
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, EventContent, Membership, Tenant
from tests.answers import assert_problem
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller
from tests.factories import micro_credential_body
from users.models import User

CREATE = ("create_api_token", "--tenant", "acme", "--user", "ada", "--name", "ci")
READ = ("--scope", "micro_credentials:read")
RECORDS = "/api/v1/user-micro-credentials"


@pytest.fixture
def ada(acme: Tenant, join: Callable[..., Membership]) -> Membership:
    return join(acme, "ada")


def test_the_key_opens_what_its_scopes_name_and_only_its_hash_is_stored(ada: Membership) -> None:
    told = answer(*CREATE, *READ)

    token = ApiToken.objects.get()
    caller = Caller(f"Api-Token {told['key']}")
    assert told == {
        "id": token.pk,
        "key": told["key"],
        "scopes": ["micro_credentials:read"],
        "expires_at": None,
    }
    assert bytes(token.key_hash) == lookups.token_key(told["key"])
    assert (token.tenant_id, token.user_id, token.name) == (ada.tenant_id, ada.user_id, "ci")
    assert caller.get(RECORDS).status_code == 200
    assert_problem(caller.post(RECORDS, micro_credential_body()), 403, "missing-scope")


def test_it_writes_one_event_without_the_key(ada: Membership) -> None:
    told = answer(*CREATE, *READ)

    event = Event.objects.get(object_kind="apitoken")
    assert (event.action, event.actor_kind, event.object_id) == ("created", "operator", told["id"])
    assert not any(told["key"] in row.content for row in EventContent.objects.all())


def test_all_stands_for_every_scope(ada: Membership) -> None:
    assert answer(*CREATE, "--scope", "all")["scopes"] == sorted(scopes.ALL)


def test_spellings_of_a_scope_are_one_and_each_is_kept_once(ada: Membership) -> None:
    told = answer(
        *CREATE,
        *("--scope", "micro-credentials:read"),
        *("--scope", "certifications:write"),
        *READ,
    )

    assert told["scopes"] == ["certification_records:write", "micro_credentials:read"]


def test_the_same_call_again_answers_the_same_without_the_key(ada: Membership) -> None:
    told = answer(*CREATE, *READ, "--expires-in-days", "30")
    stored = ApiToken.objects.values().get(), Event.objects.count()

    again = answer(*CREATE, *READ, "--expires-in-days", "30")

    assert again == told | {"key": None}
    assert (ApiToken.objects.values().get(), Event.objects.count()) == stored


def test_it_expires_after_the_days_asked_for(ada: Membership) -> None:
    told = answer(*CREATE, *READ, "--expires-in-days", "30")

    expires_at = ApiToken.objects.get().expires_at
    assert expires_at is not None
    assert told["expires_at"] == expires_at.isoformat().replace("+00:00", "Z")
    assert abs(expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_the_member_is_found_without_regard_to_case(ada: Membership) -> None:
    told = answer(*CREATE, *READ)

    assert answer(*CREATE, *READ, "--user", "ADA")["id"] == told["id"]


def test_without_json_it_shows_the_key_only_once(ada: Membership) -> None:
    printed = call(*CREATE, *READ)
    again = call(*CREATE, *READ)

    token = ApiToken.objects.get()
    assert printed.splitlines()[0] == f"API token {token.pk}"
    key = printed.splitlines()[1].split()[-1]
    assert bytes(token.key_hash) == lookups.token_key(key)
    assert printed.splitlines()[2:] == ["  scopes   micro_credentials:read", "  expires  never"]
    assert key not in again


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (("--scope", "diplomas:read"), "has other scopes (micro_credentials:read)"),
        (("--user", "bob"), "belongs to another person"),
        (("--expires-in-days", "31"), "was made to last 30 days"),
    ],
)
def test_another_token_of_the_same_name_is_refused(
    ada: Membership, join: Callable[..., Membership], changed: tuple[str, str], reason: str
) -> None:
    join(ada.tenant, "bob")
    told = answer(*CREATE, *READ, "--expires-in-days", "30")

    line = refusal(*CREATE, *READ, "--expires-in-days", "30", *changed)

    assert line == (
        f"The API token 'ci' ({told['id']}) {reason}; revoke it first, or choose another name."
    )
    assert ApiToken.objects.count() == 1


def test_a_token_for_good_is_not_the_same_as_one_that_expires(ada: Membership) -> None:
    told = answer(*CREATE, *READ)

    assert refusal(*CREATE, *READ, "--expires-in-days", "1") == (
        f"The API token 'ci' ({told['id']}) was made to last for good;"
        " revoke it first, or choose another name."
    )


def test_an_expired_token_is_not_passed_off_as_a_live_one(ada: Membership) -> None:
    told = answer(*CREATE, *READ, "--expires-in-days", "1")
    ended = ApiToken.objects.get().expires_at

    with travel(timezone.now() + timedelta(days=2), tick=False):
        line = refusal(*CREATE, *READ, "--expires-in-days", "1")

    assert line == (
        f"The API token 'ci' ({told['id']}) expired at {ended:%Y-%m-%d %H:%M} UTC;"
        " revoke it first, or choose another name."
    )


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (("--tenant", "hooli"), "There is no tenant 'hooli'."),
        (("--user", "eve"), "'eve' is not an active member of 'acme', or may not sign in."),
        (("--user", "left"), "'left' is not an active member of 'acme', or may not sign in."),
        (("--user", "barred"), "'barred' is not an active member of 'acme', or may not sign in."),
        (("--name", ""), "name: This field cannot be blank."),
        (
            ("--name", "n" * 101),
            "name: Ensure this value has at most 100 characters (it has 101).",
        ),
        (
            ("--scope", "everything:read"),
            f"Unknown scope 'everything:read'; the scopes are: {', '.join(scopes.ALL)}.",
        ),
    ],
)
def test_what_would_open_nothing_is_refused_and_nothing_is_made(
    ada: Membership, join: Callable[..., Membership], changed: tuple[str, str], line: str
) -> None:
    members.change(join(ada.tenant, "left"), by=OPERATOR, status=Membership.Status.INACTIVE)
    User.objects.filter(pk=join(ada.tenant, "barred").person_id).update(is_active=False)

    assert refusal(*CREATE, *READ, *changed) == line
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("days", ["0", "-1", "36501", "1.5", "soon"])
def test_days_out_of_range_are_a_fault_of_usage(ada: Membership, days: str) -> None:
    with pytest.raises(CommandError, match="a whole number from 1 to 36500 is needed"):
        call(*CREATE, *READ, f"--expires-in-days={days}")
    assert not ApiToken.objects.exists()
