"""A request as an ASGI server tells it, and as PEP 3333 wants it."""

from typing import Any

import pytest

from credentials_portal import environs
from tests.portal.asgi import scope_of


def environ(**changes: Any) -> dict[str, Any]:
    return environs.from_scope(scope_of(**changes))


def test_what_pep_3333_asks_for() -> None:
    told = environ(query_string=b"a=%20", method="PATCH", scheme="https")

    assert told["REQUEST_METHOD"] == "PATCH"
    assert told["QUERY_STRING"] == "a=%20"
    assert (told["SERVER_NAME"], told["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert (told["REMOTE_ADDR"], told["SERVER_PROTOCOL"]) == ("192.0.2.7", "HTTP/1.1")
    assert told["wsgi.url_scheme"] == "https"


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (b"/api/v1/", "/api/v1/"),
        (b"/caf%C3%A9", "/caf\u00c3\u00a9"),
        (b"/%FF%2F", "/\u00ff/"),
        (b"/%zz%", "/%zz%"),
    ],
)
def test_a_path_is_its_bytes(sent: bytes, path: str) -> None:
    """Bytes as Latin-1: Django decodes them, and refuses what is no UTF-8."""
    assert environ(raw_path=sent)["PATH_INFO"] == path


def test_headers_have_their_names_there() -> None:
    told = environ(
        headers=[
            (b"content-type", b"application/json"),
            (b"content-length", b"2"),
            (b"x-request-id", b"caf\xe9"),
        ]
    )

    assert told["CONTENT_TYPE"] == "application/json"
    assert told["CONTENT_LENGTH"] == "2"
    assert told["HTTP_X_REQUEST_ID"] == "caf\u00e9"


def test_a_header_that_comes_twice_is_joined() -> None:
    told = environ(
        headers=[(b"accept", b"a"), (b"cookie", b"a=1"), (b"accept", b"b"), (b"cookie", b"b=2")]
    )

    assert told["HTTP_ACCEPT"] == "a,b"
    assert told["HTTP_COOKIE"] == "a=1; b=2"


def test_names_that_clients_make_up_do_not_fill_the_memory() -> None:
    for number in range(1000):
        environ(headers=[(b"x-%d-" % number + b"y" * 1000, b"")])

    # A name may have 64 KiB, and is kept twice.
    assert environs.name_of.cache_info().currsize * 2 * 64 <= 16 * 1024


def test_an_underscore_does_not_pass_for_a_hyphen() -> None:
    """A proxy that sets X-Forwarded-For does not know of X_Forwarded_For."""
    told = environ(headers=[(b"x_forwarded_for", b"192.0.2.1"), (b"content_length", b"9")])

    assert "HTTP_X_FORWARDED_FOR" not in told
    assert "CONTENT_LENGTH" not in told
