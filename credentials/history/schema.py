"""What the OpenAPI document says of the history."""

from typing import Any

from credentials.history.serializers import EventPageSerializer, EventQuery
from credentials_portal.documented import answers, documents, operation
from credentials_portal.problems import MissingScope

EVENT: dict[str, Any] = {
    "id": 4711,
    "uuid": "0199d2c4-6f1e-7c3a-9b2d-5f6a7b8c9d0e",
    "kind": "changed",
    "occurred_at": "2026-03-14T09:26:53.589793Z",
    "object": {
        "kind": "microcredential",
        "id": 10,
        "uuid": "0199d2c0-1a2b-7c3d-8e4f-5a6b7c8d9e0f",
    },
    "actor": {
        "kind": "user",
        "id": 345,
        "uuid": "9c1b7a52-3d0e-4f83-8a36-2f0e7c0c5b11",
        "username": "ada",
        "api_token_id": None,
    },
    "request_id": "5f0c6c1e9d1b4f0a",
    "address": None,
    "before": {"title": "First aid"},
    "after": {"title": "First aid at work"},
    "is_erased": False,
    "seal": {
        "place": 1203,
        "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
}
PAGE = {"data": [EVENT], "page": {"next_cursor": None, "has_more": False}}

documented_events = documents(
    "Events",
    list=operation(
        "list_events",
        "List what was done in the organization",
        description="The append-only history, newest first: who did what to which object, when, "
        "and what changed. Each event has its place in the organization's hash chain, which "
        "`manage.py verify_events` checks. An API token sees events about what it has the read "
        "scope of; with no such scope, or without that of the `object_kind` asked for, it is "
        "refused (403).",
        parameters=[EventQuery],
        responses={
            200: answers(EventPageSerializer, PAGE, "A page"),
            403: [MissingScope("The API token lacks the scope micro_credentials:read.")],
        },
    ),
)
