"""docker-compose.yml: valid, no secret with a default, the portal kept from the superuser."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from credentials_portal.environment import S3_FIELDS

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(SOURCE)["services"]
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|KEY")
# ${NAME}, ${NAME:-default}, ${NAME:?message}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
# A line of .env.example, or one that waits to be uncommented.
ASSIGNMENT = re.compile(r"(#?)([A-Z][A-Z0-9_]*)=(.*)")
FILES = {"FILES_DIR", "MAX_FILE_BYTES", "STORAGE_QUOTA_BYTES", "CLAMAV"}


def example(*, uncommented: bool = False) -> dict[str, str]:
    """What the example sets; with all that it only suggests, when those lines are uncommented."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    found = filter(None, map(ASSIGNMENT.fullmatch, lines))
    return {each[2]: each[3] for each in found if uncommented or not each[1]}


def checked_in_production(values: dict[str, str], tmp_path: Path) -> tuple[int, str]:
    """The portal's own checks, in the environment that the compose file makes of these values."""
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
    return done.returncode, done.stderr


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
    images = {name: each["image"] for name, each in SERVICES.items() if "profiles" not in each}

    assert images == {"app": "credentials-portal", "postgres": "postgres:18", "redis": "redis:8"}
    assert SERVICES["app"]["build"] == "."


def test_who_wants_them_gets_a_store_and_a_scanner_of_fixed_versions():
    optional = {name: each for name, each in SERVICES.items() if "profiles" in each}

    assert {name: each["profiles"] for name, each in optional.items()} == {
        "s3": ["s3"],
        "clamav": ["clamav"],
    }
    for each in optional.values():
        assert re.search(r":v?\d+\.\d+", each["image"])
        assert each["healthcheck"]["test"]
    # Without them the portal starts all the same.
    assert not optional.keys() & SERVICES["app"]["depends_on"].keys()


def test_each_secret_has_no_default_and_is_required_unless_it_is_optional():
    templates = {
        (service, name): str(template)
        for service, settings in SERVICES.items()
        for name, template in settings.get("environment", {}).items()
        if SECRET.search(name)
    }

    assert {place: VARIABLE.fullmatch(text) is not None for place, text in templates.items()} == {
        ("app", "SECRET_KEY"): True,
        ("app", "SECRET_KEY_FALLBACKS"): True,
        ("app", "PGPASSWORD"): True,
        ("app", "S3_ACCESS_KEY_ID"): True,
        ("app", "S3_SECRET_ACCESS_KEY"): True,
        ("postgres", "POSTGRES_PASSWORD"): True,
        ("postgres", "PORTAL_DB_PASSWORD"): True,
        ("s3", "ROOT_ACCESS_KEY_ID"): True,
        ("s3", "ROOT_SECRET_ACCESS_KEY"): True,
    }


def test_no_variable_named_as_a_secret_has_a_default_anywhere():
    kinds = {
        (match[1], match[2], match[3])
        for match in VARIABLE.finditer(SOURCE)
        if SECRET.search(match[1])
    }

    assert {(name, kind) for name, kind, _ in kinds} == {
        ("SECRET_KEY", "?"),
        # Former ones: there are none at first.
        ("SECRET_KEY_FALLBACKS", "-"),
        ("POSTGRES_PASSWORD", "?"),
        ("PORTAL_DB_PASSWORD", "?"),
        # Compose wants what is required of services that nobody starts, too: the store itself
        # refuses to start without its keys.
        ("S3_ACCESS_KEY_ID", "-"),
        ("S3_SECRET_ACCESS_KEY", "-"),
    }
    assert {word for _, kind, word in kinds if kind == "-"} == {""}


def test_the_example_names_every_required_variable_and_no_stray_one():
    used = {match[1]: match[2] for match in VARIABLE.finditer(SOURCE)}

    assert {name for name, kind in used.items() if kind == "?"} <= example().keys() <= used.keys()
    # Compose's own.
    assert example(uncommented=True).keys() - used.keys() == {"COMPOSE_PROFILES"}


def test_every_variable_of_files_reaches_the_portal_and_is_in_the_example():
    names = FILES | {f"S3_{field.upper()}" for field in S3_FIELDS}

    assert names <= SERVICES["app"]["environment"].keys()
    assert names <= example(uncommented=True).keys()


def test_the_example_holds_no_secret_and_so_starts_nothing():
    given = example(uncommented=True).items()
    secrets = {name: value for name, value in given if SECRET.search(name)}

    assert set(secrets.values()) == {""}
    with pytest.raises(KeyError, match="SECRET_KEY"):
        filled_in(SOURCE, example())


def test_git_ignores_the_file_with_the_secrets():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("uncommented", [False, True], ids=["as it is", "uncommented"])
def test_a_filled_example_passes_the_portals_own_production_checks(tmp_path, uncommented):
    given = example(uncommented=uncommented)
    values = {name: value or "0123456789abcdef" * 4 for name, value in given.items()}

    code, complaints = checked_in_production(values, tmp_path)

    assert code == 0, complaints


def test_a_store_with_half_its_keys_starts_nothing(tmp_path):
    values = {name: value or "0123456789abcdef" * 4 for name, value in example().items()}

    code, complaints = checked_in_production(
        values | {"S3_BUCKET": "files", "S3_ACCESS_KEY_ID": "portal"}, tmp_path
    )

    assert code != 0
    assert "S3_SECRET_ACCESS_KEY go together" in complaints


def test_the_portal_and_the_store_are_told_the_same():
    values = example(uncommented=True) | {"S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "b"}
    store = SERVICES["s3"]
    told = {name: filled_in(text, values) for name, text in store["environment"].items()}
    (volume,) = (filled_in(each, values) for each in store["volumes"])

    assert told["ROOT_ACCESS_KEY_ID"] == "a"
    assert told["ROOT_SECRET_ACCESS_KEY"] == "b"
    assert told["VGW_REGION"] == values["S3_REGION"]
    # A folder of the store's is a bucket.
    assert volume == f"objects:{store['command'][-1]}/{values['S3_BUCKET']}"
    assert filled_in(store["ports"][0], values).endswith(
        f":{urlsplit(values['S3_PUBLIC_ENDPOINT_URL']).port}:"
        f"{urlsplit(values['S3_ENDPOINT_URL']).port}"
    )


def test_the_portal_waits_for_healthy_neighbours():
    assert SERVICES["app"]["depends_on"] == {
        "postgres": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }
    assert all(SERVICES[name]["healthcheck"]["test"] for name in ("postgres", "redis"))


def test_postgresql_is_healthy_only_when_it_listens_to_others():
    """Its first start runs the scripts on a server that answers on the socket alone."""
    assert "--host=127.0.0.1" in SERVICES["postgres"]["healthcheck"]["test"]


def test_only_the_portal_and_the_store_are_published_and_to_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert {name: [filled_in(port, {}) for port in ports] for name, ports in published.items()} == {
        "app": ["127.0.0.1:8000:8000"],
        "s3": ["127.0.0.1:7070:7070"],
    }


def test_the_volumes_hold_what_must_outlive_a_container():
    assert "files:/data" in SERVICES["app"]["volumes"]
    # The images of 18 and later refuse a volume at /var/lib/postgresql/data.
    assert "database:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


def test_what_comes_in_waits_on_a_disk_and_not_in_memory():
    """Of uploads under way there may be hundreds, of 20 MiB each."""
    assert "incoming:/tmp" in SERVICES["app"]["volumes"]
    assert "tmpfs" not in SERVICES["app"]
    assert "TMPDIR" not in SERVICES["app"]["environment"]


def test_each_named_volume_is_declared_and_used():
    mounted = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }

    assert mounted == yaml.safe_load(SOURCE)["volumes"].keys()


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
