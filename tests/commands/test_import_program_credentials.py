"""The import as an operator calls it: what it says, what it writes, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.models import Attribute, Program, UserCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.commands.conftest import answer, call
from tests.conftest import make_member
from tests.factories import award, course, program
from tests.importing.commands import counts, faults, refused
from tests.importing.conftest import workbook, write

EXAMPLE = Path(__file__).parents[2] / "docs" / "imports-example.csv"
NAME = "import_program_credentials"
COURSE = "course-v1:Acme+W1+2026,honor"
BAD_ROWS = (
    "username,program_id,course_id,certificate_type,status,reason,whitelist,grade,attributes\n"
    "fine,1,,,awarded,,,,\n"
    ",x,,,Lost,,,,\n"
    "both,1,c,honor,awarded,,,,\n"
    "neither,,,,awarded,,,,\n"
    "unknown,99,,,awarded,,,,\n"
    "inactive,2,,,awarded,,,,\n"
    f"type,,{COURSE[:-5]}honour,awarded,,,,\n"
    "big,99999999999999999999,,,awarded,,,,\n"
    "reason,1,,,awarded,Why?,,,\n"
    "strict,1,,,awarded,,because,0.5,\n"
    f"grade,,{COURSE},awarded,,,1.5,\n"
    f"json,,{COURSE},awarded,,,,{{}}\n"
    f'twice,,{COURSE},awarded,,,0.5,"[{{""namespace"":""Grade"",""name"":""Final Grade"",'
    '""value"":""1""}]"\n'
    "FINE,1,,,awarded,,,,\n"
    "short,1\n"
)
KEYS = ("created", "awarded", "revoked", "changed", "unchanged", "refused")


@pytest.fixture
def catalogue(acme: Tenant) -> None:
    program(acme)
    program(acme, program_id=2, title="Retired", is_active=False)
    course(acme)


def test_rows_become_awards_with_attributes_reasons_and_one_event_each(
    acme: Tenant, catalogue: None, file: Any
) -> None:
    membership = make_member(acme, "Ada")
    path = file(
        "username,program_id,course_id,certificate_type,status,reason,whitelist,grade,attributes\n"
        'ada,1,,,Awarded,,"Said ""yes"", twice",,\n'
        f"=1+1,,{COURSE},revoked,Left early,,0.85,"
        '"[{""namespace"": ""x"", ""name"": ""n"", ""value"": ""v""}]"\n'
    )

    told = answer(NAME, path, "--tenant=acme")

    none = dict.fromkeys(KEYS, 0)
    said = {"tenant": "acme", "dry_run": False, "applied": True, "errors": [], "notes": []}
    assert told == said | none | {"rows": 2, "created": 2}
    awarded = UserCredential.objects.get(username="ada")
    revoked = UserCredential.objects.get(username="=1+1")
    assert (awarded.holder_id, awarded.status) == (membership.user_id, "awarded")
    assert (revoked.holder_id, revoked.status) == (None, "revoked")
    assert revoked.revocation_reason == "Left early"
    notes = Attribute.objects.values_list("user_credential", "namespace", "name", "value")
    assert set(notes) == {
        (awarded.pk, "whitelist", "Whitelist", 'Said "yes", twice'),
        (revoked.pk, "grade", "Final Grade", "0.85"),
        (revoked.pk, "x", "n", "v"),
    }
    events = Event.objects.filter(object_kind="usercredential")
    assert sorted(events.values_list("action", "object_id", "actor_kind")) == [
        ("awarded", awarded.pk, "operator"),
        ("revoked", revoked.pk, "operator"),
    ]


def test_the_same_file_again_changes_nothing_and_another_what_differs(
    acme: Tenant, catalogue: None, file: Any
) -> None:
    path = file("username,program_id,status\nada,1,awarded\nbo,1,awarded\n")
    answer(NAME, path, "--tenant=acme")
    of_rows = Event.objects.exclude(action="imported")
    events = of_rows.count()

    assert counts(answer(NAME, path, "--tenant=acme")) == {"unchanged": 2}
    assert of_rows.count() == events
    path = file("username,program_id,status,whitelist\nADA,1,revoked,\nbo,1,awarded,late\n")
    assert counts(answer(NAME, path, "--tenant=acme")) == {"revoked": 1, "changed": 1}
    assert of_rows.count() == events + 2
    assert UserCredential.objects.count() == 2
    # Each import as a whole, too, and nothing of what was only tried.
    answer(NAME, path, "--tenant=acme", "--dry-run")
    told = Event.objects.filter(action="imported", object_kind="tenant").order_by("id")
    assert [json.loads(event.content.content)["after"]["rows"] for event in told] == [2, 2, 2]


def test_a_workbook_is_read_as_a_csv_file_is(acme: Tenant, catalogue: None, tmp_path: Path) -> None:
    content = workbook(
        ["Username", "Program_ID", "Status", "whitelist"],
        ["ada", 1.0, "awarded", None],
        [None, None],
        ["bo", 1, "revoked", "late"],
        more_sheets=["Notes"],
    )
    path = write(tmp_path / "awards.XLSX", content)

    told = answer(NAME, str(path), "--tenant=acme")

    assert counts(told) == {"created": 2}
    assert told["notes"] == ["The workbook has 2 sheets; only the first, 'Sheet', is read."]


def test_one_bad_row_and_nothing_is_applied(acme: Tenant, catalogue: None, file: Any) -> None:
    found = faults(NAME, file(BAD_ROWS))

    assert found == [
        (3, "username", "required"),
        (3, "program_id", "invalid"),
        (3, "status", "invalid_choice"),
        (4, "program_id", "one_certificate"),
        (5, "program_id", "one_certificate"),
        (6, "program_id", "unknown_certificate"),
        (7, "program_id", "inactive_certificate"),
        (8, "certificate_type", "invalid_choice"),
        (9, "program_id", "invalid"),
        (10, "reason", "not_revoked"),
        (11, "grade", "not_for_programs"),
        (12, "grade", "not_a_grade"),
        (13, "attributes", "invalid"),
        (14, "attributes", "repeated"),
        (15, "", "repeated"),
        (16, "", "cells"),
    ]
    assert not UserCredential.objects.exists()


def test_json_tells_the_first_bad_rows_and_the_exit_code_is_1(
    acme: Tenant, catalogue: None, file: Any
) -> None:
    lines = "".join(f"user{number},1,lost\n" for number in range(80))
    path = file(f"username,program_id,status\nada,1,awarded\n{lines}")

    printed, error = refused(NAME, path, "--tenant=acme", "--json")

    told = json.loads(printed)
    assert (error.returncode, str(error)) == (1, "80 of 81 rows are bad; nothing was applied.")
    assert (told["applied"], told["rows"], told["refused"]) == (False, 81, 80)
    assert len(told["errors"]) == 50
    assert told["errors"][0] == {
        "row": 3,
        "column": "status",
        "code": "invalid_choice",
        "text": told["errors"][0]["text"],
    }


def test_people_are_told_the_first_bad_rows_and_how_many_more_there_are(
    acme: Tenant, catalogue: None, file: Any
) -> None:
    lines = "".join(f"user{number},99,awarded\n" for number in range(60))

    printed, error = refused(NAME, file(f"username,program_id,status\n{lines}"), "--tenant=acme")

    assert printed.splitlines()[0] == (
        "Row 2, program_id: Your organization has no such certificate. (unknown_certificate)"
    )
    assert printed.splitlines()[50:] == ["… and 10 more bad rows; --report FILE tells of all."]
    assert str(error) == "60 of 60 rows are bad; nothing was applied."


def test_a_dry_run_says_what_would_be_and_keeps_nothing(
    acme: Tenant, catalogue: None, file: Any, tmp_path: Path
) -> None:
    award("bo", Program.objects.get(program_id=1))
    before = (UserCredential.objects.count(), Event.objects.count())
    path = file("username,program_id,status\nada,1,awarded\nbo,1,revoked\n")

    told = answer(NAME, path, "--tenant=acme", "--dry-run", f"--report={tmp_path / 'report.csv'}")
    said = call(NAME, path, "--tenant=acme", "--dry-run")

    assert counts(told) == {"created": 1, "revoked": 1}
    assert (told["dry_run"], told["applied"]) == (True, False)
    assert said == (
        "2 rows, nothing was kept. They would be:"
        " 1 created, 0 awarded, 1 revoked, 0 changed, 0 unchanged.\n"
    )
    assert (UserCredential.objects.count(), Event.objects.count()) == before
    assert (tmp_path / "report.csv").read_text().splitlines() == [
        "row,outcome,code,column,text,uuid",
        "2,created,,,,",
        "3,revoked,,,,",
    ]


def test_the_report_names_each_award(
    acme: Tenant, catalogue: None, file: Any, tmp_path: Path
) -> None:
    path = file("username,program_id,status\nada,1,awarded\n")

    said = call(NAME, path, "--tenant=acme", f"--report={tmp_path / 'report.csv'}")

    uuid = UserCredential.objects.get().uuid
    assert (tmp_path / "report.csv").read_text().splitlines()[1] == f"2,created,,,,{uuid}"
    assert said == "1 rows: 1 created, 0 awarded, 0 revoked, 0 changed, 0 unchanged.\n"


def test_the_example_of_the_documentation_is_imported(acme: Tenant, catalogue: None) -> None:
    told = answer(NAME, str(EXAMPLE), "--tenant=acme")

    assert counts(told) == {"created": 5}


def test_a_certificate_of_another_tenant_is_unknown(
    acme: Tenant, globex: Tenant, file: Any
) -> None:
    program(globex)

    path = file("username,program_id,status\nada,1,awarded\n")

    assert faults(NAME, path) == [(2, "program_id", "unknown_certificate")]
    assert not UserCredential.objects.exists()


def test_a_tenant_may_choose_to_take_grades_of_programs(
    acme: Tenant, catalogue: None, file: Any
) -> None:
    members.change_tenant(acme, by=OPERATOR, settings={"program_attributes": "any"})

    told = answer(
        NAME, file("username,program_id,status,grade\nada,1,awarded,0.5\n"), "--tenant=acme"
    )

    assert counts(told) == {"created": 1}
