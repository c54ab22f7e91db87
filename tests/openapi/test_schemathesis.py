"""The API against its own document: made-up requests, right and wrong ones.

Thousands are systematic, of every kind of value; the rest is drawn: a few in each run of all tests,
many with `make test-fuzz`.
"""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.hypothesis import builder
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from credentials_portal.wsgi import application
from tenants import walls
from tenants.models import Tenant
from tests.certifications import access as certifications
from tests.conftest import Caller
from tests.diplomas import access as diplomas
from tests.factories import assertion, award, course, definition, micro_credential, program
from tests.wallet import access as wallet

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
api = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
# Made-up tokens would have nearly every request refused for them.
api.config.generation.update(with_security_parameters=False)


def whole(found: Any) -> Any:
    """An operation that the document describes well enough to try it."""
    assert isinstance(found, Ok), found
    return found.ok()


# `api.parametrize()` would find out at collection what to send to each: in every worker, for all.
operations = {each.label: each for each in map(whole, api.get_all_operations())}
# What a test says of itself when part of the operation could not be tried.
LEFT_OUT: list[Any] = [
    builder.UnsatisfiableExampleMark,
    builder.NonSerializableMark,
    builder.InvalidRegexMark,
    builder.InvalidHeadersExampleMark,
    builder.MissingPathParameters,
    builder.UnserializablePayloadMark,
]
OTHER_JSON = {"application/scim+json", "*/*"}
Case = schemathesis.Case[Any]
bounded = hypothesis.settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "3")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture
def open_house(settings: Any) -> Iterator[None]:
    """No limits; and a request does not end the connection that holds the test's transaction."""
    settings.THROTTLE_PER_MINUTE = dict.fromkeys(settings.THROTTLE_PER_MINUTE, 0)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def records(acme: Tenant, admin: Caller) -> dict[str, Any]:
    """By the first part of the path."""
    metalwork = program(acme)
    held = assertion("admin", definition(acme))
    return {
        "assertion": held,
        "definition": held.definition,
        "issuer": held.definition.issuer,
        "user_credentials": award("admin", metalwork),
        "programs": metalwork,
        "courses": course(acme),
    }


def aimed(case: Case, acme: Tenant, caller: Caller, records: dict[str, Any]) -> Case:
    """The same request at a record that exists, and without a condition that nothing meets."""
    if "record" in case.path_parameters:
        record = records.get(case.path.split("/")[3]) or micro_credential(acme, caller.user)
        case.path_parameters["record"] = record.pk
    certifications.aim(case, acme)
    diplomas.aim(case, acme, caller.user)
    wallet.aim(case)
    if "org" in case.path_parameters:
        case.path_parameters |= {"org": "acme", "user_id": "me"}
        case.query.pop("platform_org", None)
    if "entity_id" in case.path_parameters:
        case.path_parameters["entity_id"] = str(records[entity_kind(case.path)].uuid)
    if isinstance(case.body, dict) and "issuer" in case.body:
        case.body["issuer"] = str(records["issuer"].uuid)
    for condition in ("If-Match", "If-None-Match", "Idempotency-Key"):
        case.headers.pop(condition, None)
    return case


def aims(case: Case) -> tuple[bool, ...]:
    """Random requests go both ways; systematic ones the way that keeps what they are about.

    What is systematic about a body of JSON is tried under one of JSON's names: one parser reads
    them all.
    """
    about = case.meta.phase.data if case.meta else None
    if not isinstance(about, CoveragePhaseData):
        return (False, True)
    if about.parameter_location == ParameterLocation.BODY and case.media_type in OTHER_JSON:
        return ()
    return (about.parameter_location not in {ParameterLocation.PATH, ParameterLocation.HEADER},)


def entity_kind(path: str) -> str:
    if "/issuers/" in path:
        return "issuer"
    return "assertion" if "/assertions/{entity_id}" in path else "definition"


@cache
def feedback() -> FeedbackSources:
    return FeedbackSources(constants_value_source=make_constants_value_source(api))


@pytest.mark.parametrize("label", operations)
def test_every_answer_is_documented_and_none_is_a_server_error(
    label: str, acme: Tenant, admin: Caller, records: dict[str, Any], open_house: None
) -> None:
    @bounded
    def each(case: Case) -> None:
        both = admin.both if diplomas.is_about(case.path) else {}
        for aim in aims(case):
            request = aimed(case, acme, admin, records) if aim else case
            with walls.work(walls.NOBODY):
                response = request.call(headers={"Authorization": admin.authorization, **both})
                request.validate_response(response, checks=CHECKS)

    made = build_operation_test(
        config=api.config,
        operation=operations[label],
        test_func=each,
        given_kwargs={},
        feedback=feedback(),
    )
    assert not any(mark.is_set(made) for mark in LEFT_OUT)
    made()
