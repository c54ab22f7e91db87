"""GET and POST /invitations/<token>: whoever was invited makes an account."""

import base64
import hashlib
import re
from typing import Any

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.answers import assert_problem, stored
from tests.conftest import PASSWORD, Caller, make_member, sign_in
from tests.factories import assertion, definition
from users import inviting
from users.models import User

EMAIL = "nova@mail.example"
FORM = {"username": "nova", "password": PASSWORD, "again": PASSWORD}
NEVER = "This invitation cannot be used"


def invited(tenant: Tenant, role: Role = Role.ISSUER, email: str = EMAIL) -> Membership:
    return members.invite(tenant, email, role, by=OPERATOR)


def path(row: Membership, *, mailed: bool = True) -> str:
    link = inviting.link(row, proves_address=mailed)
    assert link
    return link.url[link.url.index("/invitations/") :]


def fill(caller: Caller, page: str, **changes: Any) -> Any:
    return caller.request("post", page, FORM | changes, content_type=MULTIPART_CONTENT)


def test_the_page_names_the_organization_and_the_address(acme: Tenant, anonymous: Caller) -> None:
    members.change_tenant(acme, by=OPERATOR, name="<b>Acme</b>")

    answer = anonymous.get(path(invited(acme)))

    assert answer.status_code == 200
    assert "&lt;b&gt;Acme&lt;/b&gt;" in answer.text
    assert EMAIL in answer.text
    assert '<form method="post" action="">' in answer.text


def test_a_mailed_link_makes_an_account_with_the_address_verified(
    acme: Tenant, globex: Tenant, anonymous: Caller
) -> None:
    row, elsewhere = invited(acme), invited(globex, Role.ADMIN)

    answer = fill(anonymous, path(row))

    assert answer.status_code == 200
    assert "You are a member of" in answer.text
    nova = User.objects.get(username="nova")
    assert (nova.email, nova.email_verified_at is not None) == (EMAIL, True)
    for each in (row, elsewhere):
        each.refresh_from_db()
        assert (each.user_id, each.status) == (nova.pk, "active")
    assert Event.objects.filter(object_uuid=row.uuid, action="joined").count() == 1
    told = anonymous.post("/api/v1/token", {"email": EMAIL, "password": PASSWORD})
    assert told.status_code == 200
    assert Caller(f"Bearer {told.json()['access']}").get("/api/v1/me").status_code == 200


def test_a_link_that_was_handed_over_gives_nothing_that_waits_for_the_address(
    acme: Tenant, globex: Tenant, anonymous: Caller
) -> None:
    """An administrator of acme may have invited an address that is none of theirs to follow."""
    row, elsewhere = invited(acme), invited(globex, Role.OWNER)
    awaiting = assertion(EMAIL, definition(acme))

    answer = fill(anonymous, path(row, mailed=False))

    assert answer.status_code == 200
    nova = User.objects.get(username="nova")
    assert (nova.email, nova.email_verified_at) == ("", None)
    row.refresh_from_db()
    assert (row.user_id, row.status, row.email, row.is_primary) == (nova.pk, "active", EMAIL, True)
    assert (stored(elsewhere)["user_id"], stored(elsewhere)["status"]) == (None, "pending")
    assert stored(awaiting)["holder_id"] is None
    # Nor is the address taken from whoever reads its mail.
    assert fill(anonymous, path(elsewhere), username="real").status_code == 200
    assert User.objects.get(email=EMAIL).username == "real"


@pytest.mark.parametrize("mailed", [True, False])
def test_a_link_works_once(acme: Tenant, anonymous: Caller, mailed: bool) -> None:
    page = path(invited(acme), mailed=mailed)
    assert fill(anonymous, page).status_code == 200

    for answer in (anonymous.get(page), fill(anonymous, page, username="second")):
        assert answer.status_code == 404
        assert NEVER in answer.text
    assert User.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "é", "x" * 5000])
def test_a_link_that_nobody_made_is_a_404_that_says_what_to_do(
    acme: Tenant, anonymous: Caller, token: str
) -> None:
    answer = anonymous.get(f"/invitations/{token}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert NEVER in answer.text


@pytest.mark.parametrize("mailed", [True, False])
def test_who_has_an_account_of_the_address_is_asked_to_sign_in(
    acme: Tenant, globex: Tenant, anonymous: Caller, mailed: bool
) -> None:
    nova = make_member(globex, "nova")
    row = invited(acme, email=nova.user.email.upper())
    page = path(row, mailed=mailed)

    for answer in (anonymous.get(page), fill(anonymous, page, username="second")):
        assert answer.status_code == 200
        assert "Sign in with it" in answer.text
        assert "<form" not in answer.text
    assert User.objects.count() == 1
    row.refresh_from_db()
    assert row.status == "pending"


def test_an_account_whose_address_is_unverified_keeps_it_from_a_second_one(
    acme: Tenant, anonymous: Caller
) -> None:
    User.objects.create_user("squatter", EMAIL, PASSWORD)
    row = invited(acme)

    answer = fill(anonymous, path(row))

    assert (answer.status_code, User.objects.count()) == (200, 1)
    assert "not verified yet" in answer.text
    row.refresh_from_db()
    assert (row.status, row.user_id) == ("pending", None)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"username": ""}, "Username: This field is required."),
        ({"username": "no va"}, "Username: Enter a valid username."),
        ({"username": "n" * 151}, "Username: Ensure this value has at most 150 characters"),
        ({"username": "TAKEN"}, "Username: This username is taken."),
        ({"username": "taken@acme.example"}, "Username: Choose a name without @."),
        ({"username": "no\0va"}, "Username: Null characters are not allowed."),
        ({"password": "", "again": ""}, "Password: This field is required."),
        ({"password": "12345678", "again": "12345678"}, "Password: This password is too common."),
        ({"password": "nova-nova", "username": "nova-nova"}, "too similar to the username"),
        ({"again": "another"}, "The same password again: The two passwords differ."),
        ({"password": "x" * 1001, "again": "x" * 1001}, "Ensure this value has at most 1000"),
    ],
)
def test_a_bad_form_is_told_what_is_wrong_and_nobody_is_made(
    acme: Tenant, anonymous: Caller, changed: dict[str, str], fault: str
) -> None:
    make_member(acme, "taken")
    row = invited(acme)

    answer = fill(anonymous, path(row), **changed)

    assert answer.status_code == 400
    assert fault in answer.text
    assert PASSWORD not in answer.text
    assert User.objects.count() == 1
    row.refresh_from_db()
    assert row.status == "pending"
    assert fill(anonymous, path(row)).status_code == 200


def test_what_is_no_form_is_refused(acme: Tenant, anonymous: Caller) -> None:
    page = path(invited(acme))

    for kind, body in (
        ("multipart/form-data", "nonsense"),
        ("application/json", "{}"),
        ("application/x-www-form-urlencoded", "&".join(f"a{n}=" for n in range(2000))),
    ):
        answer = anonymous.request("post", page, body, content_type=kind)
        assert answer.status_code == 400
    assert not User.objects.exists()


def test_a_suspended_organization_takes_nobody_in(acme: Tenant, anonymous: Caller) -> None:
    page = path(invited(acme))
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    for answer in (anonymous.get(page), fill(anonymous, page)):
        assert answer.status_code == 403
        assert "suspended" in answer.text
    assert not User.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_405(acme: Tenant, anonymous: Caller, method: str) -> None:
    answer = anonymous.request(method, path(invited(acme)))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_guesses_are_limited(acme: Tenant, anonymous: Caller, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = settings.THROTTLE_PER_MINUTE | {"sign_in": 1}
    page = path(invited(acme))
    assert fill(anonymous, page, again="other").status_code == 400

    answer = fill(anonymous, page)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("known", [True, False])
def test_the_page_keeps_its_address_to_itself_and_loads_nothing(
    acme: Tenant, anonymous: Caller, known: bool
) -> None:
    answer = anonymous.get(path(invited(acme)) if known else "/invitations/x")

    headers = answer.headers
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    )
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "ETag" not in headers
    assert "Set-Cookie" not in headers
    assert "<script" not in answer.text


def test_the_history_names_who_came_and_from_where(acme: Tenant, anonymous: Caller) -> None:
    fill(anonymous, path(invited(acme)))

    made = Event.objects.get(object_kind="user", action="created")
    assert (made.tenant_id, made.actor_kind) == (acme.pk, "user")
    assert made.request_id
    assert '"address":"127.0.0.1"' in made.content.content
    assert PASSWORD not in made.content.content


def test_somebody_who_signs_in_to_the_admin_comes_too(acme: Tenant, globex: Tenant) -> None:
    nova = make_member(globex, "nova")
    row = invited(acme, email=nova.user.email)
    User.objects.filter(pk=nova.person_id).update(is_staff=True)

    with walls.work(walls.NOBODY):
        sent = {"username": "nova", "password": PASSWORD}
        answer = Client().post("/admin/login/?next=/admin/", sent)

    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.status == "active"


def test_an_administrator_who_follows_the_link_cannot_take_a_second_account_in_globex(
    acme: Tenant, globex: Tenant, anonymous: Caller
) -> None:
    elsewhere = invited(globex)
    fill(anonymous, path(invited(acme), mailed=False))
    person = User.objects.get(username="nova")

    caller = sign_in(Membership.objects.get(user=person))

    assert_problem(caller.get(f"/api/v1/organizations/{globex.uuid}"), 404, "not-found")
    assert stored(elsewhere)["status"] == "pending"
