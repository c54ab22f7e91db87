"""A template that is far too large is told so by its name; a body without measure is not read."""

import os
import subprocess
import sys
from io import BytesIO
from typing import Any

import orjson
import pytest
from django.conf import settings

from credentials.models import CredentialDefinition
from credentials.organization_credentials.catalogue import CatalogueView
from credentials_portal.form_format import FormParser, MultipartParser
from credentials_portal.json_format import JsonParser
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.organization_credentials.conftest import ISSUERS, LIST, at
from tests.organization_credentials.drawings import drawing, encoded
from tests.portal.form_bodies import MULTIPART, URL_ENCODED, multipart, url_encoded

MEGABYTE = 1_000_000
LIMIT = CatalogueView.max_body_bytes
JSON = "application/json"
PARSERS = {JSON: JsonParser, MULTIPART: MultipartParser, URL_ENCODED: FormParser}


def body(template: str, content_type: str = JSON) -> bytes:
    if content_type == JSON:
        return orjson.dumps({"html_template": template})
    fields = [("html_template", template)]
    return multipart(fields) if content_type == MULTIPART else url_encoded(fields)


def chunked(content: Any) -> dict[str, Any]:
    """As a server hands over a body whose length nobody told."""
    stream = content if isinstance(content, BytesIO) else BytesIO(content)
    return {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "CONTENT_TYPE": JSON,
        "wsgi.input": stream,
    }


def whole(content: bytes) -> dict[str, Any]:
    """With its length; the test client's own streams fail where a socket would be at its end."""
    length = str(len(content))
    return {"CONTENT_LENGTH": length, "CONTENT_TYPE": JSON, "wsgi.input": BytesIO(content)}


@pytest.mark.parametrize("root", ["/api/v1", "/api"])
@pytest.mark.parametrize("content_type", PARSERS)
def test_a_template_of_five_megabytes_is_400_at_its_name(
    admin: Caller, welder: CredentialDefinition, content_type: str, root: str
) -> None:
    before = stored(welder)

    response = admin.put(
        at(welder.uuid, root=root),
        body("é" * (5 * MEGABYTE // 6), content_type),
        content_type=content_type,
    )

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/html_template", "max_length")]
    assert stored(welder) == before


def test_so_is_one_that_comes_in_chunks(admin: Caller, welder: CredentialDefinition) -> None:
    response = admin.put(at(welder.uuid), b"", **chunked(body("x" * 5 * MEGABYTE)))

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/html_template", "max_length")]


@pytest.mark.parametrize("in_chunks", [False, True])
@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_the_limit_holds_to_the_byte(
    admin: Caller, welder: CredentialDefinition, more: int, status: int, in_chunks: bool
) -> None:
    sent = b'{"name": "Smith"}'.ljust(LIMIT + more)

    response = admin.put(at(welder.uuid), b"", **(chunked(sent) if in_chunks else whole(sent)))

    assert response.status_code == status
    welder.refresh_from_db()
    assert welder.name == ("Smith" if status == 200 else "Welder")


@pytest.mark.parametrize("caller", ["admin", "member", "anonymous"])
@pytest.mark.parametrize("path", [LIST, ISSUERS])
def test_nine_megabytes_are_413_for_everyone(
    request: pytest.FixtureRequest, welder: CredentialDefinition, caller: str, path: str
) -> None:
    sent = whole(body("x" * 9 * MEGABYTE))

    response = request.getfixturevalue(caller).post(path, b"", **sent)

    assert_problem(response, 413, "body-too-large")


def test_chunks_without_end_are_read_no_further_than_the_limit(admin: Caller) -> None:
    class Endless(BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 <= size <= LIMIT
            self.largest = max(self.largest, size)
            return b" " * size

    endless = Endless()

    assert_problem(admin.post(LIST, b"", **chunked(endless)), 413, "body-too-large")
    assert endless.largest < LIMIT


@pytest.mark.parametrize(
    "path", ["/api/v1/user-micro-credentials", "/api/v1/token", "/api/v1/nowhere", "/"]
)
def test_elsewhere_the_limit_is_as_it_was(admin: Caller, path: str) -> None:
    sent = b" " * (settings.MAX_BODY_BYTES + 1)

    for options in (whole(sent), chunked(sent)):
        assert_problem(admin.post(path, b"", **options), 413, "body-too-large")


def test_in_the_admin_the_limit_is_as_it_was(admin: Caller) -> None:
    sent = b" " * (settings.MAX_BODY_BYTES + 1)

    for options in (whole(sent), chunked(sent)):
        response = admin.post("/admin/login/", b"", **options)

        assert response.status_code == 413
        assert "The request body is too large" in response.content.decode()


def test_three_images_of_two_megabytes_fit(admin: Caller, welder: CredentialDefinition) -> None:
    large = encoded(drawing((300, 200))).ljust(2 * 1024 * 1024)
    names = ("icon_image", "background_image", "thumbnail_image")

    response = admin.put(
        at(welder.uuid), multipart((name, large) for name in names), content_type=MULTIPART
    )

    assert response.status_code == 200, response.content


@pytest.mark.parametrize("content_type", PARSERS)
def test_who_may_not_write_is_refused_before_the_body_is_read(
    member: Caller, welder: CredentialDefinition, content_type: str, monkeypatch: Any
) -> None:
    def parse(*arguments: Any) -> None:
        raise AssertionError

    for parser in PARSERS.values():
        monkeypatch.setattr(parser, "parse", parse)

    response = member.put(at(welder.uuid), body("x", content_type), content_type=content_type)

    assert_problem(response, 403, "forbidden")


# In a process of its own, whose memory nobody used before.
TWENTY = """
import resource, time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
import django
django.setup()
from rest_framework.exceptions import ValidationError
from credentials.organization_credentials.serializers import DefinitionChangeSerializer
from credentials_portal.form_fields import validated
from tests.organization_credentials.test_large_bodies import PARSERS, five_megabytes

serializer = DefinitionChangeSerializer()
for content_type, sent in five_megabytes().items():
    def refused(_):
        form = PARSERS[content_type]().parse(BytesIO(sent), content_type)
        try:
            validated(serializer, form)
        except ValidationError as error:
            return [fault.code for fault in error.detail["html_template"]] == ["max_length"]

    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(refused, range(20)))
    after, ended = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    print((after - before) * 1024, ended - started)
"""


def five_megabytes() -> dict[str, bytes]:
    return {
        content_type: body("<p>é</p>" * (5 * MEGABYTE // size), content_type)
        for content_type, size in ((JSON, 9), (MULTIPART, 9), (URL_ENCODED, 22))
    }


def test_twenty_times_five_megabytes_at_once_take_little_time_and_room() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWENTY],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "credentials_portal.settings"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert {len(sent) // MEGABYTE for sent in five_megabytes().values()} <= {4, 5}
    costs = [tuple(map(float, line.split())) for line in done.stdout.splitlines()]
    assert len(costs) == len(PARSERS)
    for room, seconds in costs:
        assert room < 20 * 3 * 5 * MEGABYTE
        assert seconds < 10
