import pytest

from tenants.models import ApiToken, Event, Membership, Role, Tenant
from tests.answers import assert_problem
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller, make_member, with_key

RECORDS = "/api/v1/user-micro-credentials"


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada", Role.ISSUER)


@pytest.fixture
def integration(ada: Membership) -> Caller:
    return with_key(ada)


def test_a_revoked_key_opens_nothing_any_more(integration: Caller) -> None:
    token = ApiToken.objects.get()
    assert integration.get(RECORDS).status_code == 200

    told = answer("revoke_api_token", str(token.pk))

    token.refresh_from_db()
    assert token.revoked_at is not None
    assert told == {
        "id": token.pk,
        "name": "ci",
        "tenant": "acme",
        "revoked_at": token.revoked_at.isoformat().replace("+00:00", "Z"),
    }
    assert_problem(integration.get(RECORDS), 401, "invalid-token")


def test_again_changes_nothing_and_answers_the_same(integration: Caller) -> None:
    number = str(ApiToken.objects.get().pk)
    told = answer("revoke_api_token", number)

    assert answer("revoke_api_token", number) == told
    events = Event.objects.filter(object_kind="apitoken", action="revoked")
    assert [event.actor_kind for event in events] == ["operator"]


def test_its_name_is_free_again(ada: Membership, integration: Caller) -> None:
    old = ApiToken.objects.get()
    answer("revoke_api_token", str(old.pk))

    told = answer(
        "create_api_token", *("--tenant", "acme", "--user", "ada"), "--name=ci", "--scope=all"
    )

    assert told["id"] != old.pk
    assert Caller(f"Api-Token {told['key']}").get(RECORDS).status_code == 200


def test_without_json_it_says_so_in_words(integration: Caller) -> None:
    token = ApiToken.objects.get()

    printed = call("revoke_api_token", str(token.pk))

    assert printed.startswith(f"API token {token.pk} (ci of acme) is revoked since 20")


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_an_unknown_id_is_refused_and_others_stay(integration: Caller, number: str) -> None:
    assert refusal("revoke_api_token", number) == f"There is no API token {number}."
    assert ApiToken.objects.get().revoked_at is None
