"""Members in the admin: added by name, given roles, ended."""

import pytest

from tenants.models import Event, Membership, Role, Tenant
from tests.admin.conftest import Browser, errors
from tests.conftest import make_member
from users.models import User

ADD = "tenants/membership/add/"


def page(membership: Membership) -> str:
    return f"tenants/membership/{membership.pk}/change/"


@pytest.mark.parametrize("name", ["gloria", "GLORIA", "Gloria@Globex.Example"])
def test_admin_adds_an_existing_person_by_name(
    acme: Tenant, acme_admin: Browser, globex_owner: Membership, name: str
) -> None:
    response = acme_admin.post(ADD, {"person": name, "role": "issuer"})

    assert response.status_code == 302
    added = Membership.objects.get(tenant=acme, user=globex_owner.user)
    assert (added.role, added.status, added.is_primary) == ("issuer", "active", False)
    event = Event.objects.get(object_kind="membership", object_id=added.pk)
    assert (event.action, event.actor_kind) == ("created", "user")
    assert (event.actor_id, event.tenant_id) == (acme_admin.user.pk, acme.pk)
    assert event.request_id
    assert '"address":"127.0.0.1"' in event.content.content


@pytest.mark.parametrize("name", ["glori", "loria", "gloria@", "%", "nobody"])
def test_part_of_a_name_finds_nobody(
    acme: Tenant, acme_admin: Browser, globex_owner: Membership, name: str
) -> None:
    response = acme_admin.post(ADD, {"person": name, "role": "member"})

    assert "There is no such account." in errors(response)
    assert "gloria@globex.example" not in response.content.decode()
    assert not Membership.objects.filter(tenant=acme, user=globex_owner.user).exists()


def test_adding_a_member_again_is_an_error_of_the_form(acme: Tenant, acme_admin: Browser) -> None:
    response = acme_admin.post(ADD, {"person": "olivia", "role": "member"})

    assert "This person is a member already." in errors(response)
    assert Membership.objects.get(tenant=acme, user__username="olivia").role == Role.OWNER


def test_admin_cannot_make_an_owner_but_an_owner_can(
    acme: Tenant, acme_admin: Browser, acme_owner: Browser, globex_owner: Membership
) -> None:
    wanted = {"person": "gloria", "role": "owner"}

    refused = acme_admin.post(ADD, wanted)
    assert "Select a valid choice" in errors(refused)
    assert not Membership.objects.filter(tenant=acme, user=globex_owner.user).exists()

    assert acme_owner.post(ADD, wanted).status_code == 302
    assert Membership.objects.get(tenant=acme, user=globex_owner.user).role == Role.OWNER


def test_admin_cannot_raise_oneself_to_owner(acme_admin: Browser) -> None:
    own = Membership.objects.get(user=acme_admin.user)

    response = acme_admin.post(page(own), {"role": "owner", "status": "active"})

    assert "Select a valid choice" in errors(response)
    own.refresh_from_db()
    assert own.role == Role.ADMIN


def test_admin_can_look_at_an_owner_and_change_nothing(
    acme_admin: Browser, acme_owner: Browser
) -> None:
    owner = Membership.objects.get(user=acme_owner.user)

    assert acme_admin.get(page(owner)).status_code == 200
    response = acme_admin.post(page(owner), {"role": "member", "status": "inactive"})

    assert response.status_code == 403
    owner.refresh_from_db()
    assert (owner.role, owner.status) == ("owner", "active")


def test_admin_changes_a_role_and_the_history_says_so(acme: Tenant, acme_admin: Browser) -> None:
    member = make_member(acme, "ada")

    response = acme_admin.post(page(member), {"role": "issuer", "status": "active"})

    assert response.status_code == 302
    member.refresh_from_db()
    assert member.role == Role.ISSUER
    event = Event.objects.get(object_id=member.pk, action="changed")
    assert event.actor_id == acme_admin.user.pk
    assert '"role":"member"' in event.content.content
    assert '"role":"issuer"' in event.content.content


def test_saving_without_a_change_writes_no_event(acme: Tenant, acme_admin: Browser) -> None:
    member = make_member(acme, "ada")

    response = acme_admin.post(page(member), {"role": "member", "status": "active"})

    assert response.status_code == 302
    assert not Event.objects.filter(object_id=member.pk, action="changed").exists()


@pytest.mark.parametrize(
    "sent", [{"role": "admin", "status": "active"}, {"role": "owner", "status": "inactive"}]
)
def test_the_last_owner_stays_and_the_form_says_why(
    acme_owner: Browser, sent: dict[str, str]
) -> None:
    owner = Membership.objects.get(user=acme_owner.user)

    response = acme_owner.post(page(owner), sent)

    assert "The last owner can neither leave nor be given a smaller role." in errors(response)
    owner.refresh_from_db()
    assert (owner.role, owner.status) == ("owner", "active")
    assert not Event.objects.filter(object_id=owner.pk, action="changed").exists()


def test_staff_cannot_move_a_person_s_primary_membership(
    acme: Tenant, acme_owner: Browser, globex_owner: Membership
) -> None:
    acme_owner.post(ADD, {"person": "gloria", "role": "member"})
    here = Membership.objects.get(tenant=acme, user=globex_owner.user)

    acme_owner.post(page(here), {"role": "issuer", "status": "active", "is_primary": "on"})

    here.refresh_from_db()
    globex_owner.refresh_from_db()
    assert (here.role, here.is_primary, globex_owner.is_primary) == ("issuer", False, True)


def test_superuser_moves_a_person_s_primary_membership(
    acme: Tenant, root: Browser, globex_owner: Membership
) -> None:
    added = root.post(ADD, {"tenant": acme.pk, "person": "gloria", "role": "member"})
    here = Membership.objects.get(tenant=acme, user=globex_owner.user)
    sent = {"role": "member", "status": "active", "is_primary": "on"}

    response = root.post(page(here), sent)

    assert (added.status_code, response.status_code) == (302, 302)
    here.refresh_from_db()
    globex_owner.refresh_from_db()
    assert (here.is_primary, globex_owner.is_primary) == (True, False)


def test_a_tenant_in_the_form_of_staff_is_ignored(
    acme: Tenant, globex: Tenant, acme_admin: Browser
) -> None:
    User.objects.create_user("new", "new@nowhere.example")

    acme_admin.post(ADD, {"tenant": globex.pk, "person": "new", "role": "member"})

    assert Membership.objects.get(user__username="new").tenant_id == acme.pk


def test_members_are_found_by_email_and_by_uuid(acme: Tenant, acme_admin: Browser) -> None:
    ada = make_member(acme, "ada")

    for term in ("ADA@acme", str(ada.uuid)):
        assert acme_admin.rows(f"tenants/membership/?q={term}") == [ada]


def test_nobody_deletes_a_member(acme: Tenant, root: Browser, acme_owner: Browser) -> None:
    ada = make_member(acme, "ada")

    for browser in (root, acme_owner):
        response = browser.post(f"tenants/membership/{ada.pk}/delete/", {"post": "yes"})
        assert response.status_code == 403
    assert Membership.objects.filter(pk=ada.pk).exists()
