"""ETag, If-None-Match and If-Match, as HTTP has them."""

from typing import Any

import pytest
from django.http import HttpResponse

from credentials_portal.etags import conditional, etag_of
from credentials_portal.problems import PreconditionFailed
from tenants.models import Membership, Tenant
from tests.answers import assert_problem, stored
from tests.conftest import Caller, with_key
from tests.factories import micro_credential

ME = "/api/v1/users/me"


def read(caller: Caller, tags: str, method: str = "get") -> Any:
    return caller.request(method, ME, headers={"If-None-Match": tags})


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{} , "other"', "*"])
def test_a_read_of_what_is_known_is_304_without_a_body(member: Caller, form: str) -> None:
    first = member.get(ME)
    tag = first.headers["ETag"]

    response = read(member, form.format(tag))

    assert (response.status_code, response.content) == (304, b"")
    for header in ("ETag", "Cache-Control", "Vary"):
        assert response.headers[header] == first.headers[header]
    assert "Content-Type" not in response.headers


@pytest.mark.parametrize("form", ['"other"', "", "garbage", "{bare}", '"{bare}x"', '"'])
def test_a_read_of_anything_else_is_200(member: Caller, form: str) -> None:
    bare = member.get(ME).headers["ETag"].strip('"')

    response = read(member, form.replace("{bare}", bare))

    assert response.status_code == 200
    assert response.json()["id"] == member.user.pk


def test_head_carries_the_same_tag(member: Caller) -> None:
    tag = member.get(ME).headers["ETag"]

    assert member.request("head", ME).headers["ETag"] == tag
    assert read(member, tag, "head").status_code == 304


def test_a_tag_is_strong_and_of_the_content_alone(member: Caller, colleague: Caller) -> None:
    first, again = member.get(ME), member.get(ME)

    assert first.headers["ETag"] == again.headers["ETag"] == etag_of(first.content)
    assert first.headers["ETag"].startswith('"')
    assert colleague.get(ME).headers["ETag"] != first.headers["ETag"]


def test_a_private_answer_is_kept_by_nobody_else(member: Caller) -> None:
    headers = member.get(ME).headers

    assert headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in headers["Vary"]


def test_a_known_tag_opens_nothing_to_a_stranger(member: Caller, anonymous: Caller) -> None:
    tag = member.get(ME).headers["ETag"]

    assert read(anonymous, tag).status_code == 401


def test_a_refusal_has_no_tag(member: Caller) -> None:
    assert "ETag" not in member.get("/api/v1/user-micro-credential/1").headers


def test_an_answer_that_must_not_be_stored_has_no_tag(rf: Any) -> None:
    answer = HttpResponse(b"{}", headers={"Cache-Control": "no-store"})

    conditional(rf.get("/", headers={"If-None-Match": "*"}), answer, "private, no-cache")

    assert answer.status_code == 200
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("form", "status"),
    [("{}", 200), ('"other", {}', 200), ("*", 200), ("", 200), ('"other"', 412), ("garbage", 412)],
)
def test_a_change_is_made_only_to_what_the_caller_has_seen(
    acme: Tenant, member: Caller, form: str, status: int
) -> None:
    record = micro_credential(acme, member.user)
    path = f"/api/v1/user-micro-credential/{record.pk}"
    tag = member.get(path).headers["ETag"]
    before = stored(record)

    response = member.patch(path, {"title": "New"}, headers={"If-Match": form.format(tag)})

    assert response.status_code == status
    if status == 412:
        assert_problem(response, 412, PreconditionFailed.slug)
        assert stored(record) == before
    else:
        assert stored(record)["title"] == "New"


def test_the_tag_is_the_same_whoever_may_read(acme: Tenant, member: Caller, issuer: Caller) -> None:
    record = micro_credential(acme, member.user)
    key = with_key(Membership.objects.get(user=member.user))
    path = f"/api/v1/user-micro-credential/{record.uuid}"

    tags = {caller.get(path).headers["ETag"] for caller in (member, issuer, key)}

    assert len(tags) == 1
