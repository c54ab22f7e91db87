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
    "is_email_verified": "on",
    "first_name": "Grace",
    "last_name": "Hopper",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    """As the page shows it, and changed; None is a box without its tick."""
    sent: dict[str, Any] = {
        "username": user.username,
        "email": user.email,
        "is_email_verified": "on" if user.email_verified_at or not user.email else None,
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


@pytest.mark.parametrize(
    ("changes", "is_verified"),
    [
        ({}, True),
        ({"is_email_verified": None}, False),
        ({"email": ""}, False),
    ],
)
def test_a_new_address_is_verified_unless_the_box_is_cleared(
    root: Browser, changes: dict[str, Any], is_verified: bool
) -> None:
    page = root.get(f"{LIST}add/")
    sent = {name: value for name, value in (NEW | changes).items() if value is not None}

    response = root.post(f"{LIST}add/", sent)

    assert page.context["adminform"].form["is_email_verified"].value() is True
    assert response.status_code == 302
    person = User.objects.get(username="grace")
    assert (person.email_verified_at is not None) == is_verified


NEW_ADDRESS = "lady@acme.example"


@pytest.mark.parametrize(
    ("is_verified_before", "changes", "is_verified"),
    [
        (True, {"first_name": "Ada"}, True),
        (True, {"is_email_verified": None}, False),
        (True, {"email": NEW_ADDRESS}, True),
        (True, {"email": NEW_ADDRESS, "is_email_verified": None}, False),
        (True, {"email": ""}, False),
        (False, {"first_name": "Ada"}, False),
        (False, {"is_email_verified": "on"}, True),
        (False, {"email": NEW_ADDRESS}, False),
        (False, {"email": NEW_ADDRESS, "is_email_verified": "on"}, True),
        (False, {"email": "", "is_email_verified": "on"}, False),
    ],
)
def test_an_address_is_as_verified_as_the_box_says(
    root: Browser,
    ada: Membership,
    is_verified_before: bool,
    changes: dict[str, Any],
    is_verified: bool,
) -> None:
    before = ada.user.email_verified_at if is_verified_before else None
    User.objects.filter(pk=ada.person_id).update(email_verified_at=before)
    ada.user.refresh_from_db()
    page = root.get(f"{LIST}{ada.user_id}/change/")

    response = change(root, ada.user, **changes)

    box = page.context["adminform"].form["is_email_verified"]
    assert (response.status_code, box.value()) == (302, is_verified_before)
    stored = User.objects.get(pk=ada.person_id)
    assert stored.email == changes.get("email", "ada@acme.example")
    assert (stored.email_verified_at is not None) == is_verified
    if "first_name" in changes:
        assert stored.email_verified_at == before


@pytest.mark.parametrize("tick", ["on", None])
def test_the_first_address_of_a_person_is_verified_unless_the_box_is_cleared(
    root: Browser, ada: Membership, tick: str | None
) -> None:
    User.objects.filter(pk=ada.person_id).update(email="", email_verified_at=None)
    ada.user.refresh_from_db()
    change(root, ada.user, first_name="Ada")
    assert User.objects.get(pk=ada.person_id).email_verified_at is None

    change(root, ada.user, email=NEW_ADDRESS, is_email_verified=tick)

    stored = User.objects.get(pk=ada.person_id)
    assert (stored.email, stored.email_verified_at is not None) == (NEW_ADDRESS, tick == "on")


def test_people_are_filtered_by_whether_their_address_is_verified(
    root: Browser, ada: Membership
) -> None:
    User.objects.exclude(pk=ada.person_id).update(email_verified_at=None)

    assert root.rows(f"{LIST}?email_verified_at__isempty=0") == [ada.user]
    assert root.rows(f"{LIST}?email_verified_at__isempty=1") == [root.user]


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
