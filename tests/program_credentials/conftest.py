"""What the tests of this family are about."""

from typing import Any

import pytest

from credentials.models import Course, Program, UserCredential
from tenants.models import Tenant
from tests.conftest import Caller
from tests.factories import award
from tests.factories import course as make_course
from tests.factories import program as make_program


@pytest.fixture
def program(acme: Tenant) -> Program:
    return make_program(acme)


@pytest.fixture
def course(acme: Tenant) -> Course:
    return make_course(acme)


@pytest.fixture
def held(member: Caller, course: Course) -> UserCredential:
    """The member's award of the course."""
    return award(member.user.username, course)


def body(**changes: Any) -> dict[str, Any]:
    return {"username": "ada", "credential": {"program_id": 1}, "status": "awarded"} | changes


def of_course(course: Course) -> dict[str, str]:
    return {"course_id": course.course_id, "certificate_type": course.certificate_type}


def note(namespace: str = "whitelist", name: str = "Whitelist", value: str = "x") -> dict[str, str]:
    return {"namespace": namespace, "name": name, "value": value}
