import pytest

from tenants.models import Event, Tenant
from tests.answers import assert_problem
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller, make_member
from tests.factories import micro_credential
from users.models import User

ADA = ("set_user_state", "--username", "ada")


@pytest.fixture
def ada(acme: Tenant) -> User:
    user: User = make_member(acme, "ada").user
    return user


def test_an_inactive_person_has_no_public_page_until_active_again(
    acme: Tenant, ada: User, anonymous: Caller
) -> None:
    page = f"/api/v1/public/user-micro-credential/{micro_credential(acme, ada).pk}"

    told = answer(*ADA, "--state", "inactive")
    closed = anonymous.get(page)
    again = answer(*ADA, "--state", "active")

    assert told == {
        "id": ada.pk,
        "uuid": str(ada.uuid),
        "username": "ada",
        "state": "inactive",
    }
    assert_problem(closed, 403, "person-inactive")
    assert again == told | {"state": "active"}
    assert anonymous.get(page).status_code == 200


def test_it_writes_one_event_in_the_history_of_the_primary_tenant(acme: Tenant, ada: User) -> None:
    told = answer(*ADA, "--state", "inactive")

    assert answer(*ADA, "--state", "inactive") == told
    event = Event.objects.get(object_kind="user")
    assert (event.action, event.tenant_id, event.object_id) == ("changed", acme.pk, ada.pk)
    assert event.actor_kind == "operator"


def test_the_name_is_found_without_regard_to_case(ada: User) -> None:
    assert call("set_user_state", "--username=ADA", "--state=inactive") == "ada is inactive.\n"
    assert User.objects.get().state == User.State.INACTIVE


def test_an_unknown_person_is_refused(platform: None) -> None:
    line = refusal("set_user_state", "--username", "eve", "--state", "inactive")

    assert line == "There is no person 'eve'."
