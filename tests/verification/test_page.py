"""GET /c/{uuid}: what is on the page."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from credentials.models import MicroCredential, Program, UserCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.conftest import Caller
from tests.factories import micro_credential
from tests.verification.conftest import Read, choose, make_award, revoke
from tests.verification.document import Document
from users.models import User

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture(autouse=True)
def address(settings: Any) -> str:
    settings.PUBLIC_URL = "https://credentials.example.org"
    return "https://credentials.example.org/c"


def test_page_shows_an_award(read: Read, award: UserCredential) -> None:
    page = read(award)

    assert page.title == "Metal Welding: Foundations · Valid"
    assert page.heading == "Metal Welding: Foundations"
    assert page.texts("p", **{"class": "kind"}) == ["Course certificate, verified"]
    assert page.texts("p", **{"class": "holder"}) == ["Awarded to Ada Lovelace"]
    assert page.status == "Valid Without an end date"
    assert page.facts == {
        "Issued by": "Acme",
        "Issued": "3 February 2026",
        "Credential ID": str(award.uuid),
    }
    assert page.texts("p", **{"class": "note"}) == []


def test_page_of_a_program_names_it_as_such(read: Read, acme: Tenant, ada: User) -> None:
    program = Program.objects.create(tenant=acme, program_id=1, title="Metalwork", is_active=False)

    page = read(make_award(acme, ada, program))

    assert (page.heading, page.texts("p", **{"class": "kind"})) == (
        "Metalwork",
        ["Program certificate"],
    )


def test_page_shows_a_micro_credential_and_says_that_the_tenant_did_not_issue_it(
    read: Read, record: MicroCredential
) -> None:
    page = read(record)

    assert page.title == "Welding, basic level · Valid"
    assert page.texts("p", **{"class": "holder"}) == ["Recorded by Ada Lovelace"]
    assert page.status == "Valid Until 1 March 2027"
    assert page.texts("p", **{"class": "note"}) == [
        "Recorded by the holder. Acme keeps this record, but neither issued nor checked it."
    ]
    assert page.facts == {
        "Kept by": "Acme",
        "Issued": "1 March 2024",
        "Valid until": "1 March 2027",
        "Credential ID": str(record.uuid),
    }


def test_dates_are_there_for_machines_as_well(read: Read, record: MicroCredential) -> None:
    instants = [time["datetime"] for time in read(record).attributes("time")]

    assert instants == ["2024-03-01T09:00:00+00:00", "2027-03-01T09:00:00+00:00"]


def test_a_reason_is_shown_only_where_the_tenant_makes_reasons_public(
    read: Read, anonymous: Caller, acme: Tenant, award: UserCredential
) -> None:
    revoke(award, "Copied from a neighbour")
    path = f"/c/{award.uuid}"

    for settings in ({}, {"public_reason": False}, {"public_reason": "yes"}):
        choose(acme, **settings)
        assert "Copied" not in anonymous.get(path).text + anonymous.get(f"{path}/data").text
        assert read(award).facts["Revoked"] == "6 May 2026"
    choose(acme, public_reason=True)

    assert read(award).facts["Reason"] == "Copied from a neighbour"
    assert anonymous.get(f"{path}/data").json()["revocation_reason"] == "Copied from a neighbour"


def test_qr_code_is_of_the_page_s_own_address(
    anonymous: Caller, award: UserCredential, address: str
) -> None:
    drawn = segno.make_qr(f"{address}/{award.uuid}", error="m")
    lines = drawn.svg_inline(omitsize=True, border=4, light="#fff", svgclass=None, lineclass=None)

    html = anonymous.get(f"/c/{award.uuid}").text

    assert html.count(lines) == 1


def test_page_links_to_its_data_and_to_itself(
    read: Read, award: UserCredential, address: str
) -> None:
    page = read(award)

    assert page.links["Data (JSON)"] == f"{address}/{award.uuid}/data"
    assert page.links[f"{address}/{award.uuid}"] == f"{address}/{award.uuid}"
    assert {"rel": "canonical", "href": f"{address}/{award.uuid}"} in page.attributes("link")


def linkedin(page: Document) -> dict[str, str]:
    link = urlsplit(page.links["Add to LinkedIn profile"])
    assert (link.scheme, link.netloc, link.path) == ("https", "www.linkedin.com", "/profile/add")
    return {name: values[0] for name, values in parse_qs(link.query).items()}


def test_linkedin_s_form_is_filled_in(read: Read, award: UserCredential, address: str) -> None:
    assert linkedin(read(award)) == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Metal Welding: Foundations",
        "organizationName": "Acme",
        "issueYear": "2026",
        "issueMonth": "2",
        "certUrl": f"{address}/{award.uuid}",
        "certId": str(award.uuid),
    }


def test_linkedin_is_not_told_that_the_tenant_issued_what_a_holder_recorded(
    read: Read, record: MicroCredential
) -> None:
    form = linkedin(read(record))

    assert "organizationName" not in form
    assert (form["expirationYear"], form["expirationMonth"]) == ("2027", "3")


def test_linkedin_is_not_offered_what_is_revoked(read: Read, award: UserCredential) -> None:
    revoke(award)

    assert "Add to LinkedIn profile" not in read(award).links


def test_page_links_to_the_credential_s_website_if_it_is_one(
    read: Read, acme: Tenant, ada: User
) -> None:
    label = "The credential\N{RIGHT SINGLE QUOTATION MARK}s website"
    web = [
        micro_credential(acme, ada, website_url=f"{s}://a.example/?a=1&b=2")
        for s in ("https", "HTTP")
    ]
    others = [
        micro_credential(acme, ada, website_url=url)
        for url in ("", "javascript:alert(1)", "data:text/html,x", "//a.example", "ftp://a.example")
    ]

    assert [read(row).links[label] for row in web] == [row.website_url for row in web]
    assert [row.website_url for row in others if label in read(row).links] == []


def test_page_is_described_for_link_previews_and_kept_from_search_engines(
    read: Read, award: UserCredential, address: str
) -> None:
    metas = read(award).metas

    assert metas["robots"] == "noindex"
    assert metas["og:title"] == "Metal Welding: Foundations · Valid"
    assert metas["og:url"] == f"{address}/{award.uuid}"
    assert metas["og:description"] == (
        "Course certificate, verified. Issued by Acme. Valid without an end date."
    )
    assert [name for name in metas if "image" in name] == []


def test_page_is_html_of_one_main_part_and_one_heading_in_a_named_language(
    read: Read, award: UserCredential
) -> None:
    page = read(award)

    assert page.attributes("html") == [{"lang": "en"}]
    assert len(page.texts("main")) == len(page.texts("h1")) == 1
    assert page.attributes("script") == []
    assert [attrs for _, attrs, _ in page.elements if "style" in attrs or "onclick" in attrs] == []
    # Each picture is told in words, or passed over.
    assert [attrs.get("aria-label") for attrs in page.attributes("div") if attrs.get("role")] == [
        "QR code of this page's address"
    ]
    assert page.attributes("svg")[0]["aria-hidden"] == "true"


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title></style><b>bold</b> & 'quoted' {{ shown.uuid }} {% now 'Y' %}",
        "مبادئ السلامة المهنية (ISO 45001) 🦺",
        "👩‍🚒" * 300,
        "Donaudampfschifffahrtsgesellschaft" * 29,
        "x" * 1000,
    ],
)
def test_any_title_is_shown_as_text(read: Read, acme: Tenant, ada: User, title: str) -> None:
    page = read(micro_credential(acme, ada, title=title))

    assert page.heading == title
    assert page.title == f"{title} · Valid"
    assert page.metas["og:title"] == f"{title} · Valid"
    assert linkedin(page)["name"] == title[:255]
    assert page.attributes("h1")[0]["dir"] == "auto"
    assert page.attributes("img") == page.attributes("script") == page.attributes("b") == []


def test_names_of_people_organizations_and_reasons_are_text_too(
    read: Read, acme: Tenant, ada: User, award: UserCredential
) -> None:
    ada.first_name, acme.name = "<i>Ada</i>", "<b>Acme</b> & Sons"
    ada.save(update_fields=["first_name"])
    acme.settings = {"public_reason": True}
    acme.save(update_fields=["name", "settings"])
    revoke(award, "<u>fraud</u>")

    page = read(award)

    assert page.texts("bdi") == ["<i>Ada</i> Lovelace"]
    assert (page.facts["Issued by"], page.facts["Reason"]) == ("<b>Acme</b> & Sons", "<u>fraud</u>")
    assert not {"i", "b", "u"} & {tag for tag, _, _ in page.elements}


def test_no_title_turns_what_it_says_around(read: Read, acme: Tenant, ada: User) -> None:
    page = read(micro_credential(acme, ada, title="Not \u202edetaler\u202c to \u202dthis"))

    assert page.heading == "Not detaler\u202c to this"
    assert page.title == "Not detaler\u202c to this · Valid"


@pytest.mark.parametrize(("length", "expected"), [(90, ""), (91, "long"), (301, "longest")])
def test_long_titles_are_set_smaller(
    read: Read, acme: Tenant, ada: User, length: int, expected: str
) -> None:
    page = read(micro_credential(acme, ada, title="x" * length))

    assert page.attributes("h1")[0].get("class", "") == expected


@pytest.mark.parametrize(
    "instant",
    [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)],
)
def test_dates_at_the_ends_of_the_calendar_are_shown(
    read: Read, anonymous: Caller, acme: Tenant, ada: User, instant: datetime
) -> None:
    row = micro_credential(acme, ada, issued_at=instant, expires_at=instant)

    assert read(row).facts["Issued"] in {"1 January 0001", "31 December 9999"}
    assert anonymous.get(f"/c/{row.uuid}/data").status_code == 200


def test_a_suspended_tenant_s_pages_stay_open(
    read: Read, acme: Tenant, award: UserCredential
) -> None:
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    assert read(award).facts["Issued by"] == "Acme"


def test_everyone_with_the_link_sees_the_same(
    request: pytest.FixtureRequest, award: UserCredential, anonymous: Caller
) -> None:
    expected = anonymous.get(f"/c/{award.uuid}").content

    for name in ("member", "issuer", "owner", "outsider", "superuser"):
        caller: Caller = request.getfixturevalue(name)
        assert caller.get(f"/c/{award.uuid}").content == expected
    assert Caller("Bearer nonsense").get(f"/c/{award.uuid}").content == expected
    for spelling in (f"/c/{award.uuid}/", f"/c/{str(award.uuid).upper()}"):
        assert anonymous.get(spelling).content == expected
