"""Certifications as the rows of a file: each is read as the body that the API would be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.exceptions import ValidationError

from credentials.certifications import recording
from credentials.certifications.models import SLUG_LENGTH, TEXT_LENGTH, Certification
from credentials.certifications.recording import PAIR, Named, Outcome, Wanted
from credentials.certifications.serializers import CertificationChangeSerializer
from credentials.core.fields import TextField
from credentials.core.importing.description import (
    REFUSED,
    BadRow,
    Checked,
    Result,
    RowDescription,
)
from credentials.core.importing.rows import Fault
from credentials_portal.problems import InputError, input_errors
from tenants import ids
from tenants.events import Actor
from tenants.views import shared

# Where what the engine says of the API's fields belongs in a file.
COLUMN_OF = {"organization_member_id": "member", "certification_type_id": "type"}


class CertificationRowSerializer(CertificationChangeSerializer):
    """Of the cells that hold something. Only by the pair can a second run find what it made."""

    member = TextField(max_length=TEXT_LENGTH)
    type = TextField(max_length=SLUG_LENGTH, required=False)
    certification_type_id: Any = None
    external_source = TextField(max_length=TEXT_LENGTH)
    external_id = TextField(max_length=TEXT_LENGTH)


class CertificationRows(RowDescription[Wanted]):
    columns = (
        *("member", "type", "external_source", "external_id", "source"),
        *("issued_on", "expires_on", "issuer_name", "serial_number"),
    )
    needs = (("member",), ("external_source",), ("external_id",))
    outcomes = (recording.CREATED, recording.UPDATED, recording.UNCHANGED)
    tables = (Certification,)

    def parse(self, cells: Mapping[str, str]) -> Wanted:
        try:
            facts = shared(CertificationRowSerializer).run_validation(cells)
        except ValidationError as error:
            faults = [_fault(each) for each in input_errors(error.detail)]
            faults.sort(key=lambda fault: self.columns.index(fault.column))
            raise BadRow(faults) from None
        member, kind = facts.pop("member"), facts.pop("type", None)
        named = Named(
            # A text of the form of a uuid may be an external id or a slug all the same.
            member=ids.as_uuid(member),
            identity=member,
            type=ids.as_uuid(kind) if kind else None,
            slug=kind,
            **{name: facts.pop(name) for name in PAIR},
        )
        return Wanted(named, facts, source=Certification.Source.IMPORT)

    def identity(self, item: Wanted) -> str:
        """A member has several names, so whose record is meant the database tells."""
        return ""

    def examine(self, tenant_id: int, items: Sequence[Wanted]) -> list[Checked]:
        found = recording.check(tenant_id, items)
        return [_examined(item, checked) for item, checked in zip(items, found, strict=True)]

    def check(self, tenant_id: int, items: Sequence[Wanted]) -> list[Sequence[Fault]]:
        return [checked.faults for checked in self.examine(tenant_id, items)]

    def apply(self, tenant_id: int, items: Sequence[Wanted], *, by: Actor) -> list[Result]:
        return [_result(outcome) for outcome in recording.record(tenant_id, items, by=by)]


def _examined(item: Wanted, checked: recording.Checked) -> Checked:
    identity = f"{checked.membership_id}\0{item.named.external_source}\0{item.named.external_id}"
    return Checked([_fault(error) for error in checked.errors], identity)


def _result(outcome: Outcome) -> Result:
    faults = tuple(_fault(error) for error in outcome.errors)
    return Result(REFUSED if faults else outcome.change, str(outcome.uuid or ""), faults)


def _fault(error: InputError) -> Fault:
    """What the API would say of a place in a body, said of the column it came from."""
    field = error.pointer.split("/")[1]
    return Fault(COLUMN_OF.get(field, field), error.code, error.detail)
