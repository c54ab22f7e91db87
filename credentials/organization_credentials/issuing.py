"""Assertions made: one, many at once, and by signals."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.records import respond
from credentials.core.views import named
from credentials.organization_credentials import assertions
from credentials.organization_credentials.assertion_records import ASSERTIONS, definition_uuid
from credentials.organization_credentials.assertion_schema import (
    documented_bulk_issue,
    documented_issue,
    documented_signals,
)
from credentials.organization_credentials.assertion_serializers import (
    MAX_RECIPIENTS,
    OPPORTUNITIES,
    AssertionSerializer,
    BulkIssueSerializer,
    SignalSerializer,
    read_assertion,
)
from credentials.organization_credentials.assertions import Outcome, Wanted
from credentials.organization_credentials.conflicts import AlreadyIssued, NotIssuable
from credentials.organization_credentials.models import Assertion
from credentials.organization_credentials.organization import OrganizationView
from credentials.organization_credentials.pages import respond_one
from credentials_portal.problems import InputError, InvalidInput, NotFound
from tenants.access import Open
from tenants.models import Role


class IssuingView(OrganizationView):
    queryset = Assertion.objects.all()
    serializer_class = AssertionSerializer
    records = ASSERTIONS
    roles: ClassVar[dict[str, Role | Open]] = {"create": Role.ISSUER}

    def definition(self, entity_id: str) -> UUID:
        """As the engine takes it; whether there is such a definition, the engine finds."""
        column, value = named(entity_id)
        found = definition_uuid(self.access.tenant_id, value) if column == "id" else value
        if found is None:
            raise NotFound
        return found

    def issue(self, wanted: Sequence[Wanted], *, once: bool = False) -> list[Outcome]:
        return assertions.issue(
            self.access.tenant_id, wanted, by=self.actor, reading=self.records.json, once=once
        )


def refuse(errors: Sequence[InputError], also: Sequence[InputError] = ()) -> None:
    """What the definition in the path refuses, and what is wrong with the body besides."""
    found = {error.code: error for error in errors}
    if "unknown_definition" in found:
        raise NotFound
    closed = found.pop("not_issuable", None)
    if found or also:
        raise InvalidInput(errors=[*also, *found.values()])
    if closed:
        raise NotIssuable(closed.detail)


@documented_issue
class IssueView(IssuingView):
    def create(self, request: Request, entity_id: str) -> HttpResponse:
        """Raises AlreadyIssued or NotIssuable (409)."""
        reading = read_assertion(self.definition(entity_id), request.data)
        if reading.errors:
            (also,) = assertions.check(self.access.tenant_id, [reading.wanted])
            refuse(also, reading.errors)
        (outcome,) = self.issue([reading.wanted])
        refuse(outcome.errors)
        if outcome.change == assertions.ALREADY_ISSUED:
            raise AlreadyIssued
        return respond_one(outcome.record.encode(), "Created", 201)


@documented_bulk_issue
class BulkIssueView(IssuingView):
    def create(self, request: Request, entity_id: str) -> HttpResponse:
        """Whoever holds it already is skipped. Raises NotIssuable (409)."""
        definition = self.definition(entity_id)
        identities = self.valid(BulkIssueSerializer, request.data)["users"]
        outcomes = self.issue([Wanted(definition, identity) for identity in identities])
        for outcome in outcomes:
            refuse(outcome.errors)
        skipped = [
            {"identity": identity, **why_skipped(outcome)}
            for identity, outcome in zip(identities, outcomes, strict=True)
            if outcome.change != assertions.ISSUED
        ]
        return respond_issued(outcomes, skipped, 207 if skipped else 200)


@documented_signals
class SignalView(IssuingView):
    def create(self, request: Request) -> HttpResponse:
        """Once per definition and recipient, however often the signal comes."""
        values = self.valid(SignalSerializer, request.data)
        (kind,) = (kind for kind in OPPORTUNITIES if values.get(kind))
        identity = values["username"]
        found = assertions.signalled(self.access.tenant_id, values["signal"], kind, values[kind])
        outcomes: list[Outcome] = []
        for start in range(0, len(found), MAX_RECIPIENTS):
            part = found[start : start + MAX_RECIPIENTS]
            outcomes += self.issue([Wanted(each, identity) for each in part], once=True)
        skipped = [
            {"credential": str(definition), "identity": identity, **why_skipped(outcome)}
            for definition, outcome in zip(found, outcomes, strict=True)
            if outcome.change != assertions.ISSUED
        ]
        return respond_issued(outcomes, skipped, 200)


def why_skipped(outcome: Outcome) -> dict[str, str]:
    for error in outcome.errors:
        return {"code": error.code, "detail": error.detail}
    return {"code": assertions.ALREADY_ISSUED, "detail": AlreadyIssued.detail}


def respond_issued(
    outcomes: Iterable[Outcome], skipped: list[dict[str, Any]], status: int
) -> HttpResponse:
    issued = [
        orjson.Fragment(outcome.record)
        for outcome in outcomes
        if outcome.change == assertions.ISSUED
    ]
    return respond(orjson.dumps({"issued": issued, "skipped": skipped}), status)
