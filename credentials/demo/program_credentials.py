"""The demo's programs and courses, and who was awarded them."""

import uuid
from dataclasses import dataclass

from credentials.demo.cast import NAMESPACE
from credentials.program_credentials import awards
from credentials.program_credentials.awards import CertificateKey, Note, Wanted
from credentials.program_credentials.models import Course, Program
from tenants import changes, walls
from tenants.events import OPERATOR
from tenants.models import Tenant


@dataclass(frozen=True)
class Certificate:
    tenant: str
    title: str
    key: CertificateKey
    # Username, status, attributes; the reason of a revocation.
    awards: tuple[tuple[str, str, tuple[Note, ...], str], ...]

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{self.tenant}/{self.title}")

    def row(self, tenant: Tenant) -> Program | Course:
        if self.key.program_id is not None:
            return Program(
                uuid=self.uuid, tenant=tenant, title=self.title, program_id=self.key.program_id
            )
        return Course(
            uuid=self.uuid,
            tenant=tenant,
            title=self.title,
            course_id=self.key.course_id,
            certificate_type=self.key.certificate_type,
        )

    @property
    def wanted(self) -> list[Wanted]:
        return [
            Wanted(who, self.key, status, notes, reason)
            for who, status, notes, reason in self.awards
        ]


WELDING = CertificateKey(course_id="course-v1:acme+WELD101+2026", certificate_type="verified")
GRADED = (Note("grade", "Final Grade", "0.91"),)
LISTED = (Note("whitelist", "Whitelist", "Worked as an assistant for two years."),)
CERTIFICATES = (
    Certificate(
        "acme",
        "Industrial Safety",
        CertificateKey(program_id=1),
        (
            ("mina", "awarded", LISTED, ""),
            ("noor", "revoked", (), "Awarded by mistake: the practical exam is missing."),
            # Nobody has this name yet: theirs once they join.
            ("yasmin", "awarded", (), ""),
        ),
    ),
    Certificate(
        "acme",
        "Soudage : fondamentaux",
        WELDING,
        (("mina", "awarded", GRADED, ""), ("ibrahim", "awarded", (), "")),
    ),
    Certificate(
        "globex",
        "Solar Installation",
        CertificateKey(program_id=1),
        (("lea", "awarded", (), ""),),
    ),
)


def load(tenants: dict[str, Tenant]) -> None:
    """Awards come with their certificate, and stay as they became."""
    mine = {
        "tenant__in": list(tenants.values()),
        "uuid__in": [certificate.uuid for certificate in CERTIFICATES],
    }
    stored = {
        row.uuid for model in (Program, Course) for row in model._default_manager.filter(**mine)
    }
    for certificate in CERTIFICATES:
        if certificate.uuid in stored:
            continue
        row = certificate.row(tenants[certificate.tenant])
        changes.create(row, by=OPERATOR)
        with walls.tenant_work(row.tenant_id):
            awards.apply(row.tenant_id, certificate.wanted, by=OPERATOR)
