"""Who gets into the admin, and at which tenant's desk they sit."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from credentials.micro_credentials.admin import MicroCredentialAdmin
from credentials.models import MicroCredential
from tenants import changes, members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.admin.conftest import Browser, page_text, staff
from tests.conftest import PASSWORD, make_member, sign_in
from tests.factories import micro_credential
from users.models import User


def test_stranger_is_sent_to_the_sign_in_page(db: None) -> None:
    response = Browser().get("tenants/tenant/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/login/?next=/admin/tenants/tenant/"


def test_member_who_is_not_staff_is_sent_to_the_sign_in_page(acme: Tenant) -> None:
    response = Browser(make_member(acme, "olivia", Role.OWNER).user).get("tenants/tenant/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_staff_who_are_mere_members_get_a_403_page(acme: Tenant) -> None:
    response = staff(make_member(acme, "mia", Role.MEMBER)).get("")

    assert response.status_code == 403
    assert "no issuer or administrator of an active organization" in response.content.decode()
    assert response.headers["Content-Type"].startswith("text/html")


def test_staff_whose_membership_ended_gets_403(acme: Tenant, acme_admin: Browser) -> None:
    membership = Membership.objects.get(user=acme_admin.user)
    members.change(membership, by=OPERATOR, status=Membership.Status.INACTIVE)

    assert acme_admin.get("").status_code == 403


def test_staff_of_a_suspended_tenant_gets_403(acme: Tenant, acme_admin: Browser) -> None:
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    assert acme_admin.get("").status_code == 403


def test_staff_without_a_tenant_can_still_sign_out(acme: Tenant) -> None:
    browser = staff(make_member(acme, "mia"))

    assert browser.post("logout/").status_code == 200
    assert browser.get("").status_code == 302


def test_signing_in_with_a_password_opens_the_desk_of_ones_tenant(
    acme: Tenant, acme_admin: Browser
) -> None:
    browser = Browser()

    response = browser.post("login/", {"username": "ADAM@acme.example", "password": PASSWORD})

    assert response.status_code == 302
    assert "Credentials Portal · Acme" in browser.get("").content.decode()


def test_five_wrong_passwords_lock_the_sign_in_page(acme_admin: Browser) -> None:
    browser = Browser()
    for _ in range(5):
        browser.post("login/", {"username": "adam", "password": "a wrong one"})

    response = browser.post("login/", {"username": "adam", "password": PASSWORD})

    assert response.status_code == 200
    assert browser.get("").status_code == 302


def test_superuser_sits_at_no_tenants_desk(root: Browser) -> None:
    page = root.get("").content.decode()

    assert ">Credentials Portal</a>" in page
    assert "/admin/users/user/" in page


def test_staff_of_two_tenants_starts_at_the_primary_one(staff_of_two: Browser) -> None:
    page = staff_of_two.get("").content.decode()

    assert "Credentials Portal · Acme" in page
    assert 'href="/admin/?tenant=globex"' in page


def test_staff_of_two_tenants_changes_desks_and_stays_there(staff_of_two: Browser) -> None:
    response = staff_of_two.get("tenants/membership/?tenant=globex")

    assert response.status_code == 302
    assert response.headers["Location"] == "/admin/"
    assert "Credentials Portal · Globex" in staff_of_two.get("").content.decode()
    assert {row.tenant.slug for row in staff_of_two.rows("tenants/membership/")} == {"globex"}


def test_losing_the_chosen_tenant_leads_back_to_the_other(
    globex: Tenant, staff_of_two: Browser
) -> None:
    staff_of_two.get("?tenant=globex")
    membership = Membership.objects.get(user=staff_of_two.user, tenant=globex)

    members.change(membership, by=OPERATOR, role=Role.MEMBER)

    assert "Credentials Portal · Acme" in staff_of_two.get("").content.decode()


def test_a_foreign_tenant_cannot_be_chosen_and_looks_like_an_unknown_one(
    globex: Tenant, acme_admin: Browser
) -> None:
    foreign = acme_admin.get("?tenant=globex")
    unknown = acme_admin.get("?tenant=nowhere")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert page_text(foreign) == page_text(unknown)
    assert "Credentials Portal · Acme" in acme_admin.get("").content.decode()


def test_unknown_page_is_a_404_page_for_people(acme_admin: Browser) -> None:
    response = acme_admin.get("nothing/here/")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
    assert "There is nothing here that you may see." in response.content.decode()


@pytest.mark.parametrize("query", ["tenant=a%00", "q=a%00", "request_id=%00", "object_kind=%00"])
def test_nul_in_an_address_is_a_400_page(root: Browser, query: str) -> None:
    assert root.get(f"/admin/tenants/event/?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["id__range=1", "modified_at__year=99999999", "id__regex=(", "user__id__regex=("]
)
def test_a_lookup_that_no_filter_offers_is_a_400_page(root: Browser, query: str) -> None:
    assert root.get("/admin/tenants/membership/?status__exact=active").status_code == 200
    assert root.get(f"/admin/tenants/membership/?{query}").status_code == 400


def test_a_lookup_of_no_column_leads_back_to_the_list(root: Browser) -> None:
    assert root.get("/admin/tenants/membership/?nothing__here=1").status_code == 302


def test_what_fails_midway_leaves_nothing_behind(
    acme: Tenant, acme_admin: Browser, monkeypatch: Any
) -> None:
    row = micro_credential(acme, acme_admin.user)
    noted = Event.objects.count()

    def fail(page: Any, request: Any, rows: Any, by: Any) -> None:
        assert changes.change(rows[0], {"state": 0}, by=by)
        raise RuntimeError

    failing = replace(MicroCredentialAdmin.acts["archive"], step=fail)
    monkeypatch.setitem(MicroCredentialAdmin.acts, "archive", failing)
    acme_admin.client.raise_request_exception = False
    response = acme_admin.post(
        "credentials/microcredential/act/", {"act": "archive", "chosen": row.pk, "reason": ""}
    )

    assert response.status_code == 500
    assert "RuntimeError" not in response.content.decode()
    row.refresh_from_db()
    assert row.state == MicroCredential.State.ACTIVE
    assert Event.objects.count() == noted


def test_a_new_own_password_ends_other_sign_ins(acme: Tenant, acme_admin: Browser) -> None:
    caller = sign_in(Membership.objects.get(user=acme_admin.user))
    assert caller.get("/api/v1/users/me").status_code == 200
    new = "quite another passphrase"

    response = acme_admin.post(
        "password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert response.status_code == 302
    assert User.objects.get(pk=acme_admin.user.pk).check_password(new)
    assert caller.get("/api/v1/users/me").status_code == 401
    assert acme_admin.get("").status_code == 200


def test_a_wrong_old_password_changes_nothing(acme_admin: Browser) -> None:
    new = "quite another passphrase"

    response = acme_admin.post(
        "password_change/", {"old_password": "no", "new_password1": new, "new_password2": new}
    )

    assert response.status_code == 200
    assert User.objects.get(pk=acme_admin.user.pk).check_password(PASSWORD)


def test_requests_need_a_csrf_token(acme_admin: Browser) -> None:
    acme_admin.client = Client(enforce_csrf_checks=True)
    acme_admin.client.force_login(acme_admin.user, "users.backends.PersonBackend")

    assert acme_admin.post("tenants/membership/add/", {"person": "x"}).status_code == 403
