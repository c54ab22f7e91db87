"""The list of definitions: found, filtered, with how many assertions there are of each."""

from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.models import Assertion, CredentialDefinition
from tenants.models import Tenant
from tests.admin.catalogue_pages import DEFINITIONS
from tests.admin.conftest import Browser
from tests.factories import assertion, definition, issuer_profile


@pytest.fixture
def several(acme: Tenant) -> dict[str, CredentialDefinition]:
    school, guild = issuer_profile(acme), issuer_profile(acme, name="Guild")
    return {
        "welder": definition(acme, issuer=school, issuing_signal="COURSE_PASSED"),
        "smith": definition(acme, issuer=guild, name="Smith", revoked=True),
        "turner": definition(
            acme, issuer=school, name="Turner", is_public=False, credential_type="PATHWAY"
        ),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=weld", {"welder"}),
        ("q=nothing", set()),
        ("type=PATHWAY", {"turner"}),
        ("type=path", set()),
        ("type=", {"welder", "smith", "turner"}),
        ("signal=COURSE_PASSED", {"welder"}),
        ("signal=none", {"smith", "turner"}),
        ("is_public__exact=0", {"turner"}),
        ("revoked__exact=1", {"smith"}),
        ("revoked__exact=0&type=CERTIFICATE", {"welder"}),
    ],
)
def test_definitions_are_found_and_filtered(
    acme_admin: Browser, several: dict[str, CredentialDefinition], query: str, found: set[str]
) -> None:
    rows = acme_admin.rows(f"{DEFINITIONS}?{query}")

    assert {row.name.lower() for row in rows} == found


def test_definitions_are_found_by_issuer_and_uuid(
    acme_admin: Browser, several: dict[str, CredentialDefinition]
) -> None:
    smith = several["smith"]

    assert acme_admin.rows(f"{DEFINITIONS}?issuer={smith.issuer_id}") == [smith]
    assert acme_admin.rows(f"{DEFINITIONS}?q={smith.uuid}") == [smith]


def test_the_list_tells_how_many_are_valid_and_how_many_there_are(
    acme: Tenant, acme_admin: Browser, globex: Tenant, several: dict[str, CredentialDefinition]
) -> None:
    welder = several["welder"]
    for name in ("ada", "newton", "euler", "gauss"):
        assertion(name, welder)
    assertion("ada", several["turner"])
    assertion("gus", definition(globex))
    past = datetime(2020, 1, 1, tzinfo=UTC)
    of_welder = Assertion.objects.filter(definition=welder)
    of_welder.filter(identity="newton").update(awarded_at=past, expires_at=past.replace(year=2021))
    of_welder.filter(identity="euler").update(status="revoked", revoked_at=past)
    assertion("newton", welder)  # what has expired lapses

    counts: Any = {row.name: (row.live, row.every) for row in acme_admin.rows(DEFINITIONS)}

    assert counts == {"Welder": (3, 5), "Smith": (0, 0), "Turner": (1, 1)}


def test_a_filter_by_type_suggests_and_keeps_the_others(
    acme_admin: Browser, several: dict[str, CredentialDefinition]
) -> None:
    shown = acme_admin.get(f"{DEFINITIONS}?type=%22PATHWAY&signal=none").content.decode()

    assert 'value="&quot;PATHWAY"' in shown
    assert '<datalist id="type-known">' in shown
    assert '<option value="MICRO_CREDENTIAL">' in shown
    assert '<input type="hidden" name="signal" value="none">' in shown


def test_a_list_reads_no_templates(acme_admin: Browser, acme: Tenant) -> None:
    """A page of them could be megabytes."""
    definition(acme, html_template="x" * 1000)

    (row,) = acme_admin.rows(DEFINITIONS)

    assert {"html_template", "css_template", "description"} <= row.get_deferred_fields()
