"""Each variable that the portal reads is told, and each that is told is read."""

import ast
import re
from collections.abc import Iterator

import pytest

from credentials_portal.environment import S3_FIELDS
from tests.docs.blocks import DOCS, blocks
from tests.portal.test_settings import read

ROOT = DOCS.parent
SETTINGS = ROOT / "credentials_portal" / "settings.py"
INSTALL = DOCS / "operations" / "install.md"
READERS = {"environment", "secret_keys"}
# Read elsewhere: by libpq, by Python, by the compose file, by docker compose itself.
OTHERS = {
    "BIND_ADDRESS",
    "COMPOSE_PROFILES",
    "PGPASSWORD",
    "PORTAL_DB_PASSWORD",
    "POSTGRES_PASSWORD",
    "TMPDIR",
}
# For us alone: of the tests, and what production refuses.
UNTOLD = {"TEST_RUN", "DEBUG", "STATIC_ROOT"}
TOLD = re.compile(r"`([A-Z][A-Z0-9_]{3,})(?:=[^`]*)?`")
# Words of SQL and of protocols in the same type.
WORDS = re.compile(
    r"ANALYZE|BACKUP|BYPASSRLS|CREATEROLE|DELETE|E00\d|PATCH|POST|SHA256SUMS|[A-Z]+ROLE"
)


def variables() -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(SETTINGS.read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=module), attr=reader),
                args=[ast.Constant(value=str(name)), *_],
            ) if module in READERS:
                names = [f"{name}{field.upper()}" for field in S3_FIELDS]
                found.update(names if reader == "s3" else [name])
    return found


def told() -> set[str]:
    pages = [ROOT / "README.md", DOCS / "operations.md", *(DOCS / "operations").glob("*.md")]
    return {name for page in pages for name in TOLD.findall(page.read_text())}


def test_every_variable_that_is_read_is_told() -> None:
    assert len(variables()) > 30
    assert variables() - told() - UNTOLD == set()


def test_every_variable_that_is_told_is_read() -> None:
    unread = told() - variables() - OTHERS
    assert {name for name in unread if not WORDS.fullmatch(name)} == set()


def example() -> Iterator[tuple[str, str]]:
    """The environment file of the page that tells how to install."""
    (text,) = (
        each.text for each in blocks(INSTALL) if each.text.startswith("ENVIRONMENT=production")
    )
    for line in text.splitlines():
        name, _, value = line.partition("=")
        yield name, value


def test_the_environment_of_the_guide_is_enough_for_production(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = dict(example())
    assert {name for name, value in values.items() if not value} == {"SECRET_KEY", "PGPASSWORD"}

    monkeypatch.setattr("os.environ", {})
    settings = read(**values | {"SECRET_KEY": "0123456789abcdef" * 4})

    assert settings["PRODUCTION"] is True
    assert settings["SECURE_PROXY_SSL_HEADER"]
    assert values.keys() - variables() == {"PGPASSWORD"}
