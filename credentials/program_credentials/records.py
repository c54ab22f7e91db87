"""How an award reads, and which awards a list is about."""

from typing import Any

from django.conf import settings

from credentials.core.records import Filter, Records
from credentials.program_credentials.models import Course, Program, UserCredential
from credentials.program_credentials.serializers import (
    CourseSerializer,
    ProgramSerializer,
    UserCredentialSerializer,
)

PUBLIC_PAGES = f"{settings.PUBLIC_URL}/c/".replace("'", "''").replace("%", "%%")

AWARDS = Records(
    UserCredential,
    UserCredentialSerializer,
    values={
        # Its holder's present name; without a holder, the name that was awarded.
        "username": "coalesce((select u.username from users_user u where u.id = r.holder_id),"
        " r.username)",
        "credential": "coalesce("
        "(select json_build_object('credential_id', p.id, 'program_id', p.program_id)"
        " from credentials_program p where p.tenant_id = r.tenant_id and p.id = r.program_id),"
        "(select json_build_object('credential_id', c.id, 'course_id', c.course_id,"
        " 'certificate_type', c.certificate_type)"
        " from credentials_course c where c.tenant_id = r.tenant_id and c.id = r.course_id))",
        "attributes": "(select coalesce(json_agg(json_build_object("
        "'namespace', a.namespace, 'name', a.name, 'value', a.value) order by a.id), '[]')"
        " from credentials_attribute a"
        " where a.tenant_id = r.tenant_id and a.user_credential_id = r.id)",
        "certificate_url": f"'{PUBLIC_PAGES}' || r.uuid",
    },
)
PROGRAMS = Records(Program, ProgramSerializer)
COURSES = Records(Course, CourseSerializer)

# Each index of held or unheld awards is of programs or of courses: named so, they are used.
OF_PERSON = """(
    (r.holder_id = {holder} and r.program_id is not null)
    or (r.holder_id = {holder} and r.course_id is not null)
    or (r.holder_id is null and r.username_key = upper(%s::text) and r.program_id is not null)
    or (r.holder_id is null and r.username_key = upper(%s::text) and r.course_id is not null))"""
BEARER = "(select u.id from users_user u where upper(u.username) = upper(%s::text))"


def of_person(user_id: int, username: str) -> Filter:
    """One's own: what one holds, and what waits for the name."""
    return Filter().also(OF_PERSON.format(holder="%s"), user_id, user_id, username, username)


def of_username(username: str) -> Filter:
    """Whoever bears the name, if anybody does."""
    return Filter().also(OF_PERSON.format(holder=BEARER), *[username] * 4)


def of_program(tenant_id: int, program_id: int) -> Filter:
    found = "select p.id from credentials_program p where p.tenant_id = %s and p.program_id = %s"
    return Filter().also(f"r.program_id = ({found})", tenant_id, program_id)


def of_course(tenant_id: int, course_id: str, certificate_type: str | None) -> Filter:
    """Of one type of its certificates, or of all."""
    found = "select c.id from credentials_course c where c.tenant_id = %s and c.course_id = %s"
    parameters: list[Any] = [tenant_id, course_id]
    if certificate_type:
        found, parameters = f"{found} and c.certificate_type = %s", [*parameters, certificate_type]
    return Filter().also(f"r.course_id = any(array({found}))", *parameters)
