"""Awards as the rows of a file: each is read as the body that the API would be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from credentials.core.importing.description import REFUSED, BadRow, Result, RowDescription
from credentials.core.importing.rows import Fault
from credentials.core.models import REASON_LENGTH
from credentials.program_credentials import awards
from credentials.program_credentials.awards import Wanted
from credentials.program_credentials.models import Attribute, UserCredential
from credentials.program_credentials.serializers import FIXED_NAMES, read_award
from credentials_portal.problems import InputError
from tenants.events import Actor

CERTIFICATE = ("program_id", "course_id", "certificate_type")
BESIDE = ("username", "status")
MAX_DIGITS = 19
NO_LIST = "Write a JSON list of objects with namespace, name and value."


@dataclass(frozen=True)
class AwardRow:
    """`sources`: the column of the certificate, and of each attribute in its order."""

    wanted: Wanted
    sources: "Sources"


@dataclass(frozen=True)
class Sources:
    certificate: str
    attributes: tuple[str, ...]

    def fault(self, error: InputError) -> Fault:
        """What the API would say of a place in a body, said of the column it came from."""
        first, *rest = error.pointer.removeprefix("/").split("/")
        if first == "credential":
            first = rest[0] if rest else self.certificate
        elif first == "attributes" and rest and rest[0].isdecimal():
            first = self.attributes[int(rest[0])]
        return Fault(first, error.code, error.detail)


class AwardRows(RowDescription[AwardRow]):
    columns = ("username", *CERTIFICATE, "status", "reason", *FIXED_NAMES, "attributes")
    needs = (("username",), ("program_id", "course_id"), ("status",))
    outcomes = ("created", "awarded", "revoked", "changed", "unchanged")
    tables = (UserCredential, Attribute)

    def parse(self, cells: Mapping[str, str]) -> AwardRow:
        body, sources, faults = _read(cells)
        reading = read_award(body)
        faults += [sources.fault(error) for error in reading.errors]
        reason = cells.get("reason", "")
        faults += _faults_of_reason(reason, cells.get("status", ""))
        if faults or reading.wanted is None:
            raise BadRow(faults)
        return AwardRow(replace(reading.wanted, reason=reason), sources)

    def identity(self, item: AwardRow) -> str:
        wanted = item.wanted
        key = wanted.certificate
        certificate = (str(key.program_id or ""), key.course_id, key.certificate_type)
        return "\0".join((wanted.username.upper(), *certificate))

    def check(self, tenant_id: int, items: Sequence[AwardRow]) -> list[list[Fault]]:
        found = awards.check(tenant_id, [item.wanted for item in items])
        return [_faults(item, errors) for item, errors in zip(items, found, strict=True)]

    def apply(self, tenant_id: int, items: Sequence[AwardRow], *, by: Actor) -> list[Result]:
        outcomes = awards.apply(tenant_id, [item.wanted for item in items], by=by)
        return [
            Result(
                outcome.change or REFUSED,
                str(outcome.award_uuid or ""),
                tuple(_faults(item, outcome.errors)),
            )
            for item, outcome in zip(items, outcomes, strict=True)
        ]


def _faults(item: AwardRow, errors: Sequence[InputError]) -> list[Fault]:
    return [item.sources.fault(error) for error in errors]


def _read(cells: Mapping[str, str]) -> tuple[dict[str, Any], Sources, list[Fault]]:
    """The body that the API would be sent; a cell that holds nothing says nothing."""
    credential: dict[str, Any] = {name: cells[name] for name in CERTIFICATE if name in cells}
    number = cells.get("program_id", "")
    # Other numbers are text, and refused as such.
    if number.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS:
        credential["program_id"] = int(number)
    attributes = [
        {"namespace": namespace, "name": name, "value": cells[namespace]}
        for namespace, name in FIXED_NAMES.items()
        if namespace in cells
    ]
    columns = [attribute["namespace"] for attribute in attributes]
    listed, faults = _listed(cells["attributes"]) if "attributes" in cells else ([], [])
    body: dict[str, Any] = {name: cells[name] for name in BESIDE if name in cells}
    body["credential"] = credential
    if attributes or listed:
        body["attributes"] = [*attributes, *listed]
    sources = Sources(
        "course_id" if "course_id" in cells and "program_id" not in cells else "program_id",
        (*columns, *["attributes"] * len(listed)),
    )
    return body, sources, faults


def _listed(text: str) -> tuple[list[Any], list[Fault]]:
    try:
        listed = orjson.loads(text)
    except orjson.JSONDecodeError:
        listed = None
    if not isinstance(listed, list):
        return [], [Fault("attributes", "invalid", NO_LIST)]
    return listed, []


def _faults_of_reason(reason: str, status: str) -> list[Fault]:
    if len(reason) > REASON_LENGTH:
        text = f"Ensure this field has no more than {REASON_LENGTH} characters."
        return [Fault("reason", "max_length", text)]
    if reason and status.lower() == UserCredential.Status.AWARDED:
        return [Fault("reason", "not_revoked", "Only a revocation has a reason.")]
    return []
