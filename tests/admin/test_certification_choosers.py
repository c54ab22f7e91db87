"""Members and types in the admin, chosen by part of their names."""

from typing import Any

import pytest

from credentials.models import CertificationType
from tenants.models import Membership, Tenant
from tests.admin.certification_pages import RECORDS
from tests.admin.conftest import Browser
from tests.conftest import make_member
from tests.factories import certification_type


@pytest.fixture
def kind(acme: Tenant) -> CertificationType:
    return certification_type(acme)


def suggested(browser: Browser, what: str, **query: Any) -> list[str]:
    answer = browser.get(f"{RECORDS}{what}/", query).json()
    return [each["text"] for each in answer["results"]]


def test_issuers_choose_among_the_members_of_their_tenant(
    acme: Tenant, globex: Tenant, acme_issuer: Browser, root: Browser, ada: Membership
) -> None:
    make_member(globex, "adalbert")

    assert suggested(acme_issuer, "members", term="ada@acme") == ["ada · ada@acme.example"]
    assert suggested(acme_issuer, "members", term="ADA acme.ex") == ["ada · ada@acme.example"]
    found = suggested(root, "members", term="ada")
    assert found == ["ada · ada@acme.example · Acme", "adalbert · adalbert@globex.example · Globex"]


def test_of_whom_was_invited_no_account_is_told(
    acme: Tenant, acme_issuer: Browser, ada: Membership
) -> None:
    Membership.objects.filter(pk=ada.pk).update(
        status="pending", email="asked@acme.example", display_name="Asked", is_primary=False
    )

    assert suggested(acme_issuer, "members", term="ada") == []
    found = ["Asked · asked@acme.example · pending"]
    assert suggested(acme_issuer, "members", term="asked") == found


def test_suggestions_come_in_parts(acme: Tenant, acme_issuer: Browser) -> None:
    for number in range(25):
        certification_type(acme, slug=f"kind-{number}", title=f"Kind {number:02}")

    first = acme_issuer.get(f"{RECORDS}types/", {"term": "kind"}).json()
    last = acme_issuer.get(f"{RECORDS}types/", {"term": "kind", "page": "2"}).json()

    assert (len(first["results"]), first["pagination"]) == (20, {"more": True})
    assert (len(last["results"]), last["pagination"]) == (5, {"more": False})
    assert last["results"][-1]["text"] == "Kind 24"


def test_types_are_ones_own_and_standard_and_say_so(
    acme: Tenant, globex: Tenant, acme_issuer: Browser, root: Browser, kind: CertificationType
) -> None:
    certification_type(None, slug="standard", title="Standby")
    certification_type(acme, slug="old", title="Old", status="archived")
    certification_type(globex)

    found = ["First aid", "Standby · standard", "Old · archived"]
    assert suggested(acme_issuer, "types") == found
    assert suggested(acme_issuer, "types", term="aid fir", page="x") == ["First aid"]
    assert suggested(root, "types", term="aid") == ["First aid · Acme", "First aid · Globex"]
