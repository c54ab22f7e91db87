"""Issuers, definitions and assertions in the admin, as a browser sends their forms."""

from typing import Any

from credentials.models import CredentialDefinition, IssuerProfile
from tests.admin.award_pages import page
from tests.admin.conftest import Browser
from tests.admin.page_forms import sent_by

ISSUERS = "credentials/issuerprofile/"
DEFINITIONS = "credentials/credentialdefinition/"
ASSERTIONS = "credentials/assertion/"


def opened(browser: Browser, path: str) -> dict[str, str]:
    """The form of a page as it would be sent back untouched."""
    kind = path.removeprefix("credentials/").partition("/")[0]
    return sent_by(browser.get(path), f"{kind}_form")


def save(browser: Browser, row: IssuerProfile | CredentialDefinition, **changes: Any) -> Any:
    """Open the page, write into it, send it."""
    return browser.post(page(row), opened(browser, page(row)) | changes)


def add(browser: Browser, kind: str, **fields: Any) -> Any:
    path = f"{kind}add/"
    return browser.post(path, opened(browser, path) | fields)
