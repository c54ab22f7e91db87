"""GET /c/{uuid}/document, and the frame in which the page shows it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from credentials.core.rendering.document import headers
from credentials.core.rendering.placeholders import NAMES
from credentials.models import Assertion, CredentialDefinition, UserCredential
from tenants.models import Tenant
from tests.conftest import Caller
from tests.rendering.reading import assert_harmless, body_of
from tests.verification.conftest import Read, choose, revoke
from tests.verification.document import Document
from users.models import User

pytestmark = pytest.mark.usefixtures("today")

IMAGE = "/images/0b5a4f6e-7c7d-4e0a-9f0e-5d1f2a3b4c5d"


@pytest.fixture(autouse=True)
def address(settings: Any) -> str:
    settings.PUBLIC_URL = "https://credentials.example.org"
    return "https://credentials.example.org"


def use(row: Assertion, **changes: Any) -> None:
    CredentialDefinition.objects.filter(pk=row.definition_id).update(**changes)


def body(anonymous: Caller, row: Assertion) -> str:
    response = anonymous.get(f"/c/{row.uuid}/document")
    assert response.status_code == 200, response.content
    assert_harmless(response.text)
    return body_of(response.text)


def test_document_is_made_of_the_definition_s_templates(
    anonymous: Caller, welder: Assertion
) -> None:
    response = anonymous.get(f"/c/{welder.uuid}/document")

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert body_of(response.text) == "<h1>Ada Lovelace</h1>"
    assert "h1 { color: #123456 }" in response.text
    assert "<title>Welder</title>" in response.text


def test_every_placeholder_is_told(anonymous: Caller, welder: Assertion, address: str) -> None:
    use(
        welder,
        html_template="".join(f"<p>{{{{ {name} }}}}</p>" for name in NAMES),
        icon_image=IMAGE,
        background_image="https://elsewhere.example/x.png",
    )

    texts = re.findall("<p>(.*?)</p>", body(anonymous, welder), re.DOTALL)
    told = dict(zip(NAMES, texts, strict=True))

    assert told == {
        "recipient_name": "Ada Lovelace",
        "credential_name": "Welder",
        "credential_type": "CERTIFICATE",
        "description": "Joins metals by heat.",
        "criteria_text": "A seam\nof ten metres.",
        "narrative": "In one go.",
        "issued_on": "22 November 2026",
        "expires_on": "31 January 2029",
        "issuer_name": "School of Metalwork",
        "organization_name": "Acme",
        "credential_id": str(welder.uuid),
        "credential_url": f"{address}/c/{welder.uuid}",
        "icon_image": f"{address}{IMAGE}",
        "background_image": "",
        "thumbnail_image": "",
        "issuer_image": "",
    }


def test_what_people_and_organizations_are_called_is_text(
    anonymous: Caller, acme: Tenant, ada: User, welder: Assertion
) -> None:
    User.objects.filter(pk=ada.pk).update(first_name="<script>alert(1)</script>")
    use(welder, name='"><img src=x onerror=alert(1)>')
    template = '<p title="{{ credential_name }}">{{ recipient_name }}</p>'
    use(welder, html_template=template)

    assert body(anonymous, welder) == (
        '<p title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">'
        "&lt;script&gt;alert(1)&lt;/script&gt; Lovelace</p>"
    )


def test_the_name_is_as_the_organization_chose(
    anonymous: Caller, acme: Tenant, welder: Assertion
) -> None:
    choose(acme, public_name="initials")
    assert body(anonymous, welder) == "<h1>A. L.</h1>"
    choose(acme, public_name="none")
    assert body(anonymous, welder) == "<h1></h1>"


def test_document_brings_its_own_policy_also_with_304(anonymous: Caller, welder: Assertion) -> None:
    path = f"/c/{welder.uuid}/document"
    first = anonymous.get(path)

    again = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    for response in (first, again):
        assert headers().items() <= dict(response.headers).items()
        assert response.headers["Cache-Control"] == "no-cache"
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("change", [{"html_template": "<p>x"}, {"css_template": "p{color:red}"}])
def test_tag_covers_the_templates(
    anonymous: Caller, welder: Assertion, change: dict[str, str]
) -> None:
    path = f"/c/{welder.uuid}/document"
    known = {"If-None-Match": anonymous.get(path).headers["ETag"]}

    use(welder, **change)

    assert anonymous.get(path, headers=known).status_code == 200


def assert_framed_refusal(response: Any, status: int) -> None:
    assert response.status_code == status
    assert Document(response.content.decode()).heading
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_what_has_no_document_is_404(
    anonymous: Caller, welder: Assertion, award: UserCredential
) -> None:
    assert_framed_refusal(anonymous.get(f"/c/{award.uuid}/document"), 404)
    assert_framed_refusal(anonymous.get("/c/nonsense/document"), 404)
    use(welder, html_template="")
    assert_framed_refusal(anonymous.get(f"/c/{welder.uuid}/document"), 404)


def test_what_is_revoked_has_no_document_and_no_frame(
    anonymous: Caller, read: Read, welder: Assertion
) -> None:
    tag = anonymous.get(f"/c/{welder.uuid}/document").headers["ETag"]
    revoke(welder, "Copied")

    response = anonymous.get(f"/c/{welder.uuid}/document", headers={"If-None-Match": tag})

    assert_framed_refusal(response, 404)
    assert read(welder).attributes("iframe") == []
    assert anonymous.get(f"/c/{welder.uuid}/data").json()["document_url"] is None


def test_what_is_expired_keeps_its_document(
    anonymous: Caller, read: Read, welder: Assertion
) -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        assert body(anonymous, welder) == "<h1>Ada Lovelace</h1>"
        page = read(welder)

    assert page.status == "Expired On 31 January 2029"
    assert len(page.attributes("iframe")) == 1


def test_a_document_of_an_inactive_holder_is_closed(
    anonymous: Caller, ada: User, welder: Assertion
) -> None:
    User.objects.filter(pk=ada.pk).update(state=User.State.INACTIVE)

    assert_framed_refusal(anonymous.get(f"/c/{welder.uuid}/document"), 403)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_document_is_only_read(anonymous: Caller, welder: Assertion, method: str) -> None:
    response = anonymous.request(method, f"/c/{welder.uuid}/document")

    assert_framed_refusal(response, 405)
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("slash", ["", "/"])
def test_page_shows_the_document_in_a_frame_that_may_do_nothing(
    anonymous: Caller, welder: Assertion, slash: str
) -> None:
    response = anonymous.get(f"/c/{welder.uuid}{slash}")

    (frame,) = Document(response.text).attributes("iframe")
    assert frame == {
        "src": f"/c/{welder.uuid}/document",
        "title": "Welder: the document",
        "sandbox": "",
        "referrerpolicy": "no-referrer",
    }
    assert "frame-src 'self'" in response.headers["Content-Security-Policy"]
    assert "Ada Lovelace</h1>" not in response.text


def test_page_keeps_its_policy_with_304(anonymous: Caller, welder: Assertion) -> None:
    path = f"/c/{welder.uuid}"
    first = anonymous.get(path)

    again = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    name = "Content-Security-Policy"
    assert again.headers[name] == first.headers[name]


def test_page_without_a_document_frames_nothing(
    anonymous: Caller, read: Read, welder: Assertion, award: UserCredential
) -> None:
    use(welder, html_template="")

    for row in (welder, award):
        policy = anonymous.get(f"/c/{row.uuid}").headers["Content-Security-Policy"]
        assert "frame-src" not in policy
        assert read(row).attributes("iframe") == []


def test_page_of_an_assertion_shows_what_it_is_about(read: Read, welder: Assertion) -> None:
    page = read(welder)

    assert page.texts("p", **{"class": "kind"}) == ["Organization credential"]
    assert page.facts == {
        "Issued by": "School of Metalwork",
        "Organization": "Acme",
        "Issued": "22 November 2026",
        "Valid until": "31 January 2029",
        "About": "Joins metals by heat.",
        "Criteria": "A seam of ten metres.",
        "How it was earned": "In one go.",
        "Credential ID": str(welder.uuid),
    }
    assert page.links["Criteria"] == "https://school.example/criteria"
    assert page.links["Evidence"] == "https://school.example/seam"


def test_an_issuer_that_is_called_as_the_organization_is_named_once(
    read: Read, acme: Tenant, welder: Assertion
) -> None:
    Tenant.objects.filter(pk=acme.pk).update(name="School of Metalwork")

    facts = read(welder).facts

    assert facts["Issued by"] == "School of Metalwork"
    assert "Organization" not in facts


def test_links_that_lead_to_no_web_site_are_left_out(
    read: Read, anonymous: Caller, welder: Assertion
) -> None:
    use(welder, criteria_url="javascript:alert(1)")
    Assertion.objects.filter(pk=welder.pk).update(evidence_url="data:text/html,x")

    assert {"Criteria", "Evidence"} & read(welder).links.keys() == set()
    data = anonymous.get(f"/c/{welder.uuid}/data").json()
    assert (data["criteria_url"], data["evidence_url"]) == (None, None)
