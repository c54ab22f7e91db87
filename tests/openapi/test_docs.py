"""GET /api/v1/schema and /api/v1/docs"""

import re

import yaml

from tests.answers import assert_problem
from tests.conftest import Caller
from tests.openapi.document import document

SCHEMA, DOCS = "/api/v1/schema", "/api/v1/docs"


def test_document_is_json_without_a_token(anonymous: Caller) -> None:
    for path in (SCHEMA, f"{SCHEMA}/"):
        response = anonymous.get(path)

        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/json"
        assert response.json() == document()


def test_document_is_yaml_for_who_asks_for_it(anonymous: Caller) -> None:
    for response in (
        anonymous.get(SCHEMA, headers={"Accept": "application/yaml"}),
        anonymous.get(SCHEMA, {"format": "yaml"}),
    ):
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/yaml"
        assert "Accept" in response.headers["Vary"]
        assert yaml.load(response.content, yaml.CSafeLoader) == document()


def test_document_with_a_bad_token_is_401() -> None:
    assert_problem(Caller("Bearer nonsense").get(SCHEMA), 401, "invalid-token")


def test_document_that_the_caller_has_is_304(anonymous: Caller) -> None:
    tag = anonymous.get(SCHEMA).headers["ETag"]

    assert anonymous.get(SCHEMA, headers={"If-None-Match": tag}).status_code == 304


def test_documentation_is_only_read(anonymous: Caller) -> None:
    for path in (SCHEMA, DOCS):
        assert_problem(anonymous.post(path), 405, "method-not-allowed")


def test_docs_page_is_made_of_packaged_files_alone(anonymous: Caller) -> None:
    page = anonymous.get(DOCS)

    addresses = re.findall(r"""(?:src|href)="([^"]*)\"""", page.content.decode())
    assert page.status_code == 200
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith(("/static/", "/api/v1/")), address
        assert anonymous.request("head", address).status_code == 200, address
    assert "//" not in page.content.decode().replace("<!doctype", "")


def test_docs_page_shows_this_portals_document(anonymous: Caller) -> None:
    script = anonymous.get("/api/v1/docs.js")

    assert script.headers["Content-Type"] == "text/javascript"
    assert f'url: "{SCHEMA}"' in script.content.decode()
    assert "validatorUrl: null" in script.content.decode()


def test_docs_page_may_load_nothing_from_elsewhere_and_be_framed_by_nobody(
    anonymous: Caller,
) -> None:
    headers = anonymous.get(DOCS).headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert headers["X-Frame-Options"] == "DENY"
