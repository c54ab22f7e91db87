"""What a person holds, on their pages."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.models import Certification
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.admin.conftest import Browser, staff
from tests.admin.test_queries import cost
from tests.conftest import make_member
from tests.factories import certification, diploma, micro_credential
from tests.wallet.conftest import hold_one_each

CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def page(row: Any) -> str:
    kind = "tenants/membership" if isinstance(row, Membership) else "users/user"
    return f"{kind}/{row.pk}/change/"


def wallet(browser: Browser, path: str) -> list[list[str]]:
    """The cells of its rows."""
    response = browser.get(path)
    assert response.status_code == 200
    _, _, table = response.content.decode().partition('id="wallet"')
    rows = table.partition("</table>")[0].split("<tr>")[2:]
    return [[TAG.sub("", cell).strip() for cell in CELL.findall(row)] for row in rows]


def test_a_members_page_shows_all_kinds_in_one_table(
    acme: Tenant, acme_admin: Browser, ada: Membership
) -> None:
    hold_one_each(acme, ada.user)
    today = f"{datetime.now(UTC):%Y-%m-%d}"

    days = ["2026-01-01", "2090-01-01"]
    assert wallet(acme_admin, page(ada)) == [
        ["Master smith 1", "diploma", "-", "Active", "2020-06-30", "-", "-"],
        ["First aid 1", "certification", "Red Cross", "Unverified", *days, "Open"],
        ["Welder 1", "assertion", "School of Metalwork", "Active", today, "-", "Open"],
        ["Metalwork 1", "program credential", "Acme", "Active", today, "-", "Open"],
        ["Soldering 1", "micro-credential", "-", "Active", *days, "Open"],
    ]


def test_each_leads_to_its_own_page(acme: Tenant, acme_admin: Browser, ada: Membership) -> None:
    rows = hold_one_each(acme, ada.user)
    content = acme_admin.get(page(ada)).content.decode()

    for row in rows:
        address = f"/admin/credentials/{row._meta.model_name}/{row.pk}/change/"
        assert f'href="{address}"' in content
        assert acme_admin.get(address).status_code == 200


def test_a_persons_page_shows_every_organizations_to_superusers(
    acme: Tenant, globex: Tenant, root: Browser, ada: Membership
) -> None:
    make_member(globex, "ada")
    micro_credential(acme, ada.user, title="Here")
    micro_credential(globex, ada.user, title="There")

    assert [row[:2] for row in wallet(root, page(ada.user))] == [
        ["Acme", "Here"],
        ["Globex", "There"],
    ]
    assert [row[:2] for row in wallet(root, page(ada))] == [["Acme", "Here"]]


def test_another_organizations_are_not_shown(
    acme: Tenant, globex: Tenant, acme_admin: Browser, ada: Membership
) -> None:
    elsewhere = make_member(globex, "ada")
    micro_credential(globex, ada.user)

    assert wallet(acme_admin, page(ada)) == []
    assert "holds no credentials" in acme_admin.get(page(ada)).content.decode()
    assert acme_admin.get(page(elsewhere)).status_code == 302


def test_what_was_invited_holds_is_shown_and_titles_are_no_markup(
    acme: Tenant, acme_admin: Browser, ada: Membership
) -> None:
    invited = members.invite(acme, "nova@mail.example", Role.MEMBER, by=OPERATOR)
    row = certification(acme, ada.user, issuer_name="<script>alert(1)</script>")
    Certification.objects.filter(pk=row.pk).update(membership_id=invited.pk)

    content = acme_admin.get(page(invited)).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "<script>alert(1)" not in content
    assert len(wallet(acme_admin, page(invited))) == 1


def test_days_at_the_ends_of_the_calendar_are_shown(
    acme: Tenant, acme_admin: Browser, ada: Membership
) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    micro_credential(acme, ada.user, issued_at=first, expires_at=first)
    micro_credential(acme, ada.user, issued_at=first, expires_at=last)

    assert [row[4:6] for row in wallet(acme_admin, page(ada))] == [
        ["0001-01-01", "9999-12-31"],
        ["0001-01-01", "0001-01-01"],
    ]


def test_a_page_costs_the_same_however_much_is_held(
    acme: Tenant, root: Browser, acme_admin: Browser, ada: Membership
) -> None:
    hold_one_each(acme, ada.user)
    paths = [(acme_admin, page(ada)), (root, page(ada)), (root, page(ada.user))]
    few = [cost(browser, path) for browser, path in paths]

    for number in range(2, 14):
        hold_one_each(acme, ada.user, number)
        diploma(acme, ada.user)

    assert [cost(browser, path) for browser, path in paths] == few
    assert len(wallet(acme_admin, page(ada))) == 50
    assert max(few) < 20


def test_who_may_not_see_people_sees_no_wallet(acme: Tenant, ada: Membership) -> None:
    issuer = staff(make_member(acme, "ivy", Role.ISSUER))

    assert issuer.get(page(ada)).status_code in {302, 403}
