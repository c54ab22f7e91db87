"""Uploaded images: kept once for a tenant, and shown to everyone at their address."""

import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from credentials.models import CredentialDefinition, Image, IssuerProfile
from credentials.organization_credentials.images import accept, keep_all
from credentials.organization_credentials.pictures import read
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, EventContent, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.organization_credentials.conftest import ISSUERS, LIST, at, history, result
from tests.organization_credentials.drawings import (
    KINDS,
    drawing,
    encoded,
    upload,
)
from tests.portal.form_bodies import MULTIPART, multipart
from tests.together import together

IMAGES = ("icon_image", "background_image", "thumbnail_image")
BADGE = encoded(drawing())
OTHER = encoded(drawing(colour="teal"))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def send(caller: Caller, method: str, path: str, fields: dict[str, Any], **options: Any) -> Any:
    body = multipart(fields.items())
    return caller.request(method, path, body, content_type=MULTIPART, **options)


def accepted(tenant: Tenant, content: bytes = BADGE) -> str:
    with walls.tenant_work(tenant.pk):
        return accept(tenant.pk, upload(content), by=OPERATOR)


def path_of(link: str) -> str:
    assert link.startswith(f"{settings.PUBLIC_URL}/images/"), link
    return link.removeprefix(settings.PUBLIC_URL)


# --- Through the API


def test_images_of_a_new_definition_are_kept_with_it(
    admin: Caller, anonymous: Caller, school: IssuerProfile
) -> None:
    sent = {
        "name": "Welder",
        "issuer": str(school.uuid),
        "icon_image": BADGE,
        "background_image": OTHER,
        "thumbnail_image": BADGE,
    }

    record = result(send(admin, "post", LIST, sent), 201, "Created")

    paths = [path_of(record[name]) for name in IMAGES]
    row = CredentialDefinition.objects.get()
    assert [getattr(row, name) for name in IMAGES] == paths
    assert (len({*paths}), Image.objects.count()) == (2, 2)
    for path, content in zip(paths, (BADGE, OTHER, BADGE), strict=True):
        assert anonymous.get(path).content == read(upload(content)).content


@pytest.mark.parametrize("kind", KINDS)
def test_an_issuer_s_image_may_be_of_each_kind(
    admin: Caller, anonymous: Caller, acme: Tenant, kind: str
) -> None:
    sent = {"name": "School", "image": encoded(drawing(), kind)}

    link = result(send(admin, "post", ISSUERS, sent), 201, "Created")["image"]

    response = anonymous.get(path_of(link))
    assert response.headers["Content-Type"] == f"image/{kind.lower()}"
    assert response.headers["Content-Disposition"] == f'inline; filename="image.{kind.lower()}"'


def test_an_image_takes_the_place_of_another_and_the_link_that_was_told_may_be_sent_back(
    admin: Caller, welder: CredentialDefinition
) -> None:
    path = at(welder.uuid)
    first = result(send(admin, "put", path, {"icon_image": BADGE}), description="Updated")

    second = result(send(admin, "put", path, {"icon_image": OTHER}), description="Updated")
    again = result(admin.put(path, {"icon_image": first["icon_image"]}), description="Updated")

    assert second["icon_image"] != first["icon_image"] == again["icon_image"]
    assert stored(welder)["icon_image"] == path_of(first["icon_image"])
    assert result(admin.put(path, {"icon_image": None}), 200, "Updated")["icon_image"] == ""
    assert Image.objects.count() == 2


REFUSED: dict[str, tuple[bytes, str]] = {
    "SVG": (SVG, "not_an_image"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "not_an_image"),
    "half a picture": (BADGE[: len(BADGE) // 2], "damaged_image"),
    "a large one": (BADGE.ljust(2 * 1024 * 1024 + 1), "image_too_large"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_image_is_told_at_its_name_along_with_all_other_faults(
    admin: Caller, welder: CredentialDefinition, content: bytes, code: str
) -> None:
    before = stored(welder)
    sent = {"name": "", "icon_image": content, "thumbnail_image": BADGE, "logo": BADGE}

    response = send(admin, "put", at(welder.uuid), sent)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [
        ("/icon_image", code),
        ("/logo", "unexpected_file"),
        ("/name", "blank"),
    ]
    assert stored(welder) == before
    assert not Image.objects.exists()


def test_an_image_is_not_kept_when_its_definition_is_refused(
    admin: Caller, welder: CredentialDefinition
) -> None:
    response = send(
        admin, "put", at(welder.uuid), {"icon_image": BADGE}, headers={"If-Match": '"other"'}
    )

    assert_problem(response, 412, "precondition-failed")
    assert not Image.objects.exists()


@pytest.mark.parametrize("files", [["icon_image"] * 2, ["icon_image"] * 11])
def test_one_name_takes_one_file(
    admin: Caller, welder: CredentialDefinition, files: list[str]
) -> None:
    body = multipart((name, BADGE) for name in files)

    response = admin.put(at(welder.uuid), body, content_type=MULTIPART)

    slug = "invalid-input" if len(files) == 2 else "malformed-body"
    assert_problem(response, 400, slug)
    assert slug == "malformed-body" or faults(response) == [("/icon_image", "invalid")]


def test_the_same_upload_again_is_the_same_payload(admin: Caller, school: IssuerProfile) -> None:
    def post(image: bytes) -> Any:
        sent = {"name": "Welder", "issuer": str(school.uuid), "icon_image": image}
        return send(admin, "post", LIST, sent, headers={"Idempotency-Key": "k"})

    first, again = post(BADGE), post(BADGE)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert_problem(post(OTHER), 422, "idempotency-key-reused")
    assert CredentialDefinition.objects.count() == Image.objects.count() == 1


@pytest.mark.parametrize("caller", ["member", "issuer", "outsider", "anonymous"])
def test_who_may_not_change_a_definition_leaves_no_image(
    request: pytest.FixtureRequest, welder: CredentialDefinition, caller: str
) -> None:
    response = send(request.getfixturevalue(caller), "put", at(welder.uuid), {"icon_image": BADGE})

    assert response.status_code in {401, 403, 404}
    assert not Image.objects.exists()


# --- Rows


def test_the_same_image_is_one_row_of_a_tenant_and_another_of_another(
    acme: Tenant, globex: Tenant
) -> None:
    ours, again, theirs = accepted(acme), accepted(acme), accepted(globex)

    assert ours == again != theirs
    row = Image.objects.get(tenant=acme)
    assert ours == f"/images/{row.uuid}"
    assert bytes(row.content) == read(upload(BADGE)).content
    assert (row.content_type, row.width, row.height) == ("image/png", 60, 40)
    assert history(row) == ["created"]


def test_its_event_tells_what_was_kept_but_not_its_content(acme: Tenant) -> None:
    accepted(acme)

    row, event = Image.objects.get(), Event.objects.get(object_kind="image")
    content = EventContent.objects.get(event=event).content
    size = len(bytes(row.content))
    assert (event.object_id, event.object_uuid) == (row.pk, row.uuid)
    assert re.search(rf'"sha256":"{bytes(row.digest).hex()}","size_bytes":{size},', content)
    assert len(content) < 400


def test_a_tenant_sees_only_its_own_rows(acme: Tenant, globex: Tenant) -> None:
    accepted(acme)

    with walls.tenant_work(globex.pk):
        assert not Image.objects.exists()
    with walls.tenant_work(acme.pk):
        assert Image.objects.count() == 1


def test_a_second_row_of_the_same_content_is_refused_by_the_database(acme: Tenant) -> None:
    accepted(acme)
    row = Image.objects.get()
    row.pk, row.uuid = None, uuid.uuid4()

    with pytest.raises(IntegrityError, match="credentials_image_once"), transaction.atomic():
        row.save(force_insert=True)


@pytest.fixture
def committed(db: None) -> Tenant:
    """For other connections to see."""
    with walls.platform_work():
        return members.create_tenant(slug="acme", name="Acme", by=OPERATOR)


@pytest.mark.django_db(transaction=True)
def test_twenty_who_keep_the_same_two_at_once_keep_two(committed: Tenant) -> None:
    first, second = read(upload(BADGE)), read(upload(OTHER))

    def keep(place: int) -> set[str]:
        pair = {"a": first, "b": second} if place % 2 else {"a": second, "b": first}
        with walls.tenant_work(committed.pk):
            return set(keep_all(committed.pk, {**pair, "c": "text"}, by=OPERATOR).values())

    kept = together(20, keep)

    assert {frozenset(each) for each in kept} == {frozenset(kept[0])}
    with walls.platform_work():
        assert kept[0] == {"text", *(f"/images/{row.uuid}" for row in Image.objects.all())}
        assert Event.objects.filter(object_kind="image").count() == Image.objects.count() == 2
