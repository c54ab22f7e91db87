"""The shape of awards and certificates: what callers send, and what they are shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from credentials.core.fields import (
    AnyCaseField,
    CountField,
    FlagField,
    NumberField,
    SecondField,
    TextField,
)
from credentials.core.pages import PageQuery, PageSerializer
from credentials.program_credentials.awards import CertificateKey, Note, Wanted
from credentials.program_credentials.models import (
    MAX_PROGRAM_ID,
    TEXT_LENGTH,
    Course,
    Program,
    UserCredential,
)
from credentials_portal.problems import InputError, input_errors
from tenants.views import shared
from users.models import User

MAX_ATTRIBUTES, MAX_AWARDS = 100, 1000
STATUSES = UserCredential.Status.values
# Of these namespaces only the value may be chosen.
FIXED_NAMES = {"whitelist": "Whitelist", "grade": "Final Grade"}
GRADE = re.compile(r"0?\.[0-9]+|0|1(\.0+)?")


class UsernameField(TextField):
    """In the form in which accounts keep it, which may be longer than what was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=TEXT_LENGTH, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(User.normalize_username(data))


class ProgramKeySerializer(serializers.Serializer[Any]):
    program_id = NumberField(min_value=1, max_value=MAX_PROGRAM_ID)


class CourseKeySerializer(serializers.Serializer[Any]):
    course_id = TextField(max_length=TEXT_LENGTH)
    certificate_type = serializers.ChoiceField(Course.CertificateType.choices)


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="CertificateKey",
        serializers=[ProgramKeySerializer, CourseKeySerializer],
        resource_type_field_name=None,
    )
)
class CertificateField(serializers.Field[CertificateKey, Any, Any, Any]):
    """A program, or a course and a type of certificate."""

    default_error_messages = {
        "invalid": "Write an object.",
        "one_certificate": "Name a program_id, or a course_id and a certificate_type; not both.",
    }

    def to_internal_value(self, data: Any) -> CertificateKey:
        if not isinstance(data, dict):
            self.fail("invalid")
        of_program = "program_id" in data
        of_course = "course_id" in data or "certificate_type" in data
        if of_program == of_course:
            self.fail("one_certificate")
        serializer = shared(ProgramKeySerializer if of_program else CourseKeySerializer)
        return CertificateKey(**serializer.run_validation(data))


class AttributeListSerializer(serializers.ListSerializer[Any]):
    """Refuses a second attribute of one namespace and name, along with all other faults."""

    def to_internal_value(self, data: Any) -> list[Any]:
        values: list[Any] = []
        faults: dict[Any, Any] = {}
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            detail: Any = error.detail
            # A list in older releases of DRF.
            faults = detail if isinstance(detail, dict) else dict(enumerate(detail))
            if "non_field_errors" in faults:
                raise
        for index in repeated(data):
            detail = ErrorDetail("An attribute of this namespace and name came before.", "repeated")
            faults[index] = faults.get(index) or {"non_field_errors": [detail]}
        if any(faults.values()):
            raise ValidationError(faults)
        return values


def repeated(attributes: list[Any]) -> Iterator[int]:
    """Whatever the case: which of two grades would be meant?"""
    seen = set()
    for index, attribute in enumerate(attributes):
        parts = attribute if isinstance(attribute, dict) else {}
        namespace, name = parts.get("namespace"), parts.get("name")
        if isinstance(namespace, str) and isinstance(name, str):
            key = Note(namespace, name, "").key
            if key in seen:
                yield index
            seen.add(key)


class AttributeSerializer(serializers.Serializer[Any]):
    namespace = TextField(max_length=TEXT_LENGTH)
    name = TextField(max_length=TEXT_LENGTH)
    value = TextField(max_length=TEXT_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        namespace = attrs["namespace"].casefold()
        fixed = FIXED_NAMES.get(namespace)
        if fixed is None:
            return attrs
        faults = {}
        if attrs["name"].casefold() != fixed.casefold():
            detail = f"The name of the attribute {namespace} is always {fixed}."
            faults["name"] = [ErrorDetail(detail, "fixed_name")]
        if namespace == "grade" and not GRADE.fullmatch(attrs["value"]):
            faults["value"] = [ErrorDetail("Write a number from 0 to 1, like 0.85.", "not_a_grade")]
        if faults:
            raise ValidationError(faults)
        return {"namespace": namespace, "name": fixed, "value": attrs["value"]}


class AwardSerializer(serializers.Serializer[Any]):
    """What POST takes, and each item of a bulk request."""

    username = UsernameField()
    credential = CertificateField()
    status = AnyCaseField(STATUSES)
    attributes: Any = AttributeListSerializer(
        child=AttributeSerializer(), required=False, max_length=MAX_ATTRIBUTES
    )


class AwardChangeSerializer(serializers.Serializer[Any]):
    status = AnyCaseField(STATUSES)


@dataclass(frozen=True)
class Reading:
    """What a caller sent. With faults, `wanted` holds what could be read: enough to check it."""

    wanted: Wanted | None
    errors: tuple[InputError, ...] = ()


def read_award(data: Any) -> Reading:
    serializer = shared(AwardSerializer)
    try:
        return Reading(_wanted(serializer.run_validation(data)))
    except ValidationError as error:
        faults: Any = error.detail
        return Reading(_legible(serializer, data, faults), tuple(input_errors(faults)))


def _wanted(values: dict[str, Any]) -> Wanted:
    notes = tuple(Note(**attribute) for attribute in values.get("attributes", ()))
    return Wanted(values["username"], values["credential"], values["status"], notes)


def _legible(serializer: Any, data: Any, faults: dict[str, Any]) -> Wanted | None:
    """So that the tenant's own rules are checked beside the faults, and all told at once."""
    if not isinstance(data, dict) or "credential" in faults:
        return None
    certificate = serializer.fields["credential"].run_validation(data["credential"])
    attributes, wrong = data.get("attributes", []), faults.get("attributes", {})
    if not isinstance(wrong, dict) or "non_field_errors" in wrong:
        attributes = []
    # One that is refused already stands for nothing that could be refused again.
    notes = tuple(
        Note("whitelist", "", "")
        if wrong.get(index)
        else Note(attribute["namespace"].casefold(), "", "")
        for index, attribute in enumerate(attributes)
    )
    return Wanted("", certificate, UserCredential.Status.AWARDED, notes)


class ProgramCredentialSerializer(serializers.Serializer[Any]):
    credential_id = serializers.IntegerField()
    program_id = serializers.IntegerField()


class CourseCredentialSerializer(serializers.Serializer[Any]):
    credential_id = serializers.IntegerField()
    course_id = serializers.CharField()
    certificate_type = serializers.ChoiceField(Course.CertificateType.choices)


CREDENTIAL = PolymorphicProxySerializer(
    component_name="Credential",
    serializers=[ProgramCredentialSerializer, CourseCredentialSerializer],
    resource_type_field_name=None,
)


@extend_schema_field(CREDENTIAL)
class CredentialField(serializers.Field[Any, Any, Any, Any]):
    """The certificate that was awarded."""


class UserCredentialSerializer(serializers.Serializer[Any]):
    """The record; `records.py` says where what is no column comes from."""

    id = serializers.IntegerField(read_only=True)
    username = serializers.CharField(read_only=True)
    credential = CredentialField(read_only=True)
    status = AnyCaseField(STATUSES, read_only=True)
    download_url = serializers.CharField(read_only=True, allow_null=True)
    uuid = serializers.UUIDField(read_only=True)
    attributes = AttributeSerializer(many=True, read_only=True)
    created = SecondField(source="created_at", read_only=True)
    modified = SecondField(source="modified_at", read_only=True)
    certificate_url = serializers.CharField(read_only=True)


class ProgramSerializer(serializers.Serializer[Program]):
    id = serializers.IntegerField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)
    program_id = NumberField(min_value=1, max_value=MAX_PROGRAM_ID)
    title = TextField(max_length=TEXT_LENGTH)
    is_active = FlagField(default=True)
    created = SecondField(source="created_at", read_only=True)
    modified = SecondField(source="modified_at", read_only=True)


class CourseSerializer(serializers.Serializer[Course]):
    id = serializers.IntegerField(read_only=True)
    uuid = serializers.UUIDField(read_only=True)
    course_id = TextField(max_length=TEXT_LENGTH)
    certificate_type = serializers.ChoiceField(Course.CertificateType.choices)
    title = TextField(max_length=TEXT_LENGTH)
    is_active = FlagField(default=True)
    created = SecondField(source="created_at", read_only=True)
    modified = SecondField(source="modified_at", read_only=True)


class UserCredentialListQuery(PageQuery):
    username = UsernameField(help_text="whose; others than one's own: issuer and above")
    status = AnyCaseField(STATUSES, required=False)


class ProgramCredentialListQuery(PageQuery):
    program_id = CountField(min_value=1, max_value=MAX_PROGRAM_ID)
    status = AnyCaseField(STATUSES, required=False)


class CourseCredentialListQuery(PageQuery):
    course_id = TextField(max_length=TEXT_LENGTH)
    certificate_type = serializers.ChoiceField(Course.CertificateType.choices, required=False)
    status = AnyCaseField(STATUSES, required=False)


class UserCredentialListSerializer(PageSerializer):
    results = UserCredentialSerializer(many=True)


class ProgramListSerializer(PageSerializer):
    results = ProgramSerializer(many=True)


class CourseListSerializer(PageSerializer):
    results = CourseSerializer(many=True)
