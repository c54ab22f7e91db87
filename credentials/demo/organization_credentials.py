"""The demo's badges: in whose name they are issued, how they look, and who earned them."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from credentials.core import lifecycle
from credentials.demo.cast import NAMESPACE
from credentials.organization_credentials import assertions
from credentials.organization_credentials.assertions import Wanted
from credentials.organization_credentials.models import (
    Assertion,
    CredentialDefinition,
    IssuerProfile,
)
from tenants import changes, walls
from tenants.events import OPERATOR
from tenants.models import Tenant

HTML = """<section class="diploma">
  <p class="issuer">{{ issuer_name }}</p>
  <h1>{{ credential_name }}</h1>
  <p class="lead">This is to certify that</p>
  <p class="name">{{ recipient_name }}</p>
  <p>{{ description }}</p>
  <p class="foot">{{ issued_on }} · {{ organization_name }}</p>
</section>
"""
CSS = """body { margin: 0; background: #fbf7ee; color: #23303d; font-family: Georgia, serif; }
.diploma { margin: 1.5rem; padding: 2.5rem 1.5rem; border: 3px double #a8772f; text-align: center; }
.issuer { letter-spacing: 0.2em; text-transform: uppercase; font-size: 0.8rem; color: #7a5a24; }
h1 { font-size: 2rem; font-weight: 400; margin: 1rem 0; }
.lead { font-style: italic; margin: 0; }
.name { font-size: 1.6rem; margin: 0.5rem 0 1.25rem; color: #8a3b1e; }
.foot { margin-top: 2rem; font-size: 0.85rem; }
"""


@dataclass(frozen=True)
class Definition:
    tenant: str
    issuer: str
    name: str
    description: str
    facts: dict[str, Any] = field(default_factory=dict)
    # Identity and narrative; the reason of a revocation.
    assertions: tuple[tuple[str, str, str], ...] = ()

    @property
    def issuer_uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{self.tenant}/issuer/{self.issuer}")

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{self.tenant}/badge/{self.name}")


WORKSHOP = ("acme", "Acme Workshop School")
DEFINITIONS = (
    # The first assertion is the one whose public page is shown.
    Definition(
        *WORKSHOP,
        "Master Welder",
        "For a year of practice in the workshop and a masterpiece that passed three examiners.",
        {
            "html_template": HTML,
            "css_template": CSS,
            "criteria_text": "Twelve months in the workshop; a masterpiece; an oral exam.",
            "valid_for_amount": 3,
            "valid_for_duration": "years",
        },
        (
            ("mina", "Her gate for the town garden was praised by all three examiners.", ""),
            # Theirs once they join with this address.
            ("yasmin@acme.example", "", ""),
            ("noor", "", "The masterpiece was examined by two examiners only."),
        ),
    ),
    Definition(
        *WORKSHOP,
        "Workshop Safety",
        "Issued by the signal that its course was passed.",
        {
            "issuing_signal": "COURSE_PASSED",
            "courses": ["course-v1:acme+WELD101+2026"],
            "credential_type": "COURSE_CERTIFICATE",
        },
        (("ibrahim", "", ""),),
    ),
    Definition(
        *WORKSHOP,
        "Examiner",
        "For administrators' eyes only.",
        {"is_public": False},
    ),
    Definition(
        "globex",
        "Globex Energy",
        "Rooftop Installer",
        "Installs solar panels without supervision.",
        {"valid_for_amount": 18, "valid_for_duration": "months"},
        (("lea", "", ""),),
    ),
)


def load(tenants: dict[str, Tenant]) -> uuid.UUID:
    """The uuid of the first assertion. Assertions come with their definition."""
    mine = {"tenant__in": list(tenants.values())}
    stored = set(CredentialDefinition.objects.filter(**mine).values_list("uuid", flat=True))
    for wanted in DEFINITIONS:
        if wanted.uuid not in stored:
            _make(wanted, tenants[wanted.tenant])
    first = DEFINITIONS[0]
    shown = Assertion.objects.filter(
        tenant=tenants[first.tenant],
        definition__uuid=first.uuid,
        identity=first.assertions[0][0],
    ).order_by("id")
    return shown.values_list("uuid", flat=True)[0]


def _make(wanted: Definition, tenant: Tenant) -> None:
    known = IssuerProfile.objects.filter(tenant=tenant, uuid=wanted.issuer_uuid).first()
    issuer = known or changes.create(
        IssuerProfile(uuid=wanted.issuer_uuid, tenant=tenant, name=wanted.issuer), by=OPERATOR
    )
    definition = CredentialDefinition(
        uuid=wanted.uuid,
        tenant=tenant,
        issuer=issuer,
        name=wanted.name,
        description=wanted.description,
        **wanted.facts,
    )
    changes.create(definition, by=OPERATOR)
    asked = [Wanted(definition.uuid, who, narrative) for who, narrative, _ in wanted.assertions]
    if not asked:
        return
    with walls.tenant_work(tenant.pk):
        issued = assertions.issue(tenant.pk, asked, by=OPERATOR)
        for outcome, (_, _, reason) in zip(issued, wanted.assertions, strict=True):
            if reason and outcome.uuid:
                mine = Assertion.objects.select_for_update().filter(tenant_id=tenant.pk)
                row = mine.get(uuid=outcome.uuid)
                lifecycle.move(row, lifecycle.REVOKED, by=OPERATOR, reason=reason)
