"""Assertions as the rows of a file: each is read as the body that the API would be sent."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from credentials.core.fields import InstantField
from credentials.core.importing.description import REFUSED, BadRow, Result, RowDescription
from credentials.core.importing.rows import Fault
from credentials.organization_credentials import assertions
from credentials.organization_credentials.assertion_serializers import AssertionIssueSerializer
from credentials.organization_credentials.assertions import Outcome, Wanted
from credentials.organization_credentials.models import Assertion
from credentials_portal.problems import InputError, input_errors
from tenants import ids
from tenants.events import Actor
from tenants.views import shared

UNCHANGED = "unchanged"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class DefinitionField(serializers.Field[UUID, Any, str, Any]):
    """Whether there is such a definition, the engine finds."""

    default_error_messages = {"invalid": "Write a credential definition's entity_id, a UUID."}

    def to_internal_value(self, data: Any) -> UUID:
        entity_id = ids.as_uuid(data)
        if entity_id is None:
            self.fail("invalid")
        return entity_id


class IssueDateField(InstantField):
    """When it was issued elsewhere; a day is its first moment, in UTC."""

    default_error_messages = {
        "invalid": "Write a day, like 2026-01-31,"
        " or an RFC 3339 timestamp with an offset, like 2026-01-31T09:30:00Z.",
        "in_future": "Only what was issued already is imported with the time of its issue.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        instant = super().to_internal_value(f"{data}T00:00:00Z" if DAY.fullmatch(data) else data)
        if instant > timezone.now():
            self.fail("in_future")
        return instant


class AssertionRowSerializer(AssertionIssueSerializer):
    credential = DefinitionField()
    issued_on = IssueDateField(required=False)


class AssertionRows(RowDescription[Wanted]):
    columns = ("credential", "recipient", "issued_on", "expires_at", "narrative", "evidence_url")
    needs = (("credential",), ("recipient",))
    outcomes = (assertions.ISSUED, UNCHANGED)
    tables = (Assertion,)

    def parse(self, cells: Mapping[str, str]) -> Wanted:
        recipient = {"identity": cells["recipient"]} if "recipient" in cells else {}
        body = {**cells, "recipient": recipient}
        try:
            values = shared(AssertionRowSerializer).run_validation(body)
        except ValidationError as error:
            faults = [_fault(each) for each in input_errors(error.detail)]
            faults.sort(key=lambda fault: self.columns.index(fault.column))
            raise BadRow(faults) from None
        return Wanted(
            values.pop("credential"),
            values.pop("recipient")["identity"],
            issued_at=values.pop("issued_on", None),
            **values,
        )

    def identity(self, item: Wanted) -> str:
        return f"{item.definition}\0{item.identity.upper()}"

    def check(self, tenant_id: int, items: Sequence[Wanted]) -> list[list[Fault]]:
        found = assertions.check(tenant_id, items)
        return [_faults(item, errors) for item, errors in zip(items, found, strict=True)]

    def apply(self, tenant_id: int, items: Sequence[Wanted], *, by: Actor) -> list[Result]:
        outcomes = assertions.issue(tenant_id, items, by=by)
        return [_result(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]


def _result(item: Wanted, outcome: Outcome) -> Result:
    if outcome.errors:
        return Result(REFUSED, faults=tuple(_faults(item, outcome.errors)))
    is_new = outcome.change == assertions.ISSUED
    return Result(assertions.ISSUED if is_new else UNCHANGED, str(outcome.uuid))


def _faults(item: Wanted, errors: Sequence[InputError]) -> list[Fault]:
    """What has expired without an expiry of its own was issued too long ago."""
    faults = [_fault(error) for error in errors]
    if item.expires_at is not None:
        return faults
    return [
        fault._replace(column="issued_on") if fault.column == "expires_at" else fault
        for fault in faults
    ]


def _fault(error: InputError) -> Fault:
    """What the API would say of a place in a body, said of the column it came from."""
    return Fault(error.pointer.split("/")[1], error.code, error.detail)
