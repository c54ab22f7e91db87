"""Rows and files that record nothing, and what is said of them."""

from datetime import date

import pytest

from credentials.certifications.import_rows import CertificationRows
from credentials.models import Certification, CertificationType
from tenants import walls
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from tests.commands.certification_files import (
    HEADER,
    NAME,
    NEEDED,
    PAIR,
    File,
    ada,
    events,
    first_aid,
    table,
)
from tests.conftest import make_member
from tests.factories import certification, certification_type
from tests.importing.commands import faults, refused

__all__ = ["ada", "first_aid"]

BAD_ROWS = (
    f"{HEADER}\n"
    "ada,first-aid,hr,1,,2024-02-29,2026-02-28,Red Cross,RC-1\n"
    ",,,,,,,,\n"
    ",first-aid,,,,,,,\n"
    "ada,,hr,,,,,,\n"
    "ada,,,2,,,,,\n"
    "ada,,hr,3,,2023-02-29,23-12-25,,\n"
    "ada,,hr,4,,2023-12-25T00:00:00Z,25.12.2023,,\n"
    "ada,,hr,5,,2024-02-01,2024-01-31,,\n"
    "nobody,welding,hr,6,,,,,\n"
    "outsider,first-aid,hr,7,,,,,\n"
    "ada,retired,hr,8,,,,,\n"
    "ada,theirs,hr,9,,,,,\n"
    "ada,,hr,10,Import,,,,\n"
    f"{'x' * 256},{'x' * 101},{'x' * 256},{'x' * 256},,,,{'x' * 256},{'x' * 256}\n"
    "ada,,hr,1,,,,,\n"
    "ADA@acme.example,,hr,1,,,,,\n"
    "E7,,hr,1,,,,,\n"
    "ada,,hr,11,,,, ,\n"
    "ada,,hr,12\n"
)


def test_one_bad_row_and_nothing_is_recorded(
    acme: Tenant, globex: Tenant, ada: Membership, first_aid: CertificationType, file: File
) -> None:
    make_member(globex, "outsider")
    certification_type(globex, slug="theirs")
    certification_type(acme, slug="retired", status="archived")

    found = faults(NAME, file(BAD_ROWS))

    assert found == [
        (4, "member", "required"),
        (4, "external_source", "required"),
        (4, "external_id", "required"),
        (5, "external_id", "required"),
        (6, "external_source", "required"),
        (7, "issued_on", "out_of_range"),
        (7, "expires_on", "invalid"),
        (8, "issued_on", "invalid"),
        (8, "expires_on", "invalid"),
        (9, "expires_on", "before_issued_on"),
        (10, "member", "unknown_member"),
        (10, "type", "unknown_type"),
        (11, "member", "unknown_member"),
        (12, "type", "unknown_type"),
        (13, "type", "unknown_type"),
        (14, "source", "invalid_choice"),
        (15, "member", "max_length"),
        (15, "type", "max_length"),
        (15, "external_source", "max_length"),
        (15, "external_id", "max_length"),
        (15, "issuer_name", "max_length"),
        (15, "serial_number", "max_length"),
        (16, "", "repeated"),
        (17, "", "repeated"),
        (18, "", "repeated"),
        (19, "issuer_name", "blank"),
        (20, "", "cells"),
    ]
    assert not Certification.objects.exists()
    assert events() == []


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            "ada,,hr,1,web,,,,",
            "Row 2, source: Write one of these: manual, import, api, self-reported."
            " (invalid_choice)",
        ),
        ("ada,,hr,1,,2023-02-29,,,", "Row 2, issued_on: There is no such day. (out_of_range)"),
        (
            "ada,,hr,1,,,23-12-25,,",
            "Row 2, expires_on: Write a day as YYYY-MM-DD, like 2026-01-31. (invalid)",
        ),
        (
            "ada,retired,hr,1,,,,,",
            "Row 2, type: There is no such active certification type. (unknown_type)",
        ),
    ],
)
def test_a_fault_says_where_it_is_and_what_would_be_right(
    acme: Tenant, ada: Membership, file: File, row: str, line: str
) -> None:
    certification_type(acme, slug="retired", status="archived")

    printed, error = refused(NAME, file(table(row)), "--tenant=acme")

    assert printed == f"{line}\n"
    assert str(error) == "1 of 1 rows are bad; nothing was applied."


@pytest.mark.parametrize("column", NEEDED.split(","))
def test_without_a_column_that_tells_records_apart_the_file_is_refused(
    acme: Tenant, ada: Membership, file: File, column: str
) -> None:
    others = [each for each in NEEDED.split(",") if each != column]

    _, error = refused(NAME, file(table("ada,1", header=",".join(others))), "--tenant=acme")

    assert str(error).startswith(f"Missing in the header: {column}.")


def test_a_text_with_nul_is_refused(acme: Tenant, ada: Membership, file: File) -> None:
    _, error = refused(NAME, file(table("ada,hr,1\0", header=NEEDED)), "--tenant=acme")

    assert str(error).startswith("Line 2, byte 44 of the file is NUL")
    assert not Certification.objects.exists()


def test_a_second_row_for_a_record_is_found_however_far_away(
    acme: Tenant, ada: Membership, file: File
) -> None:
    rows = (f"ada,hr,{number}" for number in range(1_500))
    path = file(table(*rows, "ADA@acme.example,hr,0", header=NEEDED))

    assert faults(NAME, path) == [(1_502, "", "repeated")]
    assert not Certification.objects.exists()


def test_a_last_day_before_the_first_that_is_stored_is_a_fault(
    acme: Tenant, ada: Membership, file: File
) -> None:
    row = certification(acme, ada.user, issued_on=date(2026, 2, 1), **PAIR)
    path = file(table("ada,hr,1,2026-01-31", header=f"{NEEDED},expires_on"))

    assert faults(NAME, path) == [(2, "expires_on", "before_issued_on")]
    row.refresh_from_db()
    assert row.expires_on is None


def test_a_type_archived_meanwhile_refuses_its_rows_alone(
    acme: Tenant, ada: Membership, first_aid: CertificationType
) -> None:
    rows = CertificationRows()
    cells = {"member": "ada", "external_source": "hr"}
    items = [
        rows.parse(cells | {"external_id": "1", "type": "first-aid"}),
        rows.parse(cells | {"external_id": "2"}),
    ]
    with walls.tenant_work(acme.pk):
        assert rows.check(acme.pk, items) == [[], []]
    CertificationType.objects.filter(pk=first_aid.pk).update(status="archived")

    with walls.tenant_work(acme.pk):
        archived, made = rows.apply(acme.pk, items, by=OPERATOR)

    assert (archived.outcome, archived.uuid) == ("refused", "")
    assert [(fault.column, fault.code) for fault in archived.faults] == [("type", "unknown_type")]
    assert (made.outcome, made.uuid) == ("created", str(Certification.objects.get().uuid))
