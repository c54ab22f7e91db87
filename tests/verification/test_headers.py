"""How a page may be kept, and what a browser lets it do."""

import base64
import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from credentials.models import Course, UserCredential
from tenants.models import Tenant
from tests.conftest import Caller
from tests.verification.conftest import revoke
from users.models import User

BOTH = pytest.mark.parametrize("suffix", ["", "/data"])


@BOTH
def test_what_is_known_is_304_without_a_body(
    anonymous: Caller, award: UserCredential, suffix: str
) -> None:
    path = f"/c/{award.uuid}{suffix}"
    first = anonymous.get(path)

    again = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy", "X-Robots-Tag"):
        assert again.headers[name] == first.headers[name]


@BOTH
def test_head_answers_like_get_without_a_body(
    anonymous: Caller, award: UserCredential, suffix: str
) -> None:
    path = f"/c/{award.uuid}{suffix}"
    get, head = anonymous.get(path), anonymous.request("head", path)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Security-Policy"):
        assert head.headers[name] == get.headers[name]


def change_title(award: UserCredential) -> None:
    Course.objects.update(title="Cooking")


def change_name(award: UserCredential) -> None:
    User.objects.update(last_name="King")


def change_organization(award: UserCredential) -> None:
    Tenant.objects.filter(pk=award.tenant_id).update(name="Globex")


def change_choice(award: UserCredential) -> None:
    Tenant.objects.filter(pk=award.tenant_id).update(settings={"public_name": "none"})


@BOTH
@pytest.mark.parametrize(
    "change", [revoke, change_title, change_name, change_organization, change_choice]
)
def test_tag_covers_all_that_the_answer_depends_on(
    anonymous: Caller, award: UserCredential, suffix: str, change: Any
) -> None:
    path = f"/c/{award.uuid}{suffix}"
    known = {"If-None-Match": anonymous.get(path).headers["ETag"]}
    assert anonymous.get(path, headers=known).status_code == 304

    change(award)

    assert anonymous.get(path, headers=known).status_code == 200


def test_tag_covers_the_day_and_the_status(
    anonymous: Caller, record: Any, today: time_machine.Traveller
) -> None:
    page, data = f"/c/{record.uuid}", f"/c/{record.uuid}/data"
    known = {path: {"If-None-Match": anonymous.get(path).headers["ETag"]} for path in (page, data)}

    def statuses() -> list[int]:
        return [anonymous.get(path, headers=known[path]).status_code for path in (page, data)]

    today.shift(timedelta(hours=1))
    assert statuses() == [304, 304]
    # The page names the day on which it was checked, its data do not.
    today.shift(timedelta(days=1))
    assert statuses() == [200, 304]
    today.shift(timedelta(days=365))
    assert statuses() == [200, 200]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json", "image/png"])
def test_page_is_html_whatever_is_accepted_and_caches_know_that_it_may_differ(
    anonymous: Caller, award: UserCredential, accept: str
) -> None:
    response = anonymous.get(f"/c/{award.uuid}", headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Vary"] == "Accept"


@BOTH
def test_page_loads_sends_and_frames_nothing(
    anonymous: Caller, award: UserCredential, suffix: str
) -> None:
    headers = anonymous.get(f"/c/{award.uuid}{suffix}").headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )

    style = policy.pop("style-src")
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", style)
    assert policy == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("record", ["known", "unknown"])
def test_the_one_style_in_the_page_is_the_one_that_the_policy_names(
    anonymous: Caller, award: UserCredential, record: str
) -> None:
    response = anonymous.get(f"/c/{award.uuid if record == 'known' else 'nonsense'}")

    styles = re.findall("<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert len(styles) == 1
    assert f"style-src 'sha256-{digest}'" in response.headers["Content-Security-Policy"]
    # A reader of HTML makes one line end of two characters: the digest would be another.
    assert "\r" not in styles[0]
