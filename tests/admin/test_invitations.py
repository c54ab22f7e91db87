"""Invitations in the admin: made, shown, withdrawn."""

import html
import re
from typing import Any

import pytest

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.admin.conftest import Browser, errors
from tests.admin.test_members import ADD, page
from tests.conftest import make_member
from users import inviting
from users.models import User

EMAIL = "nova@mail.example"
LINK = re.compile(r'value="http://127\.0\.0\.1:\d+/invitations/([^"]+)"')


@pytest.mark.parametrize(("browser", "vouches"), [("acme_admin", False), ("root", True)])
def test_somebody_without_an_account_is_invited_and_the_link_is_shown_once(
    acme: Tenant, browser: str, vouches: bool, request: pytest.FixtureRequest
) -> None:
    who: Browser = request.getfixturevalue(browser)

    response = who.post(ADD, {"tenant": acme.pk, "invited": EMAIL, "role": "issuer"})

    assert response.status_code == 200
    found = LINK.search(response.content.decode())
    assert found
    row = Membership.objects.get(status="pending")
    invitation = inviting.find(html.unescape(found[1]))
    # Of a tenant's administrator nobody knows that they speak for the address.
    assert (invitation.row, invitation.proves_address) == (row, vouches)
    assert (row.tenant_id, row.email, row.role, row.user_id) == (acme.pk, EMAIL, "issuer", None)
    assert Event.objects.get(object_uuid=row.uuid).actor_id == who.user.pk
    page_of_it = who.get(page(row)).content.decode()
    assert "/invitations/" not in page_of_it


@pytest.mark.parametrize(
    "sent", [{}, {"person": "gloria", "invited": EMAIL}, {"person": "", "invited": ""}]
)
def test_a_person_or_an_address_is_named_and_not_both(
    acme: Tenant, acme_admin: Browser, globex_owner: Membership, sent: dict[str, str]
) -> None:
    response = acme_admin.post(ADD, {"role": "member"} | sent)

    assert "Name a person, or an address to invite; one of them." in errors(response)
    assert Membership.objects.filter(tenant=acme).count() == 2


@pytest.mark.parametrize(
    ("email", "fault"),
    [
        ("nova", "Enter a valid email address."),
        ("OLIVIA@acme.example", "is a member of the organization, or invited to it."),
    ],
)
def test_who_cannot_be_invited_is_an_error_of_the_form(
    acme: Tenant, acme_admin: Browser, email: str, fault: str
) -> None:
    assert fault in errors(acme_admin.post(ADD, {"invited": email, "role": "member"}))
    assert Membership.objects.filter(tenant=acme).count() == 2


@pytest.fixture
def awaited(acme: Tenant, globex_owner: Membership) -> list[Membership]:
    """Of nobody's account, and of gloria's, who has not come."""
    names = {"display_name": "Nova N."}
    return [
        members.invite(acme, EMAIL, Role.MEMBER, by=OPERATOR, **names),
        members.invite(acme, globex_owner.user.email, Role.MEMBER, by=OPERATOR),
    ]


def test_who_is_invited_is_shown_as_they_were_invited(
    acme_admin: Browser, awaited: list[Membership]
) -> None:
    nova, gloria = awaited
    for path in ("tenants/membership/", "tenants/membership/?o=1.2", page(nova), page(gloria)):
        response = acme_admin.get(path)
        assert response.status_code == 200
    assert "Nova N." in acme_admin.get(page(nova)).content.decode()
    shown = acme_admin.get(page(gloria)).content.decode()
    assert "gloria@globex.example" in shown
    assert ">gloria<" not in shown
    for term, found in ((EMAIL, nova), ("Nova N", nova), (str(gloria.uuid), gloria)):
        assert acme_admin.rows(f"tenants/membership/?q={term}") == [found]
    assert acme_admin.get("tenants/event/").status_code == 200


def test_who_is_invited_is_found_by_the_invitation_and_not_by_an_account(
    acme: Tenant, acme_admin: Browser, globex_owner: Membership
) -> None:
    members.invite(acme, globex_owner.user.email, Role.MEMBER, by=OPERATOR, display_name="G. H.")

    def found(term: str) -> list[Any]:
        return acme_admin.rows(f"tenants/membership/?q={term}")

    assert globex_owner.user.username == "gloria"
    assert found(globex_owner.user.email) == found("g. h.") == found('"G. H."') != []
    globex_owner.user.first_name = "Ophelia"
    globex_owner.user.save()
    assert found("ophelia") == []


def test_an_invitation_is_changed_and_withdrawn_but_not_taken_up_by_others(
    acme_admin: Browser, awaited: list[Membership]
) -> None:
    for row in awaited:
        same = {"role": "member", "status": "pending", "display_name": "N.", "external_id": ""}
        assert acme_admin.post(page(row), same | {"role": "issuer"}).status_code == 302
        active = acme_admin.post(page(row), same | {"status": "active"})
        assert "Only whoever was invited takes the invitation up" in errors(active)
        row.refresh_from_db()
        assert (row.role, row.status, row.display_name) == ("issuer", "pending", "N.")
        assert row.external_id is None

        gone = acme_admin.post(page(row), same | {"role": "issuer", "status": "inactive"})
        assert gone.status_code == 302
        row.refresh_from_db()
        assert (row.status, row.user_id) == ("inactive", None)
        assert acme_admin.get(page(row)).status_code == 200


def test_a_superuser_makes_no_invitation_the_primary_membership(
    root: Browser, awaited: list[Membership]
) -> None:
    for row in awaited:
        sent = {"role": "member", "status": "pending", "is_primary": "on"}
        assert root.post(page(row), sent).status_code == 302
        row.refresh_from_db()
        assert not row.is_primary


def test_an_external_id_of_another_member_is_an_error_of_the_form(
    acme: Tenant, acme_admin: Browser
) -> None:
    ada = make_member(acme, "ada")
    members.change(make_member(acme, "bea"), by=OPERATOR, external_id="17")

    sent = {"role": "member", "status": "active", "external_id": "17"}
    response = acme_admin.post(page(ada), sent)

    assert "This external id is another member" in errors(response)
    ada.refresh_from_db()
    assert ada.external_id is None


@pytest.mark.parametrize("query", ["user__isnull=False", "user=1", "user__id__gte=1"])
def test_no_filter_tells_whether_an_invited_address_has_an_account(
    acme_admin: Browser, query: str
) -> None:
    assert acme_admin.get(f"/admin/tenants/membership/?{query}").status_code == 400


@pytest.mark.parametrize("column", [0, 1])  # name, address
@pytest.mark.parametrize("account", [{}, {"first_name": "Aaa", "email": "aaa@globex.example"}])
def test_who_is_invited_is_sorted_by_what_is_shown(
    acme: Tenant,
    acme_admin: Browser,
    globex_owner: Membership,
    account: dict[str, str],
    column: int,
) -> None:
    invited = members.invite(acme, globex_owner.user.email, Role.MEMBER, by=OPERATOR)
    assert invited.user_id == globex_owner.user_id
    User.objects.filter(pk=invited.person_id).update(**account)
    zoe = make_member(acme, "zoe")
    User.objects.filter(pk=zoe.person_id).update(first_name="fay", email="", email_verified_at=None)

    def order(path: str) -> list[Any]:
        return [row.pk for row in acme_admin.rows(f"tenants/membership/?o={path}")]

    olivia, adam = Membership.objects.filter(tenant=acme).order_by("id")[:2]
    shown = ([adam, zoe, invited, olivia], [zoe, adam, invited, olivia])[column]
    assert order(str(column)) == [row.pk for row in shown]
    assert order(f"-{column}") == [row.pk for row in reversed(shown)]
