"""The list of records: found, filtered, counted as far as needed, and exported as filtered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from credentials.certifications import changing
from credentials.certifications.admin_pages.record_lists import holds
from credentials.certifications.validity import Validity, validity
from credentials.models import Certification
from tenants import admin_paging
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.admin.certification_pages import RECORDS
from tests.admin.conftest import Browser, exported
from tests.conftest import make_member
from tests.factories import certification, certification_type
from users.models import User

DAY = timedelta(days=1)


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def rows(acme: Tenant, ada: Membership) -> dict[str, Certification]:
    """One of each validity, of two members."""
    User.objects.filter(pk=ada.person_id).update(first_name="Ada", last_name="Lovelace")
    eve, aid = make_member(acme, "eve").user, certification_type(acme)
    standard = certification_type(None, slug="welding", title="Welding")
    valid = {"issued_on": today(), "expires_on": today(), "serial_number": "RC-17"}
    made = {
        "valid": certification(acme, ada.user, type=aid.uuid, **valid),
        "coming": certification(acme, eve, type=standard.uuid, issued_on=today() + DAY),
        "over": certification(
            acme, eve, expires_on=today() - DAY, issuer_name="Red Cross", external_id="=17"
        ),
        "open": certification(acme, eve, source="import"),
    }
    changing.archive(made["open"], by=OPERATOR)
    changed = Certification.objects.filter(pk=made["coming"].pk)
    changed.update(verification_status="verified", last_verified_at=datetime.now(UTC))
    return made


def found(browser: Browser, rows: dict[str, Certification], query: str) -> list[str]:
    names = {row.pk: name for name, row in rows.items()}
    return sorted(names.get(row.pk, "?") for row in browser.rows(f"{RECORDS}?{query}"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=ADA", ["valid"]),
        ("q=lovelace", ["valid"]),
        ("q=ada@acme.example", ["valid"]),
        ("q=rc-17", ["valid"]),
        ("q=rc-1", []),  # numbers are found in full
        ("q=eve+red", ["over"]),
        ("q=cross", ["over"]),
        ("q=%3D17", ["over"]),
        ("q=nobody", []),
        ("validity=valid", ["open", "valid"]),
        ("validity=not_yet_valid", ["coming"]),
        ("validity=expired", ["over"]),
        ("validity=other", ["coming", "open", "over", "valid"]),
        ("verification_status__exact=verified", ["coming"]),
        ("lifecycle_status__exact=archived", ["open"]),
        ("source__exact=import", ["open"]),
        ("validity=expired&q=ada", []),
    ],
)
def test_records_are_found_and_filtered(
    acme_issuer: Browser, rows: dict[str, Certification], query: str, names: list[str]
) -> None:
    assert found(acme_issuer, rows, query) == names


@pytest.mark.parametrize("who", ["acme_issuer", "root"])
def test_records_are_found_by_uuid_and_type(
    request: Any, globex: Tenant, rows: dict[str, Certification], who: str
) -> None:
    browser = request.getfixturevalue(who)
    certification(globex, make_member(globex, "gus").user)

    assert found(browser, rows, f"q={rows['over'].uuid}") == ["over"]
    own, standard = (rows[name].certification_type_id for name in ("valid", "coming"))
    assert found(browser, rows, f"certification_type={own}") == ["valid"]
    assert found(browser, rows, f"certification_type={standard}") == ["coming"]
    assert browser.get(f"{RECORDS}?certification_type=x").status_code == 302


def test_staff_lists_own_rows_only(acme_issuer: Browser, root: Browser, globex: Tenant) -> None:
    foreign = certification(globex, make_member(globex, "gus").user)

    assert acme_issuer.rows(RECORDS) == []
    assert acme_issuer.rows(f"{RECORDS}?q=gus") == []
    assert root.rows(f"{RECORDS}?tenant=globex") == [foreign]


def test_of_whom_was_invited_no_account_is_found_or_told(
    acme_issuer: Browser, ada: Membership, rows: dict[str, Certification]
) -> None:
    Membership.objects.filter(pk=ada.pk).update(
        status="pending", email="asked@acme.example", is_primary=False
    )

    assert found(acme_issuer, rows, "q=lovelace") == []
    assert found(acme_issuer, rows, "q=asked") == ["valid"]
    shown = acme_issuer.get(RECORDS).content.decode()
    assert "asked@acme.example" in shown
    assert "Lovelace" not in shown


def test_the_list_says_how_each_stands(
    acme_issuer: Browser, rows: dict[str, Certification]
) -> None:
    shown = acme_issuer.get(RECORDS).content.decode()

    for cell in (
        '<td class="field-stands">Valid</td>',
        '<td class="field-stands">Not yet valid</td>',
        '<td class="field-stands">Expired</td>',
        '<td class="field-verification">Verified</td>',
        '<td class="field-lifecycle">Archived</td>',
    ):
        assert cell in shown


def test_the_filter_holds_the_same_as_the_one_definition(acme: Tenant, ada: Membership) -> None:
    days = [None, today() - DAY, today(), today() + DAY]
    for issued in days:
        for expires in days:
            if not (issued and expires and expires < issued):
                certification(acme, ada.user, issued_on=issued, expires_on=expires)

    for word in Validity:
        held = set(Certification.objects.filter(holds(word, today())))
        every = Certification.objects.all()
        assert held == {
            row for row in every if validity(row.issued_on, row.expires_on, today()) is word
        }
        assert held


def test_a_list_without_end_is_counted_so_far(
    acme_issuer: Browser, rows: dict[str, Certification], monkeypatch: Any
) -> None:
    monkeypatch.setattr(admin_paging, "COUNTED", 3)

    shown = acme_issuer.get(RECORDS).content.decode()

    assert "3+ certifications" in shown
    assert "1 certification" in acme_issuer.get(f"{RECORDS}?validity=expired").content.decode()
    assert str(admin_paging.AtLeast(10_000)) == "10,000+"


def test_what_is_filtered_is_exported_with_formulas_escaped(
    acme: Tenant, acme_issuer: Browser, rows: dict[str, Certification]
) -> None:
    (row,) = exported(acme_issuer, RECORDS, "?validity=expired")

    over = rows["over"]
    assert row == {
        "id": str(over.uuid),
        "member": "eve",
        "email": "eve@acme.example",
        "member_external_id": "",
        "type": "",
        "title": "",
        "issuer_name": "Red Cross",
        "serial_number": "",
        "issued_on": "",
        "expires_on": f"{over.expires_on}",
        "validity_status": "expired",
        "verification_status": "unverified",
        "verification_method": "",
        "verification_note": "",
        "last_verified_at": "",
        "lifecycle_status": "active",
        "source": "manual",
        "external_source": "",
        "external_id": "'=17",
        "created_at": f"{over.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    event = Event.objects.get(action="exported")
    assert (event.tenant_id, event.actor_id) == (acme.pk, acme_issuer.user.pk)


def test_all_is_exported_of_one_tenant(
    acme_issuer: Browser, root: Browser, globex: Tenant, rows: dict[str, Certification]
) -> None:
    certification(globex, make_member(globex, "gus").user)

    assert len(exported(acme_issuer, RECORDS)) == 4
    assert {row["member"] for row in exported(root, RECORDS, "?tenant=globex")} == {"gus"}
    assert "Choose one tenant" in root.post(f"{RECORDS}export/", follow=True).content.decode()
