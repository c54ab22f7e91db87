"""GET /me: the caller, in no envelope."""

import pytest

from tenants import members, scopes
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.conftest import Caller, make_member, sign_in, with_key
from users import people
from users.models import User

ME = "/api/v1/me"


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    """Member of acme, where she is at home, and issuer of globex."""
    row = make_member(acme, "ada")
    User.objects.filter(pk=row.person_id).update(first_name="Ada", last_name="Lovelace")
    return row


@pytest.fixture
def there(ada: Membership, globex: Tenant) -> Membership:
    return members.add_member(globex, ada.person_id, Role.ISSUER, by=OPERATOR)


@pytest.mark.parametrize("path", [ME, f"{ME}/", "/v1/me"])
def test_it_answers_exactly_as_documented(acme: Tenant, ada: Membership, path: str) -> None:
    answer = sign_in(ada).get(path)

    assert answer.status_code == 200
    assert answer.json() == {
        "user": {
            "id": str(ada.user.uuid),
            "email": "ada@acme.example",
            "display_name": "Ada Lovelace",
        },
        "scopes": sorted(scopes.ALL),
        "organizations": [{"id": str(acme.uuid), "name": "Acme", "status": "active"}],
        "organization_memberships": [
            {
                "id": str(ada.uuid),
                "organization_id": str(acme.uuid),
                "role": "member",
                "status": "active",
                "is_primary": True,
            }
        ],
        "accessible_member_ids": [str(ada.uuid)],
    }


def test_who_has_no_names_and_no_address_is_shown_by_username(acme: Tenant) -> None:
    row = make_member(acme, "nova")
    User.objects.filter(pk=row.person_id).update(email="", email_verified_at=None)

    told = sign_in(row).get(ME).json()["user"]

    assert (told["email"], told["display_name"]) == (None, "nova")


def test_an_issuer_may_read_about_the_whole_organization_there(
    acme: Tenant, globex: Tenant, ada: Membership, there: Membership
) -> None:
    make_member(acme, "colleague")
    others = [
        make_member(globex, "first"),
        members.invite(globex, "nova@mail.example", Role.MEMBER, by=OPERATOR),
    ]

    told = sign_in(ada).get(ME).json()

    assert [each["name"] for each in told["organizations"]] == ["Globex", "Acme"]
    assert [each["role"] for each in told["organization_memberships"]] == ["issuer", "member"]
    expected = [there, ada, *reversed(others)]
    assert told["accessible_member_ids"] == [str(row.uuid) for row in expected]


def test_no_more_than_1000_members_are_named_and_one_s_own_among_them(
    globex: Tenant, there: Membership, ada: Membership
) -> None:
    Membership.objects.bulk_create(
        Membership(tenant=globex, status="pending", email=f"n{n}@mail.example") for n in range(1005)
    )
    newest = Membership.objects.order_by("-id")[:998].values_list("uuid", flat=True)

    told = sign_in(ada).get(ME).json()["accessible_member_ids"]

    assert told == [str(uuid) for uuid in (there.uuid, ada.uuid, *newest)]


def test_a_suspended_organization_is_named_and_opens_nothing(
    acme: Tenant, globex: Tenant, ada: Membership, there: Membership
) -> None:
    make_member(globex, "first")
    members.set_status(globex, Tenant.Status.SUSPENDED, by=OPERATOR)

    told = sign_in(ada).get(ME).json()

    assert told["organizations"][0]["status"] == "suspended"
    assert told["accessible_member_ids"] == [str(ada.uuid)]


def test_an_api_token_has_its_scopes_and_knows_its_organization_alone(
    ada: Membership, there: Membership
) -> None:
    told = with_key(ada, "certifications:read", "diplomas:write").get(ME).json()

    assert told["scopes"] == ["certification_records:read", "diplomas:write"]
    assert [each["name"] for each in told["organizations"]] == ["Acme"]
    assert [each["id"] for each in told["organization_memberships"]] == [str(ada.uuid)]
    assert told["accessible_member_ids"] == [str(ada.uuid)]


def test_an_api_token_that_may_read_no_records_may_read_nobody_s(ada: Membership) -> None:
    told = with_key(ada, "diplomas:write").get(ME).json()

    assert told["accessible_member_ids"] == []
    assert told["organizations"]


def test_a_person_of_no_organization_is_told_so(acme: Tenant, ada: Membership) -> None:
    caller = sign_in(ada)
    members.change(ada, by=OPERATOR, status="inactive")
    people.forget()

    told = caller.get(ME).json()

    assert (told["organizations"], told["organization_memberships"]) == ([], [])
    assert told["accessible_member_ids"] == []


def test_it_is_304_until_something_changes(acme: Tenant, member: Caller) -> None:
    tag = {"If-None-Match": member.get(ME).headers["ETag"]}
    assert member.get(ME, headers=tag).status_code == 304

    members.change_tenant(acme, by=OPERATOR, name="Acme II")

    assert member.get(ME, headers=tag).status_code == 200
