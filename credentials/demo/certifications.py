"""The demo's certifications: what the workshop's people hold, and what their work asks for.

Their days are counted from the day on which the demo is loaded: somebody is qualified, somebody
lacks something, and something lapses soon.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from credentials.certifications import assigning, defining, recording, verifying
from credentials.certifications.checks import Verdict
from credentials.certifications.models import Certification, CertificationType
from credentials.certifications.recording import Named, Wanted
from credentials.certifications.role_models import JobRole
from credentials.demo.cast import NAMESPACE
from tenants import changes, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Tenant
from users.models import User

TENANT = "acme"
JOB_ROLE = uuid.uuid5(NAMESPACE, f"{TENANT}/job role/Workshop Hand")
STANDARD = {"first-aid": "First Aid at Work", "forklift-licence": "Forklift Licence"}
OWN = ("gas-shielded-welding", "Gas-shielded Welding, ISO 9606-1")
FIRST_AID, FORKLIFT = STANDARD
WELDING = OWN[0]


@dataclass(frozen=True)
class Held:
    """Issued and ending so many days before or after the demo is loaded."""

    holder: str
    slug: str | None
    issuer_name: str
    serial_number: str | None
    issued: int
    expires: int | None
    is_verified: bool = True

    def wanted(self, person: int, today: date) -> Wanted:
        facts: dict[str, Any] = {
            "issuer_name": self.issuer_name,
            "serial_number": self.serial_number,
            "issued_on": today + timedelta(days=self.issued),
            "expires_on": self.expires and today + timedelta(days=self.expires),
        }
        return Wanted(Named(person=person, slug=self.slug), facts)


HELD = (
    # Qualified, but not for long.
    Held("mina", FIRST_AID, "Türk Kızılay", "IY-2025-0417", -500, 230),  # noqa: RUF001 - Turkish
    Held("mina", WELDING, "Acme Workshop School", "W-0093", -709, 21),
    # Of no type: counts for nothing, and is known.
    Held("mina", None, "Şehir Tiyatrosu", None, -60, None, is_verified=False),
    # Qualified for ever.
    Held("ibrahim", FIRST_AID, "Croix-Rouge", "PSC1-88213", -200, None),
    Held("ibrahim", FORKLIFT, "Haute École de Logistique", "CACES-3-5521", -90, None),
    # Lacks first aid, which has ended; nobody has verified the licence.
    Held("noor", FIRST_AID, "الهلال الأحمر", "RC-7741", -800, -12),
    Held("noor", FORKLIFT, "Rotterdam Port Training", "FL-20931", -30, 1000, is_verified=False),
)
HANDS = ("mina", "ibrahim", "noor")


def load(tenants: dict[str, Tenant], users: dict[str, User]) -> None:
    """All of it comes with the job role, and stays as it became."""
    tenant = tenants[TENANT]
    if JobRole.objects.filter(tenant=tenant, uuid=JOB_ROLE).exists():
        return
    types = _types(tenant)
    with walls.tenant_work(tenant.pk):
        _record(tenant, users)
        role = _job_role(tenant, types)
        people = [users[name].pk for name in HANDS]
        hands = Membership.objects.filter(tenant_id=tenant.pk, user_id__in=people)
        for hand in hands.order_by("id"):
            row = assigning.held(tenant.pk, str(hand.pk), str(role.pk))
            assigning.assign(row, is_primary=True, by=OPERATOR)


def _types(tenant: Tenant) -> dict[str, CertificationType]:
    """By slug. A portal that has these standard types already keeps its own."""
    standard = [
        CertificationType.objects.get_or_create(owner=0, slug=slug, defaults={"title": title})[0]
        for slug, title in STANDARD.items()
    ]
    own = CertificationType.objects.filter(owner=tenant.pk, slug=WELDING).first()
    if own is None:
        wanted = CertificationType(
            uuid=uuid.uuid5(NAMESPACE, f"{TENANT}/{WELDING}"),
            tenant=tenant,
            slug=WELDING,
            title=OWN[1],
        )
        own = changes.create(wanted, by=OPERATOR)
    return {kind.slug: kind for kind in (*standard, own)}


def _record(tenant: Tenant, users: dict[str, User]) -> None:
    today = timezone.now().date()
    wanted = [held.wanted(users[held.holder].pk, today) for held in HELD]
    outcomes = recording.record(tenant.pk, wanted, by=OPERATOR)
    verdict = Verdict(Certification.Verification.VERIFIED, "The certificate was shown.")
    for held, outcome in zip(HELD, outcomes, strict=True):
        if held.is_verified and outcome.uuid:
            mine = Certification.objects.select_for_update().filter(tenant_id=tenant.pk)
            row = mine.get(uuid=outcome.uuid)
            verifying.verify(row, verdict, "original seen", by=OPERATOR)


def _job_role(tenant: Tenant, types: dict[str, CertificationType]) -> JobRole:
    requirements = [
        {
            "certification_type_ids": [types[slug].uuid for slug in slugs],
            "minimum": 1,
            "verified_only": verified_only,
        }
        for slugs, verified_only in (((FIRST_AID,), False), ((FORKLIFT, WELDING), True))
    ]
    qualification = defining.create_qualification(
        tenant.pk, {"title": "Workshop Duty", "requirements": requirements}, [], by=OPERATOR
    )
    values = {
        "uuid": JOB_ROLE,
        "title": "Workshop Hand",
        "qualification_ids": [qualification.uuid],
    }
    return defining.create_job_role(tenant.pk, values, [], by=OPERATOR)
