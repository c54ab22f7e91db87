"""Rows that issue: what they need, what they make, and what they leave as it is."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from credentials.core import lifecycle
from credentials.models import Assertion, CredentialDefinition
from credentials.organization_credentials.assertions import Wanted, valid_until
from credentials.organization_credentials.import_rows import AssertionRows
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.clock import Clock, clock
from tests.commands.conftest import answer, call
from tests.conftest import make_member
from tests.costs import counted
from tests.factories import assertion, definition
from tests.importing.commands import counts, faults
from tests.importing.conftest import workbook, write

__all__ = ["clock"]

EXAMPLE = Path(__file__).parents[2] / "docs" / "imports-assertions-example.csv"
NAME = "import_assertions"
WELDER = "0193a4c0-7d1e-7c3a-9f52-6b1f0e8d2a47"
SMITH = "0193a4c0-7d1e-7c3a-9f52-6b1f0e8d2a48"
HEADER = "credential,recipient,issued_on,expires_at,narrative,evidence_url\n"
YEAR = timedelta(days=365)
BAD_ROWS = (
    f"{HEADER}"
    f"{WELDER},fine,2024-06-30,,,\n"
    ",,30.6.2024,never,,ftp://school.example\n"
    "welder,name,,,,\n"
    f"{WELDER},{'x' * 256},,,,\n"
    f"{WELDER},day,2024-02-30,,,\n"
    f"{WELDER},future,2199-01-01,,,\n"
    f"{WELDER},no offset,2024-01-31T09:30:00,2099-01-31,,\n"
    f"{WELDER},past,,2020-01-31T00:00:00Z,,\n"
    f"{SMITH},long ago,2020-01-31,,,\n"
    "0193a4c0-7d1e-7c3a-9f52-6b1f0e8d2a40,unknown,,,,\n"
    f"{WELDER},FINE,,,,\n"
    f"{WELDER},short\n"
)

File = Callable[[str], str]


@pytest.fixture
def welder(acme: Tenant) -> CredentialDefinition:
    return definition(acme, uuid=uuid.UUID(WELDER))


@pytest.fixture
def smith(acme: Tenant) -> CredentialDefinition:
    """Each is valid for a year."""
    return definition(acme, uuid=uuid.UUID(SMITH), valid_for_amount=1, valid_for_duration="years")


def table(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_rows_become_assertions_with_one_event_each(
    acme: Tenant, welder: CredentialDefinition, file: File
) -> None:
    ada = make_member(acme, "ada").user
    path = file(
        table(
            f'{WELDER},Ada@acme.example,2024-06-30,2099-01-01T00:00:00+02:00,"Said ""yes"", twice"'
            ",https://school.example/a?b=c",
            f"{WELDER},=1+1,,,,",
        )
    )
    before = timezone.now()

    told = answer(NAME, path, "--tenant=acme")

    said = {"tenant": "acme", "dry_run": False, "applied": True, "errors": [], "notes": []}
    assert told == said | {"rows": 2, "issued": 2, "unchanged": 0, "refused": 0}
    held, waiting = Assertion.objects.order_by("-identity")
    assert (held.definition_id, held.holder_id) == (welder.pk, ada.pk)
    assert held.identity == "Ada@acme.example"
    assert held.awarded_at == datetime(2024, 6, 30, tzinfo=UTC)
    assert held.expires_at == datetime(2098, 12, 31, 22, tzinfo=UTC)
    assert (held.narrative, held.evidence_url) == (
        'Said "yes", twice',
        "https://school.example/a?b=c",
    )
    assert (waiting.holder_id, waiting.identity, waiting.expires_at) == (None, "=1+1", None)
    assert before <= waiting.awarded_at <= timezone.now()
    events = Event.objects.filter(object_kind="assertion")
    assert set(events.values_list("action", "object_id", "actor_kind")) == {
        ("awarded", held.pk, "operator"),
        ("awarded", waiting.pk, "operator"),
    }
    assert len(events) == 2


def test_validity_counts_from_the_issue(
    acme: Tenant, smith: CredentialDefinition, file: File, clock: Clock
) -> None:
    day = (timezone.now() - timedelta(days=200)).date()

    answer(NAME, file(f"credential,recipient,issued_on\n{SMITH},ada,{day}\n"), "--tenant=acme")

    row = Assertion.objects.get()
    assert row.awarded_at.date() == day
    assert row.expires_at == valid_until(row.awarded_at, 1, "years")


def test_what_is_held_stays_as_it_is_by_whatever_name(
    acme: Tenant, welder: CredentialDefinition, file: File, tmp_path: Path
) -> None:
    make_member(acme, "ada")
    held = assertion("ada", welder, narrative="First")
    of_rows = Event.objects.exclude(action="imported")
    events = of_rows.count()
    report = tmp_path / "report.csv"
    path = file(table(f"{WELDER},ADA@acme.example,2024-06-30,,Second,", f"{WELDER},ADA,,,,"))

    told = answer(NAME, path, "--tenant=acme", f"--report={report}")

    assert counts(told) == {"unchanged": 2}
    assert Assertion.objects.get().narrative == "First"
    assert of_rows.count() == events
    assert report.read_text().splitlines()[1:] == [
        f"2,unchanged,,,,{held.uuid}",
        f"3,unchanged,,,,{held.uuid}",
    ]


def test_two_names_of_one_person_in_a_file_are_issued_to_once(
    acme: Tenant, welder: CredentialDefinition, file: File
) -> None:
    make_member(acme, "ada")
    path = file(table(f"{WELDER},ada,,,,", f"{WELDER},ada@acme.example,,,,"))

    assert counts(answer(NAME, path, "--tenant=acme")) == {"issued": 1, "unchanged": 1}
    assert counts(answer(NAME, path, "--tenant=acme")) == {"unchanged": 2}
    assert Assertion.objects.count() == 1


def test_what_is_held_no_longer_is_issued_anew(
    acme: Tenant,
    welder: CredentialDefinition,
    smith: CredentialDefinition,
    file: File,
    clock: Clock,
) -> None:
    revoked, expired = assertion("ada", welder), assertion("ada", smith)
    lifecycle.move(revoked, lifecycle.REVOKED, by=OPERATOR, reason="Mistake")
    clock.move(2 * YEAR)
    path = file(f"credential,recipient\n{WELDER},ada\n{SMITH},ada\n")

    told = answer(NAME, path, "--tenant=acme")

    assert counts(told) == {"issued": 2}
    assert Assertion.objects.count() == 4
    expired.refresh_from_db()
    assert expired.lapsed_at == timezone.now()


def test_one_bad_row_and_nothing_is_issued(
    acme: Tenant, welder: CredentialDefinition, smith: CredentialDefinition, file: File
) -> None:
    found = faults(NAME, file(BAD_ROWS))

    assert found == [
        (3, "credential", "required"),
        (3, "recipient", "required"),
        (3, "issued_on", "invalid"),
        (3, "expires_at", "invalid"),
        (3, "evidence_url", "invalid_url"),
        (4, "credential", "invalid"),
        (5, "recipient", "max_length"),
        (6, "issued_on", "out_of_range"),
        (7, "issued_on", "in_future"),
        (8, "issued_on", "invalid"),
        (8, "expires_at", "invalid"),
        (9, "expires_at", "expired"),
        (10, "issued_on", "expired"),
        (11, "credential", "unknown_definition"),
        (12, "", "repeated"),
        (13, "", "cells"),
    ]
    assert not Assertion.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"revoked": True}, "not_issuable"),
        ({"issued_on": timezone.now() + YEAR}, "not_issuable"),
        ({"expires_at": timezone.now() - YEAR}, "not_issuable"),
        ({"deleted_at": timezone.now()}, "unknown_definition"),
    ],
    ids=["withdrawn", "too early", "too late", "deleted"],
)
def test_a_definition_that_issues_nothing_now_is_a_fault_of_the_row(
    acme: Tenant, file: File, state: dict[str, Any], code: str
) -> None:
    definition(acme, uuid=uuid.UUID(WELDER), **state)

    path = file(f"recipient,credential,issued_on\nada,{WELDER},2024-06-30\n")

    assert faults(NAME, path) == [(2, "credential", code)]
    assert not Assertion.objects.exists()


def test_a_definition_of_another_tenant_is_unknown(
    acme: Tenant, globex: Tenant, file: File
) -> None:
    definition(globex, uuid=uuid.UUID(WELDER))

    path = file(f"recipient,credential\nada,{WELDER}\n")

    assert faults(NAME, path) == [(2, "credential", "unknown_definition")]
    assert not Assertion.objects.exists()


def test_a_definition_withdrawn_meanwhile_refuses_its_rows_alone(
    acme: Tenant, welder: CredentialDefinition, smith: CredentialDefinition
) -> None:
    rows = AssertionRows()
    items = [rows.parse({"credential": each, "recipient": "ada"}) for each in (WELDER, SMITH)]
    CredentialDefinition.objects.filter(pk=welder.pk).update(revoked=True)

    with walls.tenant_work(acme.pk):
        withdrawn, made = rows.apply(acme.pk, items, by=OPERATOR)

    assert (withdrawn.outcome, withdrawn.uuid) == ("refused", "")
    assert [(fault.column, fault.code) for fault in withdrawn.faults] == [
        ("credential", "not_issuable")
    ]
    assert (made.outcome, made.uuid) == ("issued", str(Assertion.objects.get().uuid))


def test_days_and_texts_of_a_workbook_are_read(
    acme: Tenant, welder: CredentialDefinition, tmp_path: Path
) -> None:
    content = workbook(
        ["Recipient", "Credential", "Issued_on", "narrative"],
        ["ada", WELDER.upper(), date(2024, 6, 30), None],
        ["bo", WELDER, "2024-06-30T12:00:00Z", "two\nlines"],
    )
    path = write(tmp_path / "assertions.xlsx", content)

    told = answer(NAME, str(path), "--tenant=acme")

    assert counts(told) == {"issued": 2}
    assert list(Assertion.objects.order_by("identity").values_list("awarded_at", "narrative")) == [
        (datetime(2024, 6, 30, tzinfo=UTC), ""),
        (datetime(2024, 6, 30, 12, tzinfo=UTC), "two\nlines"),
    ]


def test_a_dry_run_says_what_would_be_and_keeps_nothing(
    acme: Tenant, welder: CredentialDefinition, file: File
) -> None:
    assertion("bo", welder)
    before = (Assertion.objects.count(), Event.objects.count())
    path = file(f"credential,recipient\n{WELDER},ada\n{WELDER},bo\n")

    said = call(NAME, path, "--tenant=acme", "--dry-run")

    assert said == "2 rows, nothing was kept. They would be: 1 issued, 1 unchanged.\n"
    assert (Assertion.objects.count(), Event.objects.count()) == before


def test_a_thousand_rows_cost_as_many_statements_as_two(
    acme: Tenant, welder: CredentialDefinition, smith: CredentialDefinition
) -> None:
    rows = AssertionRows()

    def spent(of: CredentialDefinition, count: int) -> tuple[int, int]:
        items = [Wanted(of.uuid, f"person{number}") for number in range(count)]
        with counted() as cost, walls.tenant_work(acme.pk):
            assert rows.check(acme.pk, items) == [[]] * count
            results = rows.apply(acme.pk, items, by=OPERATOR)
        assert {result.outcome for result in results} == {"issued"}
        return cost.statements, cost.round_trips

    assert spent(welder, 1000) == spent(smith, 2)


def test_the_example_of_the_documentation_is_imported(
    acme: Tenant, welder: CredentialDefinition
) -> None:
    told = answer(NAME, str(EXAMPLE), "--tenant=acme")

    assert counts(told) == {"issued": 3}
