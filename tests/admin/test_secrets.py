"""No page of the admin shows a token, a key, a password, or a hash of any of them."""

import base64
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from tenants import api_tokens
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, EventContent, Membership, StoredAnswer, Tenant
from tests.admin.conftest import Browser
from tests.conftest import PASSWORD, Caller, make_member
from tests.factories import micro_credential, micro_credential_body
from users import tokens
from users.models import SignIn, User

PAGES_AT_LEAST = {"root": 40, "acme_owner": 25}


@pytest.fixture
def secrets(acme: Tenant, globex_owner: Membership) -> set[str]:
    """One of each kind of secret is in the database; in every spelling that a page might use."""
    ada = make_member(acme, "ada")
    micro_credential(acme, ada.user)
    caller = Caller(f"Bearer {tokens.sign_in(ada.user, acme.pk)['access']}")
    body, headers = micro_credential_body(), {"Idempotency-Key": "a-key-of-a-client"}
    assert caller.post("/api/v1/user-micro-credentials", body, headers=headers).status_code == 200
    assert StoredAnswer.objects.exists()
    _, key = api_tokens.create(ada, name="ci", scopes=[], expires_at=None, by=OPERATOR)
    hashes = [bytes(value) for value in ApiToken.objects.values_list("key_hash", flat=True)]
    hashes += [bytes(value) for value in EventContent.objects.values_list("salt", flat=True)]
    hashes += [bytes(value) for value in Event.objects.values_list("content_hash", flat=True)]
    return {
        key,
        PASSWORD,
        "a-key-of-a-client",
        caller.authorization.removeprefix("Bearer "),
        *User.objects.values_list("password", flat=True),
        *OutstandingToken.objects.values_list("jti", flat=True),
        *(str(pk) for pk in SignIn.objects.values_list("pk", flat=True)),
        *(value.hex() for value in hashes),
        *(base64.b64encode(value).decode() for value in hashes),
        *(str(value) for value in hashes),
    }


def crawl(browser: Browser) -> Iterator[tuple[str, Any]]:
    """Every page that the admin links to, each once whatever the order and filter."""
    waiting, seen = ["/admin/"], {"/admin/"}
    while waiting:
        path = waiting.pop()
        response = browser.get(path)
        yield path, response
        if response.status_code != 200:
            continue
        for link in re.findall(r'href="([^"#]+)"', response.content.decode()):
            target = urlsplit(urljoin(path, link.replace("&amp;", "&")))
            if target.path.startswith("/admin/") and target.path not in seen:
                seen.add(target.path)
                waiting.append(target.path)


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_no_page_shows_a_secret(request: Any, secrets: set[str], who: str) -> None:
    browser = request.getfixturevalue(who)
    secrets |= set(User.objects.values_list("password", flat=True))
    pages = 0
    for path, response in crawl(browser):
        assert response.status_code in {200, 302, 405}, path
        page = unescape(response.content.decode())
        assert not [secret for secret in secrets if secret and secret in page], path
        assert "memoryview" not in page, path
        pages += 1
    assert pages >= PAGES_AT_LEAST[who]


def test_the_crawl_of_staff_meets_no_stranger(
    secrets: set[str], acme_owner: Browser, globex_owner: Membership
) -> None:
    for path, response in crawl(acme_owner):
        page = response.content.decode()
        assert "gloria" not in page, path
        assert "Globex" not in page, path
