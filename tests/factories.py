"""Valid rows and bodies; a test states only what it is about. In platform work."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from credentials.certifications import recording
from credentials.models import (
    Assertion,
    Certification,
    CertificationType,
    Course,
    CredentialDefinition,
    Diploma,
    DiplomaFile,
    DiplomaTitle,
    Image,
    IssuerProfile,
    MicroCredential,
    Program,
    UserCredential,
)
from credentials.organization_credentials import assertions
from credentials.program_credentials import awards
from credentials.program_credentials.awards import CertificateKey, Note, Wanted
from tenants import walls
from tenants.changes import create
from tenants.events import OPERATOR
from tenants.ids import new_uuid
from tenants.models import Tenant
from users.models import User


def micro_credential_body(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Welding, basic level",
        "issued": "2024-03-01T09:00:00Z",
        "expires": "2027-03-01T09:00:00Z",
        "website_url": "https://school.example/welding",
    } | changes


def micro_credential(tenant: Tenant, holder: User, **changes: Any) -> MicroCredential:
    fields: dict[str, Any] = {
        "title": "Welding, basic level",
        "issued_at": datetime(2024, 3, 1, 9, tzinfo=UTC),
        "expires_at": datetime(2027, 3, 1, 9, tzinfo=UTC),
        **changes,
    }
    row = MicroCredential(tenant_id=tenant.pk, holder_id=holder.pk, **fields)
    return create(row, by=OPERATOR)


def program(tenant: Tenant, **changes: Any) -> Program:
    fields: dict[str, Any] = {"program_id": 1, "title": "Metalwork", **changes}
    return create(Program(tenant_id=tenant.pk, **fields), by=OPERATOR)


def course(tenant: Tenant, **changes: Any) -> Course:
    fields: dict[str, Any] = {
        "course_id": "course-v1:Acme+W1+2026",
        "certificate_type": "honor",
        "title": "Welding",
        **changes,
    }
    return create(Course(tenant_id=tenant.pk, **fields), by=OPERATOR)


def award_body(certificate: Course, **changes: Any) -> dict[str, Any]:
    key = {
        "course_id": certificate.course_id,
        "certificate_type": certificate.certificate_type,
    }
    return {"username": "member", "credential": key, "status": "awarded"} | changes


def award(
    username: str, certificate: Program | Course, *notes: Note, status: str = "awarded"
) -> UserCredential:
    """The award of this certificate to this name, made or brought to this status."""
    key = (
        CertificateKey(program_id=certificate.program_id)
        if isinstance(certificate, Program)
        else CertificateKey(None, certificate.course_id, certificate.certificate_type)
    )
    wanted = Wanted(username, key, status, notes)
    with walls.tenant_work(certificate.tenant_id):
        (outcome,) = awards.apply(certificate.tenant_id, [wanted], by=OPERATOR)
    assert outcome.award_id, outcome.errors
    return UserCredential.objects.get(pk=outcome.award_id)


def issuer_profile(tenant: Tenant, **changes: Any) -> IssuerProfile:
    fields: dict[str, Any] = {"name": "School of Metalwork", **changes}
    return create(IssuerProfile(tenant_id=tenant.pk, **fields), by=OPERATOR)


def image(tenant: Tenant) -> Image:
    """A row that no upload made; what it holds is no picture."""
    content = secrets.token_bytes(16)
    return Image.objects.create(
        tenant_id=tenant.pk,
        content_type="image/png",
        width=1,
        height=1,
        digest=hashlib.sha256(content).digest(),
        content=content,
    )


def definition(tenant: Tenant, **changes: Any) -> CredentialDefinition:
    """Of the tenant's first issuer, made when there is none."""
    fields: dict[str, Any] = {"name": "Welder", **changes}
    if "issuer" not in fields:
        known = IssuerProfile.objects.filter(tenant_id=tenant.pk).order_by("id").first()
        fields["issuer"] = known or issuer_profile(tenant)
    return create(CredentialDefinition(tenant_id=tenant.pk, **fields), by=OPERATOR)


def assertion(identity: str, of: CredentialDefinition, **facts: Any) -> Assertion:
    """The live one of this definition and recipient, issued when there is none."""
    wanted = assertions.Wanted(of.uuid, identity, **facts)
    with walls.tenant_work(of.tenant_id):
        (outcome,) = assertions.issue(of.tenant_id, [wanted], by=OPERATOR)
    assert outcome.uuid, outcome.errors
    return Assertion.objects.get(tenant_id=of.tenant_id, uuid=outcome.uuid)


def certification_type(tenant: Tenant | None, **changes: Any) -> CertificationType:
    """Without a tenant, a standard one."""
    fields: dict[str, Any] = {"slug": "first-aid", "title": "First aid", **changes}
    return CertificationType.objects.create(tenant=tenant, **fields)


def certification(tenant: Tenant, user: User, **facts: Any) -> Certification:
    """The member's record of these facts; one of an external pair is updated."""
    words = ("type", "slug", "external_source", "external_id")
    named = {name: facts.pop(name) for name in words if name in facts}
    wanted = recording.Wanted(recording.Named(person=user.pk, **named), facts)
    with walls.tenant_work(tenant.pk):
        (outcome,) = recording.record(tenant.pk, [wanted], by=OPERATOR)
    assert outcome.uuid, outcome.errors
    return Certification.objects.get(tenant_id=tenant.pk, uuid=outcome.uuid)


def diploma_title(tenant: Tenant, **changes: Any) -> DiplomaTitle:
    fields: dict[str, Any] = {"name": f"Master welder {secrets.token_hex(8)}", **changes}
    return create(DiplomaTitle(tenant_id=tenant.pk, **fields), by=OPERATOR)


def diploma(tenant: Tenant, holder: User, **changes: Any) -> Diploma:
    """Of a new title, unless one is named."""
    if "title" not in changes:
        changes["title"] = diploma_title(tenant)
    return create(Diploma(tenant_id=tenant.pk, holder_id=holder.pk, **changes), by=OPERATOR)


def diploma_file(of: Diploma, *, is_stored: bool = True, **changes: Any) -> DiplomaFile:
    """A row that no upload made: there is nothing in the store."""
    fields: dict[str, Any] = {
        "name": "diploma.pdf",
        "content_type": "application/pdf",
        "size": 48213,
        **changes,
    }
    if is_stored:
        kept = {"key": new_uuid(), "sha256": secrets.token_bytes(32), "stored_at": timezone.now()}
        fields = kept | fields
    return DiplomaFile.objects.create(tenant_id=of.tenant_id, diploma_id=of.pk, **fields)
