"""Commands as processes: what is on which stream, exit codes, and a server of their own."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from credentials.management.commands import demo, prune
from credentials_portal import embedded_postgres
from tenants.management.base import OperatorCommand
from tenants.management.commands import create_api_token, create_tenant, revoke_api_token
from tests.clusters import lay_out
from users.management.commands import create_user, set_user_state, verify_email

ROOT = Path(__file__).parents[2]
COMMANDS: dict[str, type[OperatorCommand]] = {
    "create_tenant": create_tenant.Command,
    "create_user": create_user.Command,
    "create_api_token": create_api_token.Command,
    "set_user_state": set_user_state.Command,
    "verify_email": verify_email.Command,
    "revoke_api_token": revoke_api_token.Command,
    "prune": prune.Command,
    "demo": demo.Command,
}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
    "DATABASE_URL": "postgresql://portal:hunter2@127.0.0.1:1/portal",
}


class Shell:
    """One data directory, and no other environment than it."""

    def __init__(self, data_dir: Path) -> None:
        self.environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir)}

    def run(
        self, *words: str | bytes, typed: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self.environment, **(environment or {})},
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def refused(
        self, *words: str | bytes, code: int = 1, environment: Mapping[str, str] | None = None
    ) -> str:
        """What it said on standard error; nothing is on standard output."""
        ended = self.run(*words, environment=environment)
        assert (ended.returncode, ended.stdout) == (code, ""), ended
        return ended.stderr


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A migrated portal that is running, as beside `serve`."""
    data_dir = tmp_path_factory.mktemp("portal")
    running = Shell(data_dir)
    lay_out(data_dir)
    with embedded_postgres.lease(data_dir, options={"fsync": "off"}):
        yield running


def test_json_is_all_there_is_on_standard_output_and_calls_repeat(shell: Shell) -> None:
    make_tenant = ("create_tenant", "--slug=umbra", "--name=Ümbra 🌒", "--json")
    make_user = ("create_user", "--username=eda", "--email=eda@umbra.example", "--tenant=umbra")

    tenant = shell.run(*make_tenant)
    user = shell.run(
        *make_user, "--role=owner", "--password-stdin", "--json", typed="a calm blue lagoon\n"
    )
    again = shell.run(*make_tenant)

    for ended in (tenant, user, again):
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.endswith("}\n")
        assert ended.stdout.count("\n") == 1
    assert json.loads(tenant.stdout)["name"] == "Ümbra 🌒"
    assert json.loads(user.stdout)["password"] is None
    assert again.stdout == tenant.stdout


def test_examples_of_the_help_work_as_printed(shell: Shell) -> None:
    """In an order in which each finds what it needs."""
    for name, command in COMMANDS.items():
        shown = command().create_parser("manage.py", name).format_help()
        assert shown.endswith(f"\nExample:\n  {command.example}\n")

        told = subprocess.run(
            ["bash", "-c", command.example.replace("python", sys.executable)],
            cwd=ROOT,
            env=shell.environment,
            capture_output=True,
            text=True,
            check=False,
        )

        if name == "revoke_api_token":
            assert told.stderr == "CommandError: There is no API token 7.\n"
        else:
            assert (told.returncode, told.stderr) == (0, "")
            assert isinstance(json.loads(told.stdout), dict)


def test_help_is_on_standard_output_and_needs_no_database(tmp_path: Path) -> None:
    shown = Shell(tmp_path).run("create_tenant", "--help")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.endswith(f"\n  {create_tenant.Command.example}\n")
    assert not (tmp_path / "postgres").exists()


def test_calls_at_once_make_one_person_with_one_password(shell: Shell) -> None:
    shell.run("create_tenant", "--slug=crowd", "--name=Crowd")
    make_user = ("create_user", "--username=kim", "--email=kim@crowd.example", "--tenant=crowd")

    with ThreadPoolExecutor() as pool:
        calls = [pool.submit(shell.run, *make_user, "--role=issuer", "--json") for _ in range(4)]
    ended = [call.result() for call in calls]

    assert [(one.returncode, one.stderr) for one in ended] == [(0, "")] * 4
    told = [json.loads(one.stdout) for one in ended]
    passwords = [one.pop("password") for one in told]
    assert told == [told[0]] * 4
    assert passwords.count(None) == 3


def test_a_refusal_is_one_line_and_exit_code_1(shell: Shell) -> None:
    assert shell.refused("revoke_api_token", "999", "--json") == (
        "CommandError: There is no API token 999.\n"
    )


def test_a_fault_of_usage_is_exit_code_2(shell: Shell) -> None:
    said = shell.refused("create_tenant", "--slug=acme", "--json", code=2)

    assert said.endswith("create_tenant: error: the following arguments are required: --name\n")


def test_bytes_that_are_no_text_are_refused(shell: Shell) -> None:
    assert shell.refused("create_tenant", "--slug=acme", b"--name=caf\xe9") == (
        "CommandError: --name must be valid UTF-8 text.\n"
    )


def test_a_database_without_tables_is_one_line(tmp_path: Path) -> None:
    """The command starts the server for its own duration, and stops it."""
    assert Shell(tmp_path).refused("prune", "--json") == (
        "CommandError: The database is not up to date. Run: python manage.py migrate\n"
    )
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_an_unreachable_database_is_one_line_without_its_password(tmp_path: Path) -> None:
    elsewhere = {"DATABASE_URL": PRODUCTION["DATABASE_URL"]}

    said = Shell(tmp_path).refused("prune", environment=elsewhere)

    assert said.startswith("CommandError: The database cannot be reached: ")
    assert said.count("\n") == 1
    assert "hunter2" not in said


def test_production_refuses_the_demo_before_it_looks_for_a_database(tmp_path: Path) -> None:
    assert Shell(tmp_path).refused("demo", "--json", environment=PRODUCTION) == (
        "CommandError: The demo is refused in production:"
        " its accounts have passwords that everyone knows.\n"
    )
