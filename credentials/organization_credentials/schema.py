"""What the OpenAPI document says of definitions and issuers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from drf_spectacular.utils import OpenApiResponse

from credentials.organization_credentials.deletion import HasDefinitions, HasLiveAssertions
from credentials.organization_credentials.envelopes import (
    ENTITY_PATH,
    PERSON_PATH,
    UUID,
    enveloped,
    enveloped_page,
    one_of,
    page_of,
)
from credentials.organization_credentials.serializers import (
    DefinitionChangeSerializer,
    DefinitionListQuery,
    DefinitionSerializer,
    IssuerChangeSerializer,
    IssuerListQuery,
    IssuerSerializer,
)
from credentials_portal.documented import (
    Serializer,
    answers,
    answers_nothing,
    documents,
    operation,
    takes,
)
from credentials_portal.problems import Conflict

TAG, ISSUER_TAG = "Organization credentials", "Issuers"
ISSUER_UUID = "9d3c4c1c-5a57-4f2b-9a0e-0b7c9d6b7a11"
ISSUER_BODY = {
    "name": "School of Metalwork",
    "url": "https://school.example",
    "email": "office@school.example",
    "description": "Courses since 1921.",
    "image": "https://school.example/logo.png",
}
DEFINITION_BODY = {
    "name": "Welder",
    "credential_type": "CERTIFICATE",
    "issuer": ISSUER_UUID,
    "issued_on": "2026-01-01T00:00:00Z",
    "expires_at": None,
    "revoked": False,
    "description": "Who can weld.",
    "html_template": "<h1>{{ credential_name }}</h1><p>{{ recipient_name }}</p>",
    "css_template": "h1 { color: teal }",
    "icon_image": "https://school.example/welder.png",
    "background_image": "",
    "thumbnail_image": "",
    "criteria_url": "https://school.example/welder",
    "criteria_text": "A seam that holds.",
    "issuing_signal": "COURSE_PASSED",
    "public": True,
    "courses": ["course-v1:Acme+W1+2026"],
    "programs": [],
    "valid_for": {"amount": 2, "duration": "years"},
}
DEFINITION = {
    "entity_id": UUID,
    "credential_id": UUID,
    "credential_url": f"https://portal.example/api/v1/credentials/orgs/acme/users/me/{UUID}",
    **DEFINITION_BODY,
    "created_at": "2026-03-02T14:31:07.251Z",
    "modified_at": "2026-03-02T14:31:07.251Z",
}


@dataclass(frozen=True)
class Kind:
    """Issuers, or definitions."""

    name: str
    whole: Serializer
    changed: Serializer
    query: Serializer
    body: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def one(self) -> str:
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"

    @cached_property
    def envelope(self) -> Serializer:
        return enveloped(self.name.capitalize(), self.whole)

    def told(self, description: str, done: str = "Ok") -> OpenApiResponse:
        return answers(self.envelope, one_of(dict(self.record), done), description)


def reads(kind: Kind, listing: str, getting: str = "") -> dict[str, Any]:
    page = enveloped_page(kind.name.capitalize(), kind.whole)
    return {
        "list": operation(
            f"list_{kind.name}s",
            f"List {kind.name}s",
            description=listing,
            parameters=[*PERSON_PATH, kind.query],
            responses={200: answers(page, page_of(dict(kind.record)), "A page")},
        ),
        "retrieve": operation(
            f"get_{kind.name}",
            f"Get {kind.one}",
            description=getting,
            parameters=ENTITY_PATH,
            responses={200: kind.told("The record")},
        ),
    }


def writes(kind: Kind, creating: str, kept: Conflict) -> dict[str, Any]:
    change = {"name": kind.body["name"], "description": kind.body["description"]}
    return {
        "create": operation(
            f"create_{kind.name}",
            f"Add {kind.one}",
            description=creating,
            parameters=PERSON_PATH,
            request=takes(kind.whole, dict(kind.body)),
            responses={201: kind.told("The new record", "Created")},
        ),
        "update": operation(
            f"change_{kind.name}",
            f"Change {kind.one}",
            description="What is left out stays as it is; null clears what may be blank.",
            parameters=ENTITY_PATH,
            request=takes(kind.changed, change),
            responses={200: kind.told("The record as it is now", "Updated")},
        ),
        "destroy": operation(
            f"delete_{kind.name}",
            f"Delete {kind.one}",
            description=kept.detail,
            parameters=ENTITY_PATH,
            request=None,
            responses={204: answers_nothing("Deleted: 404 from now on"), 409: [kept]},
        ),
    }


ISSUERS = Kind(
    "issuer",
    IssuerSerializer,
    IssuerChangeSerializer,
    IssuerListQuery,
    ISSUER_BODY,
    {"entity_id": ISSUER_UUID, **ISSUER_BODY},
)
DEFINITIONS = Kind(
    "definition",
    DefinitionSerializer,
    DefinitionChangeSerializer,
    DefinitionListQuery,
    DEFINITION_BODY,
    DEFINITION,
)
documented_issuers = documents(
    ISSUER_TAG,
    **reads(ISSUERS, "Newest first."),
    **writes(ISSUERS, "In whose name the organization issues.", HasDefinitions()),
)
documented_definitions = documents(
    TAG,
    **reads(
        DEFINITIONS,
        "Newest first, and only public ones unless `include_private` says otherwise.",
        "A private one: for an admin and above.",
    ),
    **writes(
        DEFINITIONS,
        "What can be earned. Templates are kept as they are sent and shown sanitised.",
        HasLiveAssertions(),
    ),
)
