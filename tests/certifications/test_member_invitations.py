"""POST /organizations/{organization}/organization-members, and what becomes of an invitation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, StoredAnswer, Tenant
from tests.answers import assert_problem, faults
from tests.certifications.members import BODY, EMAIL, FIELDS, LIST, of, one
from tests.conftest import Caller, make_member, sign_in
from tests.together import together
from users.models import User

# --- Inviting


def test_admin_invites_by_email(acme: Tenant, admin: Caller) -> None:
    answer = admin.post(LIST, BODY)

    assert answer.status_code == 201
    data = answer.json()["data"]
    assert list(data) == [*FIELDS, "invitation_url", "invitation_expires_at"]
    row = Membership.objects.get(status="pending")
    assert (data["id"], data["organization_id"]) == (str(row.uuid), str(acme.uuid))
    assert {name: data[name] for name in BODY} == BODY
    assert (data["user_id"], data["status"], data["is_primary"]) == (None, "pending", False)
    assert data["created_at"].endswith("Z")
    assert data["invitation_url"].startswith("http://127.0.0.1:")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (row.user_id, row.email, row.role, row.external_id) == (None, EMAIL, "issuer", "17")
    event = Event.objects.get(object_uuid=row.uuid)
    assert (event.action, event.actor_id) == ("created", admin.user.pk)


def test_email_alone_invites_a_member(acme: Tenant, admin: Caller) -> None:
    nothing = {"role": None, "display_name": None, "external_id": None}

    data = admin.post(LIST, {"email": EMAIL, **nothing}).json()["data"]

    assert (data["role"], data["display_name"], data["external_id"]) == ("member", None, None)


def test_the_link_of_the_answer_lets_the_invited_person_in(
    acme: Tenant, admin: Caller, anonymous: Caller
) -> None:
    url = admin.post(LIST, BODY).json()["data"]["invitation_url"]

    page = anonymous.get(url[url.index("/invitations/") :])

    assert page.status_code == 200
    assert EMAIL in page.text


def test_nobody_is_told_whose_account_an_address_is(
    acme: Tenant, globex: Tenant, admin: Caller
) -> None:
    ada = make_member(globex, "ada")
    User.objects.filter(pk=ada.person_id).update(first_name="Ada", last_name="Lovelace")

    known = admin.post(LIST, {"email": "ada@globex.example"}).json()["data"]
    unknown = admin.post(LIST, {"email": EMAIL}).json()["data"]

    for data in (known, unknown):
        assert (data["user_id"], data["display_name"], data["status"]) == (None, None, "pending")
        assert admin.get(f"{LIST}/{data['id']}").json()["data"] == {
            name: data[name] for name in FIELDS
        }
    assert Membership.objects.get(uuid=known["id"]).user_id == ada.user_id


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"email": None}, [("/email", "null")]),
        ({"email": ""}, [("/email", "blank")]),
        ({"email": 7}, [("/email", "invalid")]),
        ({"email": "nova"}, [("/email", "invalid")]),
        ({"email": " nova@mail.example"}, [("/email", "invalid")]),
        ({"email": "nova@mail.example\0"}, [("/email", "invalid")]),
        ({"email": f"{'n' * 250}@mail.example"}, [("/email", "max_length")]),
        ({"role": "king"}, [("/role", "invalid_choice")]),
        ({"role": 1}, [("/role", "invalid_choice")]),
        ({"role": "Member"}, [("/role", "invalid_choice")]),
        ({"display_name": ""}, [("/display_name", "blank")]),
        ({"display_name": "x" * 256}, [("/display_name", "max_length")]),
        ({"external_id": ["17"]}, [("/external_id", "invalid")]),
        (
            {"email": "x", "role": "x", "external_id": "x" * 256},
            [("/email", "invalid"), ("/external_id", "max_length"), ("/role", "invalid_choice")],
        ),
    ],
)
def test_bad_input_is_refused_with_every_fault(
    acme: Tenant, admin: Caller, wrong: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = admin.post(LIST, BODY | wrong)

    assert_problem(answer, 400, "invalid-input")
    assert {pointer for pointer, _ in faults(answer)} == {pointer for pointer, _ in expected}
    assert set(expected) <= set(faults(answer))
    assert not Membership.objects.filter(status="pending").exists()
    assert mail.outbox == []


def test_a_wrong_role_is_told_the_right_ones(acme: Tenant, admin: Caller) -> None:
    answer = admin.post(LIST, BODY | {"role": "king"})

    (fault,) = answer.json()["errors"]
    assert fault["detail"] == "Write one of these: member, issuer, admin, owner."


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper(), "member@acme.example"])
def test_who_is_a_member_or_invited_is_not_invited_again(
    acme: Tenant, admin: Caller, member: Caller, email: str
) -> None:
    admin.post(LIST, BODY)

    assert_problem(admin.post(LIST, {"email": email}), 409, "member-already")
    assert Membership.objects.filter(tenant=acme).count() == 3


def test_an_external_id_is_one_member_s(acme: Tenant, admin: Caller, member: Caller) -> None:
    assert admin.patch(one(of(member)), {"external_id": "17"}).status_code == 200

    assert_problem(admin.post(LIST, BODY), 409, "conflict")
    assert not Membership.objects.filter(status="pending").exists()


def test_only_an_owner_invites_an_owner(acme: Tenant, admin: Caller, owner: Caller) -> None:
    wanted = BODY | {"role": "owner"}

    assert_problem(admin.post(LIST, wanted), 403, "forbidden")
    assert owner.post(LIST, wanted).status_code == 201


# --- The link and Idempotency-Key


def test_a_replay_has_a_link_of_its_own_and_none_is_stored(
    acme: Tenant, admin: Caller, django_capture_on_commit_callbacks: Any
) -> None:
    key = {"Idempotency-Key": "one"}
    with django_capture_on_commit_callbacks(execute=True):
        first = admin.post(LIST, BODY, headers=key)
        again = admin.post(LIST, BODY, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    links = ("invitation_url", "invitation_expires_at")
    told, retold = (
        {name: value for name, value in answer.json()["data"].items() if name not in links}
        for answer in (first, again)
    )
    assert told == retold
    assert again.json()["data"]["invitation_url"]
    assert again.headers["Cache-Control"] == "no-store"
    kept = bytes(StoredAnswer.objects.get().body)
    assert b"invitation" not in kept
    assert len(mail.outbox) == 1


def test_a_replay_after_the_invitation_ended_has_no_link(acme: Tenant, admin: Caller) -> None:
    key = {"Idempotency-Key": "one"}
    first = admin.post(LIST, BODY, headers=key).json()["data"]
    admin.patch(f"{LIST}/{first['id']}", {"status": "inactive"})

    again = admin.post(LIST, BODY, headers=key).json()["data"]

    assert (again["invitation_url"], again["invitation_expires_at"]) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_20_simultaneous_invitations_of_one_address_make_one() -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        admin = sign_in(make_member(acme, "admin", Role.ADMIN))

    answers = together(
        20, lambda index: admin.post(LIST, {"email": EMAIL if index % 2 else EMAIL.upper()})
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    with walls.platform_work():
        assert Membership.objects.filter(email__iexact=EMAIL).count() == 1
    assert len(mail.outbox) == 1


# --- Invitations


@pytest.fixture
def invited(admin: Caller) -> Membership:
    return Membership.objects.get(uuid=admin.post(LIST, BODY).json()["data"]["id"])


def test_an_invitation_s_name_and_role_can_be_changed(admin: Caller, invited: Membership) -> None:
    answer = admin.patch(one(invited), {"role": "member", "display_name": "N. N."})

    data = answer.json()["data"]
    assert (data["role"], data["display_name"], data["status"]) == ("member", "N. N.", "pending")
    assert admin.patch(one(invited), {"display_name": None}).json()["data"]["display_name"] is None


def test_a_member_s_name_is_that_of_the_account(admin: Caller, member: Caller) -> None:
    answer = admin.patch(one(of(member)), {"display_name": "Somebody else"})

    assert answer.json()["data"]["display_name"] == "member"
    assert of(member).display_name == ""


def test_nobody_but_the_invited_person_takes_an_invitation_up(
    admin: Caller, invited: Membership
) -> None:
    assert_problem(admin.patch(one(invited), {"status": "active"}), 409, "member-not-come")
    admin.patch(one(invited), {"status": "inactive"})
    assert_problem(admin.patch(one(invited), {"status": "active"}), 409, "member-not-come")


def test_nobody_becomes_pending_by_a_change(admin: Caller, member: Caller) -> None:
    assert_problem(admin.patch(one(of(member)), {"status": "pending"}), 409, "conflict")


@pytest.mark.parametrize("known", [True, False])
def test_a_withdrawn_invitation_is_taken_up_by_nobody_and_made_again_by_inviting(
    acme: Tenant, globex: Tenant, admin: Caller, known: bool, join: Callable[..., Membership]
) -> None:
    if known:
        join(globex, "nova")
    email = "nova@globex.example"
    row = Membership.objects.get(uuid=admin.post(LIST, {"email": email}).json()["data"]["id"])

    withdrawn = admin.patch(one(row), {"status": "inactive"}).json()["data"]
    assert (withdrawn["status"], withdrawn["email"], withdrawn["user_id"]) == (
        "inactive",
        email,
        None,
    )
    if not known:
        join(globex, "nova")
    nova = User.objects.get(username="nova")
    with walls.platform_work():
        assert members.accept(nova.pk, by=OPERATOR) == 0

    again = admin.post(LIST, {"email": email.upper(), "role": "admin"})
    assert again.status_code == 201
    assert (again.json()["data"]["id"], again.json()["data"]["role"]) == (str(row.uuid), "admin")
    with walls.platform_work():
        assert members.accept(nova.pk, by=OPERATOR) == 1
    row.refresh_from_db()
    assert (row.user_id, row.status, row.role) == (nova.pk, "active", "admin")
