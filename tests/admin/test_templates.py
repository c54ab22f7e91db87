"""Templates in the admin: kept byte for byte, shown as one writes them, with their images."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from credentials.core.admin_fields import KeptLinesField, KeptListField, KeptTextField
from credentials.models import CredentialDefinition, Image
from tenants.models import Role, Tenant
from tests.admin.award_pages import page, told
from tests.admin.catalogue_pages import DEFINITIONS, ISSUERS, add, opened, save
from tests.admin.conftest import Browser, errors, staff
from tests.conftest import make_member
from tests.factories import definition, issuer_profile

PREVIEW = f"{DEFINITIONS}preview/"
AS_SENT = {
    "html_template": "\n\n<p>a</p>\r\n\t<p>b</p>\r<p>c</p>\n  &amp; &lt;/textarea> 🦺 \r\n\r\n ",
    "css_template": "p { }\r\n\r\n/* \x0b\x0c\u2028 */  ",
    "description": "\r\nfirst\nsecond\r",
    "criteria_text": " \n ",
    "name": " Welder\r\n(basic)\n ",
    "credential_type": "TYPE\nOF OURS ",
    "courses": [" a b ", "two\nlines", "c\r", "\u2028"],
    "programs": [],
}


@pytest.fixture
def welder(acme: Tenant) -> CredentialDefinition:
    return definition(acme)


# --- Kept


def test_to_open_and_save_changes_not_a_byte(acme: Tenant, acme_admin: Browser) -> None:
    row = definition(acme, **AS_SENT)
    modified_at = row.modified_at

    for _ in range(2):
        assert save(acme_admin, row).status_code == 302

    row.refresh_from_db()
    assert {name: getattr(row, name) for name in AS_SENT} == AS_SENT
    assert row.modified_at == modified_at
    assert told(row) == []


def test_another_change_leaves_the_templates_as_they_are(acme: Tenant, acme_admin: Browser) -> None:
    row = definition(acme, **AS_SENT)

    assert save(acme_admin, row, criteria_url="https://school.example/").status_code == 302

    row.refresh_from_db()
    assert {name: getattr(row, name) for name in AS_SENT} == AS_SENT
    assert told(row) == [("changed", {"criteria_url": "https://school.example/"})]


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("<p>\n</p>\n", "<b>\n</b>\n "),
        ("<p>\r\n</p>\r\n", "<b>\r\n</b>\r\n "),
        ("", "<b>\n</b>\n "),
    ],
)
def test_a_changed_template_keeps_its_kind_of_line_breaks_and_its_white_space(
    acme: Tenant, acme_admin: Browser, stored: str, kept: str
) -> None:
    row = definition(acme, html_template=stored)

    assert save(acme_admin, row, html_template="<b>\r\n</b>\r\n ").status_code == 302

    row.refresh_from_db()
    assert row.html_template == kept


def test_a_template_of_the_full_length_is_saved_whatever_a_browser_makes_of_its_lines(
    acme: Tenant, acme_admin: Browser
) -> None:
    row = definition(acme, html_template="x\n" * 32_768)

    assert save(acme_admin, row, html_template="y\r\n" * 32_768).status_code == 302

    row.refresh_from_db()
    assert row.html_template == "y\n" * 32_768


def test_a_name_with_a_line_break_is_not_broken_in_two(acme: Tenant, acme_admin: Browser) -> None:
    row = definition(acme, courses=["two\nlines"])

    response = save(acme_admin, row, courses="two\r\nlines\r\nmore")

    assert "One of these holds a line break" in errors(response)
    row.refresh_from_db()
    assert row.courses == ["two\nlines"]


@given(st.text(alphabet=st.sampled_from("a \t\r\n\u2028\x0b<&"), max_size=12))
def test_any_text_comes_back_from_a_browser_as_it_was_stored(text: str) -> None:
    for field, stored in (
        (KeptTextField(), text),
        (KeptLinesField(), text),
        (KeptListField(), text.split("\n")),
    ):
        sent = field.shown(stored).replace("\n", "\r\n")

        assert not field.has_changed(stored, sent)
        assert field.restored(stored, field.to_python(sent)) == stored


# --- Shown


def test_the_preview_shows_the_templates_that_were_sent(acme_admin: Browser) -> None:
    sent = {
        "html_template": "<h1>{{ credential_name }}</h1><p>{{ recipient_name }}</p>"
        "<script>alert(1)</script>",
        "css_template": "h1 { color: teal }",
        "name": "Welder <b>",
    }
    response = acme_admin.post(PREVIEW, sent)

    shown = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Welder &lt;b&gt;</h1><p>Ada Lovelace</p>" in shown
    assert "teal" in shown
    assert "script" not in shown


def test_the_preview_has_walls_of_its_own_and_is_framed_by_the_portal_alone(
    acme_admin: Browser,
) -> None:
    headers = acme_admin.post(PREVIEW, {"html_template": "<p>"}).headers

    policy = headers["Content-Security-Policy"]
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= {
        part.strip() for part in policy.split(";")
    }
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in headers["Cache-Control"]


def test_the_preview_of_nothing_is_an_empty_page(acme_admin: Browser) -> None:
    assert acme_admin.post(PREVIEW).status_code == 200
    assert acme_admin.get(PREVIEW).status_code == 405


def test_the_preview_is_for_who_may_write_templates(
    acme: Tenant, acme_issuer: Browser, root: Browser
) -> None:
    learner = staff(make_member(acme, "mia", Role.MEMBER))

    assert root.post(PREVIEW).status_code == 200
    for browser in (acme_issuer, learner):
        assert browser.post(PREVIEW).status_code == 403
    assert Browser().post(PREVIEW).status_code == 302


def test_the_preview_takes_no_post_from_elsewhere(acme_admin: Browser) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = acme_admin.client.cookies

    assert client.post(f"/admin/{PREVIEW}", {"html_template": "<p>"}).status_code == 403


def test_the_form_works_without_a_script(acme_admin: Browser, welder: CredentialDefinition) -> None:
    """Its button sends the form itself into the frame."""
    shown = acme_admin.get(page(welder)).content.decode()

    assert f'formaction="/admin/{PREVIEW}" formtarget="template-preview"' in shown
    assert '<iframe name="template-preview" title="Preview" sandbox=""' in shown
    assert shown.index('name="_save"') < shown.index("formaction")
    assert acme_admin.post(PREVIEW, opened(acme_admin, page(welder))).status_code == 200


# --- Images


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    out = BytesIO()
    Pillow.new("RGB", (3, 2), "teal").save(out, kind)
    return SimpleUploadedFile("anything.exe", out.getvalue(), "text/html")


@pytest.mark.parametrize("who", ["acme_admin", "root"])
def test_uploaded_images_become_links_of_the_portals_own(
    request: Any, acme: Tenant, welder: CredentialDefinition, who: str
) -> None:
    browser = request.getfixturevalue(who)
    uploads = {"icon_image_upload": picture(), "thumbnail_image_upload": picture()}

    assert save(browser, welder, **uploads, icon_image="https://x.example/a.png").status_code == 302

    (image,) = Image.objects.all()
    assert (image.tenant_id, image.content_type, image.width) == (acme.pk, "image/png", 3)
    welder.refresh_from_db()
    assert welder.icon_image == welder.thumbnail_image == f"/images/{image.uuid}"
    address = f"{settings.PUBLIC_URL}/images/{image.uuid}"
    assert opened(browser, page(welder))["icon_image"] == address
    assert [set(after) for _, after in told(welder)] == [{"icon_image", "thumbnail_image"}]


def test_a_new_issuer_has_its_uploaded_image(acme: Tenant, acme_admin: Browser) -> None:
    assert add(acme_admin, ISSUERS, name="School", image_upload=picture("GIF")).status_code == 302

    image = Image.objects.get()
    assert acme_admin.rows(ISSUERS)[0].image == f"/images/{image.uuid}"


def test_an_uploaded_image_stays_when_the_form_is_saved_again_and_goes_when_it_is_cleared(
    acme: Tenant, acme_admin: Browser
) -> None:
    row = issuer_profile(acme, image="/images/00000000-0000-4000-8000-000000000000")

    save(acme_admin, row)
    assert told(row) == []

    save(acme_admin, row, image="")
    assert told(row) == [("changed", {"image": ""})]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Send a PNG, JPEG, GIF or WebP image"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read to its end"),
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(2 * 1024 * 1024), "may have 2 MiB"),
    ],
)
def test_what_is_no_image_is_refused_at_its_field_and_nothing_is_kept(
    acme_admin: Browser, welder: CredentialDefinition, content: bytes, complaint: str
) -> None:
    upload = SimpleUploadedFile("logo.png", content, "image/png")

    response = save(acme_admin, welder, icon_image_upload=upload, name="Welder II")

    assert response.status_code == 200
    assert complaint in str(response.context["adminform"].form.errors["icon_image_upload"])
    assert not Image.objects.exists()
    assert told(welder) == []


def test_a_refused_form_keeps_no_image(acme_admin: Browser, welder: CredentialDefinition) -> None:
    response = save(acme_admin, welder, icon_image_upload=picture(), name=" ")

    assert "may not be blank" in errors(response)
    assert not Image.objects.exists()
