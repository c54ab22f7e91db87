"""A form that is too large, or breaks off, is answered in the admin with a page for people."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings

from credentials.core.importing.upload import MAX_BYTES
from credentials.models import UserCredential
from credentials_portal.middleware import UNFINISHED
from tests.admin.conftest import Browser

IMPORT = "credentials/usercredential/import/"


def send(browser: Browser, path: str, size: int) -> Any:
    """As a server hands it over: the body can be read past its end."""
    large = {"CONTENT_LENGTH": str(size), "wsgi.input": BytesIO(b"x" * size)}
    return browser.post(path, b"", content_type="text/csv", **large)


def assert_page(response: Any, status: int, text: str) -> None:
    assert (response.status_code, response.headers["Content-Type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert text in response.content.decode()
    # What is left of the body is never read.
    assert response.headers["Connection"] == "close"
    assert response.headers["X-Request-ID"]


@pytest.mark.parametrize("who", ["acme_issuer", "root"])
def test_a_file_that_no_import_takes_is_told_on_a_page_that_leads_back(
    request: pytest.FixtureRequest, who: str
) -> None:
    browser: Browser = request.getfixturevalue(who)

    response = send(browser, IMPORT, 2 * MAX_BYTES + 1)

    assert_page(response, 413, "What was sent is larger than this page takes")
    text = response.content.decode()
    assert f'<a href="/admin/{IMPORT}">Back to the form</a>' in text
    assert browser.user.username in text
    assert not UserCredential.objects.exists()


def test_other_pages_and_whoever_is_not_signed_in_are_told_the_same(
    acme_owner: Browser,
) -> None:
    for browser, path in ((acme_owner, "credentials/program/add/"), (Browser(), "login/")):
        response = send(browser, path, settings.MAX_BODY_BYTES + 1)
        assert_page(response, 413, "What was sent is larger than this page takes")


def test_a_form_that_broke_off_is_told_on_a_page(acme_issuer: Browser) -> None:
    response = acme_issuer.post(IMPORT, b"x", content_type="text/csv", **{UNFINISHED: True})

    assert_page(response, 408, "The request body did not come whole in time; nothing was done.")


def test_a_program_is_answered_as_ever(acme_issuer: Browser) -> None:
    for path in ("/api/v1/user_credentials/bulk/", "/invitations/x"):
        response = send(acme_issuer, path, settings.MAX_BODY_BYTES + 1)
        assert response.status_code == 413
        assert response.headers["Content-Type"] == "application/problem+json"
