"""Accounts in the admin, for superusers."""

from typing import Any

import pytest

from tenants.models import Event, Membership, Tenant
from tests.admin.conftest import Browser, errors
from tests.conftest import PASSWORD, Caller, make_member, sign_in
from users.models import User

LIST = "users/user/"
NEW = {
    "username": "grace",
    "email": "grace@navy.example",
    "first_name": "Grace",
    "last_name": "Hopper",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "username": user.username,
        "email": user.email,
        "state": user.state,
        "is_active": "on",
    }
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def change(browser: Browser, user: User, **changes: Any) -> Any:
    return browser.post(f"{LIST}{user.pk}/change/", form_of(user, **changes))


def test_superuser_makes_a_person_who_can_sign_in(root: Browser) -> None:
    response = root.post(f"{LIST}add/", NEW)

    assert response.status_code == 302
    person = User.objects.get(username="grace")
    assert (person.email, person.get_full_name()) == ("grace@navy.example", "Grace Hopper")
    assert (person.is_staff, person.is_superuser) == (False, False)
    sent = {"username": "grace", "password": PASSWORD}
    assert Caller().post("/api/v1/token", sent).status_code == 200


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"username": "ADA"}, "This username is taken."),
        ({"email": "ADA@acme.example"}, "This email address is taken."),
        ({"password1": "12345678", "password2": "12345678"}, "This password is too common."),
        ({"password2": "another passphrase"}, "password fields didn"),
        ({"username": ""}, "This field is required."),
        ({"email": "no address"}, "Enter a valid email address."),
    ],
)
def test_faulty_input_makes_no_person(
    root: Browser, ada: Membership, changes: dict[str, str], complaint: str
) -> None:
    count = User.objects.count()

    response = root.post(f"{LIST}add/", NEW | changes)

    assert complaint in errors(response)
    assert User.objects.count() == count


def test_a_changed_person_leaves_an_event_with_the_primary_tenant(
    acme: Tenant, root: Browser, ada: Membership
) -> None:
    response = change(root, ada.user, first_name="Ada", is_staff="on")

    assert response.status_code == 302
    stored = User.objects.get(pk=ada.person_id)
    assert (stored.first_name, stored.is_staff, stored.is_superuser) == ("Ada", True, False)
    event = Event.objects.get(object_kind="user", action="changed")
    assert (event.tenant_id, event.actor_id) == (acme.pk, root.user.pk)
    assert '"after":{"first_name":"Ada","is_staff":true}' in event.content.content


def test_a_forbidden_sign_in_ends_tokens_at_once(root: Browser, ada: Membership) -> None:
    caller = sign_in(ada)
    assert caller.get("/api/v1/users/me").status_code == 200

    change(root, ada.user, is_active=None)

    assert not User.objects.get(pk=ada.person_id).is_active
    assert caller.get("/api/v1/users/me").status_code == 401


def test_a_new_password_ends_the_person_s_sign_ins(root: Browser, ada: Membership) -> None:
    caller = sign_in(ada)
    assert caller.get("/api/v1/users/me").status_code == 200
    new = "quite another passphrase"

    response = root.post(f"{LIST}{ada.user_id}/password/", {"password1": new, "password2": new})

    assert response.status_code == 302
    assert User.objects.get(pk=ada.person_id).check_password(new)
    assert caller.get("/api/v1/users/me").status_code == 401


def test_a_superuser_s_own_new_password_keeps_the_browser_signed_in(root: Browser) -> None:
    new = "quite another passphrase"

    root.post(f"{LIST}{root.user.pk}/password/", {"password1": new, "password2": new})

    assert root.get("").status_code == 200


def test_a_weak_password_is_refused(root: Browser, ada: Membership) -> None:
    sent = {"password1": "12345678", "password2": "12345678"}

    response = root.post(f"{LIST}{ada.user_id}/password/", sent)

    assert response.status_code == 200
    assert User.objects.get(pk=ada.person_id).check_password(PASSWORD)


def test_a_password_in_the_account_form_is_ignored(root: Browser, ada: Membership) -> None:
    change(root, ada.user, password="another", password1="another")

    assert User.objects.get(pk=ada.person_id).check_password(PASSWORD)


def test_people_are_filtered_by_tenant_and_found_by_email(
    root: Browser, ada: Membership, globex_owner: Membership
) -> None:
    assert root.rows(f"{LIST}?tenant=globex") == [globex_owner.user]
    assert root.rows(f"{LIST}?q=ADA@acme") == [ada.user]


def test_nobody_deletes_a_person(root: Browser, ada: Membership) -> None:
    assert root.post(f"{LIST}{ada.user_id}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=ada.person_id).exists()


@pytest.mark.parametrize(
    "path",
    ["auth/group/", "token_blacklist/outstandingtoken/", "token_blacklist/blacklistedtoken/"],
)
def test_pages_that_would_show_tokens_or_unused_rights_are_gone(root: Browser, path: str) -> None:
    assert root.get(path).status_code == 404
