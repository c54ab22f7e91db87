"""docker-compose.yml: valid, no secret with a default, the portal kept from the superuser."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(SOURCE)["services"]
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|KEY")
# ${NAME}, ${NAME:-default}, ${NAME:?message}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled_in(text: str, values: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name, kind, word = match.groups()
        if not values.get(name) and kind == "?":
            raise KeyError(name)
        return values.get(name) or word

    return VARIABLE.sub(value, text)


def test_the_file_is_valid_by_the_compose_specification():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_the_services_are_the_portal_postgresql_18_and_redis():
    images = {name: service["image"] for name, service in SERVICES.items()}

    assert images == {"app": "credentials-portal", "postgres": "postgres:18", "redis": "redis:8"}
    assert SERVICES["app"]["build"] == "."


def test_each_secret_is_required_and_has_no_default():
    templates = {
        (service, name): str(template)
        for service, settings in SERVICES.items()
        for name, template in settings.get("environment", {}).items()
        if SECRET.search(name)
    }

    assert set(templates) == {
        ("app", "SECRET_KEY"),
        ("app", "PGPASSWORD"),
        ("postgres", "POSTGRES_PASSWORD"),
        ("postgres", "PORTAL_DB_PASSWORD"),
    }
    for template in templates.values():
        variable = VARIABLE.fullmatch(template)
        assert variable
        assert variable[2] == "?", template


def test_no_variable_named_as_a_secret_has_a_default_anywhere():
    kinds = {match[1]: match[2] for match in VARIABLE.finditer(SOURCE) if SECRET.search(match[1])}

    assert kinds == {"SECRET_KEY": "?", "POSTGRES_PASSWORD": "?", "PORTAL_DB_PASSWORD": "?"}


def test_the_example_names_every_required_variable_and_no_stray_one():
    used = {match[1]: match[2] for match in VARIABLE.finditer(SOURCE)}

    assert {name for name, kind in used.items() if kind == "?"} <= example().keys() <= used.keys()


def test_the_example_holds_no_secret_and_so_starts_nothing():
    secrets = {name: value for name, value in example().items() if SECRET.search(name)}

    assert set(secrets.values()) == {""}
    with pytest.raises(KeyError, match="SECRET_KEY"):
        filled_in(SOURCE, example())


def test_git_ignores_the_file_with_the_secrets():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_a_filled_example_passes_the_portals_own_production_checks(tmp_path):
    values = {name: value or "0123456789abcdef" * 4 for name, value in example().items()}
    given = SERVICES["app"]["environment"].items()

    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "ENVIRONMENT": "production",
            "DATA_DIR": str(tmp_path),
            **{name: filled_in(template, values) for name, template in given},
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_the_portal_waits_for_healthy_neighbours():
    assert SERVICES["app"]["depends_on"] == {
        "postgres": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }
    assert all(SERVICES[name]["healthcheck"]["test"] for name in ("postgres", "redis"))


def test_postgresql_is_healthy_only_when_it_listens_to_others():
    """Its first start runs the scripts on a server that answers on the socket alone."""
    assert "--host=127.0.0.1" in SERVICES["postgres"]["healthcheck"]["test"]


def test_only_the_portal_is_published_and_to_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published.keys() == {"app"}
    assert [filled_in(port, {}) for port in published["app"]] == ["127.0.0.1:8000:8000"]


def test_the_volumes_hold_what_must_outlive_a_container():
    assert "files:/data" in SERVICES["app"]["volumes"]
    # The images of 18 and later refuse a volume at /var/lib/postgresql/data.
    assert "database:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


def test_the_portal_runs_without_privileges_on_a_read_only_image():
    app = SERVICES["app"]

    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert app["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in app  # The image's own, which is not root.


def test_the_portal_logs_in_as_its_own_role_and_never_gets_the_superusers_password():
    environment = SERVICES["app"]["environment"]

    assert environment["DATABASE_URL"] == "postgresql://portal@postgres:5432/portal"
    assert "PORTAL_DB_PASSWORD" in environment["PGPASSWORD"]
    assert "POSTGRES_PASSWORD" not in str(environment)


def test_redis_keeps_nothing_and_cannot_grow_without_bound():
    words = shlex.split(shlex.join(SERVICES["redis"]["command"]))

    assert words[:5] == ["redis-server", "--save", "", "--appendonly", "no"]
    assert "--maxmemory" in words
