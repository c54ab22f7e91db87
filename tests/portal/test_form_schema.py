"""What the OpenAPI document says of request types, and how forms spell lists and objects."""

from typing import Any

import pytest

from credentials_portal.form_format import MULTIPART, URL_ENCODED
from tests.openapi.document import Operation, document, operations

PERSON = "/api/v1/credentials/orgs/{org}/users/{user_id}/"
FIVE = ["application/json", "application/scim+json", URL_ENCODED, MULTIPART, "*/*"]
IMAGE = {"contentType": "text/plain, image/png, image/jpeg, image/gif, image/webp"}
REPEATED = {"style": "form", "explode": True}
IN_BRACKETS = {"style": "deepObject", "explode": True}


def content(path: str, media_type: str, method: str = "post") -> dict[str, Any]:
    found: dict[str, Any] = Operation(method, path).body[media_type]
    return found


def test_this_family_takes_five_types_and_never_answers_415_and_others_take_json() -> None:
    found = {
        (operation.path.startswith(PERSON), tuple(operation.body), "415" in operation.answers)
        for operation in operations()
        if operation.body
    }

    assert found == {(True, tuple(FIVE), False), (False, ("application/json",), True)}


@pytest.mark.parametrize("media_type", FIVE)
def test_each_type_has_the_same_schema(media_type: str) -> None:
    assert content(PERSON, media_type)["schema"] == content(PERSON, FIVE[0])["schema"]


def test_a_form_repeats_the_items_of_a_list_and_names_the_parts_of_an_object() -> None:
    spelled = {"courses": REPEATED, "programs": REPEATED, "valid_for": IN_BRACKETS}
    images = dict.fromkeys(["icon_image", "background_image", "thumbnail_image"], IMAGE)

    assert content(PERSON, URL_ENCODED)["encoding"] == spelled
    assert content(PERSON, MULTIPART)["encoding"] == spelled | images
    assert content(f"{PERSON}issuers/", MULTIPART)["encoding"] == {"image": IMAGE}
    bulk = f"{PERSON}{{entity_id}}/assertions/bulk/"
    assert content(bulk, URL_ENCODED)["encoding"] == {"users": REPEATED}


def test_what_is_spelled_is_there_and_json_spells_nothing() -> None:
    for operation in operations():
        for media_type, part in operation.body.items():
            name = part["schema"].get("$ref", "").rpartition("/")[2]
            schema = document()["components"]["schemas"].get(name, {})
            assert part.get("encoding", {}).keys() <= schema.get("properties", {}).keys()
            assert media_type in {URL_ENCODED, MULTIPART} or "encoding" not in part
