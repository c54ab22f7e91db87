import pytest

from tenants.models import Event, Tenant
from tests.commands.conftest import answer, call, refusal
from tests.conftest import make_member
from users.models import User

ADA = ("verify_email", "--username", "ada")


@pytest.fixture
def ada(acme: Tenant) -> User:
    """Nobody knows yet whether the address is hers."""
    user: User = make_member(acme, "ada").user
    User.objects.filter(pk=user.pk).update(email_verified_at=None)
    return user


def test_it_verifies_the_address_and_again_changes_nothing(acme: Tenant, ada: User) -> None:
    told = answer(*ADA)

    assert answer(*ADA) == told
    at = User.objects.get().email_verified_at
    assert at
    assert told == {
        "id": ada.pk,
        "uuid": str(ada.uuid),
        "username": "ada",
        "email": "ada@acme.example",
        "email_verified_at": at.isoformat().replace("+00:00", "Z"),
    }
    event = Event.objects.get(object_kind="user")
    assert (event.action, event.tenant_id, event.actor_kind) == ("changed", acme.pk, "operator")


def test_the_name_is_found_without_regard_to_case(ada: User) -> None:
    line = "ada@acme.example is verified as the address of ada.\n"

    assert call("verify_email", "--username=ADA") == line
    assert User.objects.get().email_verified_at


def test_a_person_without_an_address_is_refused(ada: User) -> None:
    User.objects.update(email="")

    assert refusal(*ADA) == "'ada' has no email address."
    assert User.objects.get().email_verified_at is None


def test_an_unknown_person_is_refused(platform: None) -> None:
    assert refusal("verify_email", "--username", "eve") == "There is no person 'eve'."
