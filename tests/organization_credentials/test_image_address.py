"""`GET /images/<uuid>`: what was uploaded, for everyone, and nothing that a browser would run."""

import hashlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Raster

from credentials.models import Assertion, Image
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.conftest import Caller
from tests.costs import counted
from tests.organization_credentials.drawings import CORNERS, corners
from tests.organization_credentials.test_images import accepted

GUARDED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture
def address(acme: Tenant) -> str:
    return accepted(acme)


def test_everyone_is_shown_the_picture(
    address: str, anonymous: Caller, outsider: Caller, member: Caller
) -> None:
    for caller in (anonymous, outsider, member, Caller("Bearer nonsense")):
        response = caller.get(address)

        assert response.status_code == 200
        assert corners(Raster.open(BytesIO(response.content))) == list(CORNERS)


def test_a_browser_takes_it_for_a_picture_only_and_keeps_it(
    address: str, anonymous: Caller
) -> None:
    headers = anonymous.get(address).headers

    assert {name: headers[name] for name in GUARDED} == GUARDED
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"] == 'inline; filename="image.png"'
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert {"Vary", "Set-Cookie"}.isdisjoint(headers)


def test_its_tag_is_its_digest_and_whoever_has_it_is_told_so(
    address: str, anonymous: Caller
) -> None:
    first = anonymous.get(address)
    tag = first.headers["ETag"]
    assert tag == f'"{hashlib.sha256(first.content).hexdigest()}"'

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = anonymous.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert {name: again.headers[name] for name in GUARDED} == GUARDED
    for unknown in ('"other"', tag.replace('"', ""), tag.upper(), "é", '"' * 1000):
        assert anonymous.get(address, headers={"If-None-Match": unknown}).status_code == 200


def test_head_answers_like_get_without_a_body(address: str, anonymous: Caller) -> None:
    get, head = anonymous.get(address), anonymous.request("head", address)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


def test_a_suspended_tenant_s_is_still_shown(address: str, anonymous: Caller, acme: Tenant) -> None:
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    assert anonymous.get(address).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["x", "0", "497f6eca-6276-4993-bfeb-53cbbbba6f08", "%00", "..", "a" * 5000, "hex", "held"],
)
def test_anything_else_is_404(address: str, anonymous: Caller, held: Assertion, name: str) -> None:
    row = Image.objects.get()
    path = {"hex": row.uuid.hex, "held": str(held.uuid)}.get(name, name)

    response = anonymous.get(f"/images/{path}")

    assert_problem(response, 404, "not-found")
    if name != "..":
        assert response.headers["Cache-Control"] == "no-store"
        assert {header: response.headers[header] for header in GUARDED} == GUARDED


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_is_written_there(address: str, anonymous: Caller, method: str) -> None:
    response = anonymous.request(method, address)

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD"


def test_requests_count_against_the_address(address: str, anonymous: Caller, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "address": 2}

    assert [anonymous.get(address).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db(transaction=True)
def test_it_costs_one_round_trip_and_what_is_no_uuid_none(anonymous: Caller) -> None:
    costs = []
    for path in ("/images/497f6eca-6276-4993-bfeb-53cbbbba6f08", "/images/nonsense"):
        with counted() as cost:
            assert anonymous.get(path).status_code == 404
        costs.append((cost.statements, cost.round_trips))

    # The scope travels along.
    assert costs == [(2, 1), (0, 0)]
