"""Import commands as an operator calls them, and what they tell."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tenants import walls


def refused(command: str, *arguments: str) -> tuple[str, CommandError]:
    """What it printed, and the one line in which it ended."""
    printed = io.StringIO()
    with walls.work(walls.NOBODY), pytest.raises(CommandError) as error:
        call_command(command, *arguments, stdout=printed)
    assert "\n" not in str(error.value)
    return printed.getvalue(), error.value


def counts(told: dict[str, Any]) -> dict[str, int]:
    """How many rows had each outcome, of those that any had."""
    numbers = {name: value for name, value in told.items() if type(value) is int and value}
    assert numbers.pop("rows") == sum(numbers.values())
    return numbers


def faults(command: str, path: str) -> list[tuple[int, str, str]]:
    """Row, column and code of each fault that the report of a refused file tells."""
    report = Path(path).with_name("report.csv")
    _, error = refused(command, path, "--tenant=acme", f"--report={report}")
    assert error.returncode == 1
    with report.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [(int(row["row"]), row["column"], row["code"]) for row in rows if row["code"]]
