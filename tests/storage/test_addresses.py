"""Addresses of a list: the store's own where it has them, made without asking it anything."""

import hashlib
import hmac
import socket
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit
from urllib.request import urlopen

import pytest

from credentials.models import Diploma
from credentials.storage.configured import store as configured
from credentials.storage.keys import object_key
from credentials.storage.s3 import S3Store
from tenants.models import Tenant
from tests import factories
from tests.conftest import Caller
from tests.storage.conftest import announce, put, stored_file
from tests.storage.s3_server import SECRET
from tests.storage.samples import PDF

UNSIGNED, KIND = "UNSIGNED-PAYLOAD", "AWS4-HMAC-SHA256"
LIST = "/api/v1/users/me/diplomas?extend=presigned-url"


@pytest.fixture
def shelf(remote: S3Store, acme: Tenant, member: Caller) -> list[Diploma]:
    """Newest first, each with a file of its own; of the last one nothing came yet."""
    rows = [factories.diploma(acme, member.user) for _ in range(4)]
    for number, row in enumerate(rows[1:]):
        answer = put(announce(row, content(number), f"Zeugnis {number}.pdf"), content(number))
        assert answer.status_code == 204
    announce(rows[0])
    return rows[::-1]


def content(number: int) -> bytes:
    return PDF + b"%%%d\n" % number


def refuse(*address: Any) -> None:
    raise AssertionError(f"The network is asked for {address[-1]}.")


def listed(member: Caller) -> list[str]:
    """The addresses; while it is made, nothing is reached but the database."""
    with pytest.MonkeyPatch.context() as closed:
        for name in ("connect", "connect_ex"):
            closed.setattr(socket.socket, name, refuse)
        for name in ("create_connection", "getaddrinfo"):
            closed.setattr(socket, name, refuse)
        answer = member.get(LIST, headers=member.both)
    assert answer.status_code == 200
    return [item["presignedUrl"] for item in answer.json()["data"]]


def test_a_list_asks_the_store_nothing_and_each_address_opens_one_file(
    s3: str, shelf: list[Diploma], member: Caller
) -> None:
    urls = listed(member)

    # Until its file has come, the portal's own address says so.
    assert urlsplit(urls.pop()).path.startswith("/files/")
    for url, number in zip(urls, (2, 1, 0), strict=True):
        assert url.startswith(f"{s3}/")
        with urlopen(url, timeout=20) as answer:  # noqa: S310 - our own loopback address
            assert answer.read() == content(number)
            assert answer.headers["Content-Type"] == "application/pdf"
            told = answer.headers["Content-Disposition"]
        assert told == f"attachment; filename*=UTF-8''Zeugnis%20{number}.pdf"


def test_the_first_of_a_fresh_process_asks_nothing_either(
    settings: Any, s3: str, shelf: list[Diploma], member: Caller
) -> None:
    """Neither where the bucket is, nor which keys there are."""
    former = configured()
    settings.S3 = (*(pair for pair in settings.S3 if pair[0] != "region"), ("region", "eu-west-3"))

    urls = listed(member)[:-1]

    assert configured() is not former
    assert all(url.startswith(f"{s3}/") and "eu-west-3" in url for url in urls)


def test_addresses_are_of_where_clients_reach_the_store(
    settings: Any, shelf: list[Diploma], member: Caller
) -> None:
    public = "https://files.example"
    settings.S3 = (*settings.S3, ("public_endpoint_url", public))

    for url, row in zip(listed(member), shelf[:-1], strict=False):
        file = stored_file(row)
        assert file
        assert file.key
        bucket = dict(settings.S3)["bucket"]
        signed = parse_qs(urlsplit(url).query)
        assert url.startswith(f"{public}/{bucket}/{object_key(row.tenant.uuid, file.key)}?")
        assert signed["X-Amz-Expires"] == ["900"]
        # Which host is asked, and what the browser is told, are signed too.
        assert signed["X-Amz-SignedHeaders"] == ["host"]
        assert signed["response-content-type"] == ["application/pdf"]


def test_a_signature_is_for_one_method_key_lifetime_and_name(
    settings: Any, shelf: list[Diploma], member: Caller
) -> None:
    """As a store checks it: Signature Version 4, in the query. The one of the tests checks none."""
    url, other, *_ = listed(member)
    path, foreign = urlsplit(url).path, urlsplit(other).path

    assert signature(url, "GET") == parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]
    for method, changed in (
        ("PUT", url),
        ("HEAD", url),
        ("DELETE", url),
        ("GET", url.replace(path, foreign)),
        ("GET", url.replace("X-Amz-Expires=900", "X-Amz-Expires=901")),
        ("GET", url.replace("attachment", "inline")),
        ("GET", url.replace("application%2Fpdf", "text%2Fhtml")),
        ("GET", url.replace("127.0.0.1", "127.0.0.2")),
    ):
        assert (method, changed) != ("GET", url)
        told = parse_qs(urlsplit(changed).query)["X-Amz-Signature"][0]
        assert signature(changed, method) != told


def signature(url: str, method: str) -> str:
    """Source: AWS Signature Version 4, authenticating requests by query parameters."""
    parts = urlsplit(url)
    query = sorted(parse_qsl(parts.query))
    told = dict(query)
    signed = [
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in query
        if name != "X-Amz-Signature"
    ]
    asked = "\n".join(
        [method, parts.path, "&".join(signed), f"host:{parts.netloc}", "", "host", UNSIGNED]
    )
    scope = told["X-Amz-Credential"].split("/", 1)[1]
    digest = hashlib.sha256(asked.encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for word in (*scope.split("/"), "\n".join([KIND, told["X-Amz-Date"], scope, digest])):
        key = hmac.digest(key, word.encode(), "sha256")
    return key.hex()
