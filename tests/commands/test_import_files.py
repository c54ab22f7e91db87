"""Files that the import does not take, and what it says of them."""

from pathlib import Path
from typing import Any

import pytest

from credentials.models import UserCredential
from tenants.models import Tenant
from tests.factories import program
from tests.importing.commands import refused
from tests.importing.conftest import write

NAME = "import_program_credentials"
ONE_ROW = "username,program_id,status\nada,1,awarded\n"


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("awards.csv", "", "The file is empty."),
        ("awards.csv", "username,program_id,status\n", "The file has a header and no rows."),
        (
            "awards.csv",
            "username,status,grades\n",
            "Missing in the header: program_id or course_id.",
        ),
        ("awards.csv", b"username,\xe9\n", "Line 1, byte 10 of the file (0xe9) is not UTF-8;"),
        ("awards.xlsx", b"username\n", "The file is no .xlsx workbook, whatever its name says."),
        ("awards.csv", b"PK\3\4\0", "Line 1, byte 5 of the file is NUL, which no text holds;"),
    ],
)
def test_a_file_that_is_no_table_is_one_line_and_exit_code_1(
    acme: Tenant, tmp_path: Path, name: str, content: Any, line: str
) -> None:
    printed, error = refused(NAME, str(write(tmp_path / name, content)), "--tenant=acme", "--json")

    assert (printed, error.returncode) == ("", 1)
    assert str(error).startswith(line)


def test_a_file_of_a_gigabyte_is_refused_at_once(acme: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "awards.csv"
    with path.open("wb") as file:
        file.truncate(2**30)

    _, error = refused(NAME, str(path), "--tenant=acme")

    assert str(error) == "The file is larger than 256 MiB; split it into several."


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("missing.csv", "No such file or directory."),
        ("folder.csv", "Is a directory."),
        ("awards.xls", "the name must end in .csv or .xlsx."),
        ("awards", "the name must end in .csv or .xlsx."),
    ],
)
def test_what_is_no_file_is_a_fault_of_usage(
    acme: Tenant, tmp_path: Path, name: str, line: str
) -> None:
    (tmp_path / "folder.csv").mkdir()

    _, error = refused(NAME, str(tmp_path / name), "--tenant=acme")

    assert (error.returncode, str(error)) == (2, f"{tmp_path / name}: {line}")


def test_a_report_that_cannot_be_written_is_a_fault_of_usage(acme: Tenant, tmp_path: Path) -> None:
    program(acme)
    path = str(write(tmp_path / "awards.csv", ONE_ROW))

    _, nowhere = refused(NAME, path, "--tenant=acme", f"--report={tmp_path / 'no' / 'report.csv'}")
    _, itself = refused(
        NAME, path, "--tenant=acme", f"--report={tmp_path}/../{tmp_path.name}/awards.csv"
    )

    assert nowhere.returncode == itself.returncode == 2
    assert str(nowhere).endswith("No such file or directory.")
    assert str(itself) == "--report must not be the file itself."
    assert not UserCredential.objects.exists()
    assert Path(path).read_text().startswith("username")


def test_an_unknown_tenant_is_refused(acme: Tenant, tmp_path: Path) -> None:
    _, error = refused(NAME, str(write(tmp_path / "awards.csv", ONE_ROW)), "--tenant=nobody")

    assert (error.returncode, str(error)) == (1, "There is no tenant 'nobody'.")
