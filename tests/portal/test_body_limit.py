"""A body past the limit is 413 before anything reads it, with a length or without."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.test import RequestFactory
from django.urls import Resolver404, include, path
from django.views import View
from rest_framework.views import APIView

from credentials.models import MicroCredential
from credentials_portal import middleware
from tests.answers import assert_problem
from tests.conftest import Caller

ME = "/api/v1/users/me"


def body_of(size: int) -> bytes:
    """A valid change of a name, padded with white space."""
    return b'{"first_name":"A"}'.ljust(size)


def send(caller: Caller, body: BytesIO, **environ: Any) -> Any:
    """As a server hands over a request: with its length, or in chunks without one."""
    environ = environ or {"HTTP_TRANSFER_ENCODING": "Chunked", "CONTENT_LENGTH": ""}
    environ |= {"CONTENT_TYPE": "application/json"}
    return caller.request("patch", ME, b"", **environ, **{"wsgi.input": body})


def test_a_body_of_the_greatest_size_is_read(member: Caller) -> None:
    response = member.request("patch", ME, body_of(settings.MAX_BODY_BYTES))

    assert (response.status_code, response.json()["first_name"]) == (200, "A")


def test_a_body_one_byte_larger_is_413_and_changes_nothing(member: Caller) -> None:
    size = settings.MAX_BODY_BYTES + 1

    response = send(member, BytesIO(body_of(size)), CONTENT_LENGTH=str(size))

    assert_problem(response, 413, "body-too-large")
    assert response.headers["X-Request-ID"]
    member.user.refresh_from_db()
    assert member.user.first_name == ""


def test_a_chunked_body_is_read_like_any_other(member: Caller) -> None:
    response = send(member, BytesIO(b'{"first_name":"A"}'))

    assert (response.status_code, response.json()["first_name"]) == (200, "A")


def test_a_chunked_body_that_never_ends_is_413(member: Caller) -> None:
    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size >= 0, "the whole of an endless body"
            self.taken += size
            return b" " * size

    endless = Endless()

    response = send(member, endless)

    assert_problem(response, 413, "body-too-large")
    assert endless.taken < 64 * settings.MAX_BODY_BYTES


@pytest.mark.parametrize("length", ["100000000", "9" * 30])
def test_a_length_that_is_only_announced_is_413(member: Caller, length: str) -> None:
    response = send(member, BytesIO(b'{"first_name":"A"}'), CONTENT_LENGTH=length)

    assert_problem(response, 413, "body-too-large")
    assert response.headers["Connection"] == "close"
    member.user.refresh_from_db()
    assert member.user.first_name == ""


def test_nothing_is_read_of_a_body_that_waits_for_our_word(member: Caller) -> None:
    body = BytesIO(body_of(1000))

    response = send(member, body, CONTENT_LENGTH="100000000", HTTP_EXPECT="100-continue")

    assert_problem(response, 413, "body-too-large")
    assert body.tell() == 0


@pytest.mark.parametrize("length", ["-1", "1e9", "0x10", "٣"])
def test_a_length_that_is_no_number_is_no_body(member: Caller, length: str) -> None:
    response = send(member, BytesIO(body_of(1000)), CONTENT_LENGTH=length)

    assert response.status_code < 500
    member.user.refresh_from_db()
    assert member.user.first_name == ""


def test_the_path_is_looked_at_for_larger_bodies_and_those_without_a_length(
    member: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolve(path: str) -> None:
        asked.append(path)
        raise Resolver404

    monkeypatch.setattr(middleware, "resolve", resolve)
    largest, larger = (body_of(settings.MAX_BODY_BYTES + more) for more in (0, 1))

    assert member.request("patch", ME, largest).status_code == 200
    assert asked == []
    assert send(member, BytesIO(largest)).status_code == 200
    assert asked == [ME]
    assert_problem(send(member, BytesIO(larger)), 413, "body-too-large")
    assert set(asked) == {ME}


class ApiView(APIView):
    max_body_bytes = 20


class PageView(View):
    max_body_bytes = 20


class Page(ModelAdmin):  # type: ignore[type-arg]
    max_body_bytes = 20


class UsualView(View):
    pass


views: list[Any] = [
    ApiView.as_view(),
    PageView.as_view(),
    UsualView.as_view(),
    lambda request: None,
]
urlpatterns = [
    *(path(str(place), view) for place, view in enumerate(views)),
    path("admin/", include(Page(MicroCredential, AdminSite()).urls)),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "limit"),
    [("0", 20), ("1", 20), ("2", 10), ("3", 10), ("admin/", 20), ("admin/add/", 20), ("x", 10)],
)
def test_a_view_and_a_page_of_the_admin_may_take_more_but_never_less(
    rf: RequestFactory, settings: Any, address: str, limit: int
) -> None:
    request = rf.post(f"/{address}")

    settings.MAX_BODY_BYTES = 10
    assert middleware.own_limit(request) == limit
    settings.MAX_BODY_BYTES = 30
    assert middleware.own_limit(request) == 30


def test_a_body_that_did_not_come_in_time_is_408_and_changes_nothing(member: Caller) -> None:
    late = {middleware.UNFINISHED: True, "CONTENT_LENGTH": "20"}

    response = send(member, BytesIO(body_of(20)), **late)

    assert_problem(response, 408, "request-timeout")
    assert response.headers["Connection"] == "close"
    member.user.refresh_from_db()
    assert member.user.first_name == ""


def test_a_chunked_body_that_breaks_off_is_408(member: Caller) -> None:
    class BrokenOff(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionError

    assert_problem(send(member, BrokenOff()), 408, "request-timeout")
