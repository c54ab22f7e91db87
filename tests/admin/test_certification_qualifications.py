"""Qualifications in the admin, each with its requirements."""

from typing import Any

import pytest

from credentials.certifications import defining
from credentials.models import (
    CertificationType,
    JobRole,
    Qualification,
    Requirement,
)
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.admin.award_pages import page, told
from tests.admin.certification_pages import (
    QUALIFICATIONS,
    add,
    opened,
    save,
)
from tests.admin.conftest import Browser, errors
from tests.certifications.role_factories import requirement
from tests.factories import certification_type

ROW = "requirements-{}-{}"


def row(number: int, *kinds: CertificationType, **facts: Any) -> dict[str, Any]:
    """A requirement, as the page sends it."""
    fields = {"types": [each.pk for each in kinds], "minimum": 1, **facts}
    return {ROW.format(number, name): value for name, value in fields.items()}


def rows(*each: dict[str, Any]) -> dict[str, Any]:
    merged = {"requirements-TOTAL_FORMS": len(each), "requirements-INITIAL_FORMS": 0}
    for one in each:
        merged |= one
    return merged


def asked(of: Qualification) -> list[tuple[int, bool, list[int]]]:
    found = Requirement.objects.filter(qualification=of).order_by("id")
    return [
        (
            each.minimum,
            each.verified_only,
            list(each.types.order_by("id").values_list("certification_type_id", flat=True)),
        )
        for each in found
    ]


# --- Qualifications


def test_administrator_adds_a_qualification_with_what_it_asks_for(
    acme: Tenant, acme_admin: Browser, kind: CertificationType, standard: CertificationType
) -> None:
    sent = rows(row(0, standard, kind, minimum=2), row(1, kind, verified_only="on"))

    assert add(acme_admin, QUALIFICATIONS, title="Crew chief", **sent).status_code == 302

    made = Qualification.objects.get()
    assert (made.tenant_id, made.slug, made.status) == (acme.pk, "crew-chief", "active")
    assert asked(made) == [(2, False, [standard.pk, kind.pk]), (1, True, [kind.pk])]
    event = Event.objects.get(object_kind="qualification")
    assert (event.action, event.actor_id) == ("created", acme_admin.user.pk)


def test_superuser_adds_one_in_a_tenant(root: Browser, acme: Tenant, standard: Any) -> None:
    sent = {"title": "Chief", "tenant": acme.pk, **rows(row(0, standard))}

    assert add(root, QUALIFICATIONS, **sent).status_code == 302
    assert Qualification.objects.get().tenant_id == acme.pk


def test_a_page_sent_back_untouched_changes_nothing(
    acme_admin: Browser, needed: Qualification, leader: JobRole
) -> None:
    ids = list(Requirement.objects.values_list("id", flat=True))

    for each in (needed, leader):
        assert save(acme_admin, each).status_code == 302
        assert told(each) == []

    assert list(Requirement.objects.values_list("id", flat=True)) == ids


def test_requirements_are_changed_added_and_taken_away(
    acme_admin: Browser, needed: Qualification, kind: CertificationType, standard: Any
) -> None:
    sent = opened(acme_admin, page(needed))
    sent |= row(1, standard, kind, minimum=2, DELETE="") | row(2, standard)
    sent |= {ROW.format(0, "DELETE"): "on", "requirements-TOTAL_FORMS": 3}

    response = acme_admin.post(page(needed), sent)

    assert response.status_code == 302, errors(response)
    assert asked(needed) == [(2, True, [standard.pk, kind.pk]), (1, False, [standard.pk])]
    ((action, after),) = told(needed)
    assert (action, list(after)) == ("changed", ["requirements"])


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"types": [], "verified_only": "on"}, "This field is required."),
        ({"types": ["x"]}, "is not one of the available choices"),
        ({"types": ["999999"]}, "is not one of the available choices"),
        ({"minimum": ""}, "This field is required."),
        ({"minimum": "0"}, "greater than or equal to 1"),
        ({"minimum": "2"}, "It is more than there are types."),
    ],
)
def test_faulty_requirements_are_refused_where_they_are(
    acme_admin: Browser, kind: CertificationType, facts: Any, complaint: str
) -> None:
    response = add(acme_admin, QUALIFICATIONS, title="Chief", **rows(row(0, kind, **facts)))

    assert complaint in errors(response)
    assert "Please correct the requirements." in errors(response)
    assert not Qualification.objects.exists()


def test_foreign_and_archived_types_are_refused(
    acme: Tenant, globex: Tenant, acme_admin: Browser, root: Browser, kind: CertificationType
) -> None:
    foreign = certification_type(globex, slug="foreign", title="Foreign")
    changes.change(kind, {"status": "archived"}, by=OPERATOR)

    hidden = add(acme_admin, QUALIFICATIONS, title="Chief", **rows(row(0, foreign)))
    old = add(acme_admin, QUALIFICATIONS, title="Chief", **rows(row(0, kind)))
    sent = {"title": "Chief", "tenant": acme.pk, **rows(row(0, foreign))}
    seen = add(root, QUALIFICATIONS, **sent)

    assert "is not one of the available choices" in errors(hidden)
    assert "Requirement 1, “First aid”: There is no such active" in errors(old)
    assert "Requirement 1, “Foreign”: There is no such active" in errors(seen)
    assert not Qualification.objects.exists()


def test_a_qualification_asks_for_something(acme_admin: Browser, needed: Qualification) -> None:
    gone = {ROW.format(number, "DELETE"): "on" for number in range(2)}

    assert "at least" in errors(add(acme_admin, QUALIFICATIONS, title="Chief", **rows())).lower()
    assert "at least" in errors(save(acme_admin, needed, **gone)).lower()
    assert len(asked(needed)) == 2
    assert told(needed) == []


def test_an_archived_type_stays_where_it_is(
    acme_admin: Browser, needed: Qualification, kind: CertificationType
) -> None:
    changes.change(kind, {"status": "archived"}, by=OPERATOR)

    assert save(acme_admin, needed, title="Chief").status_code == 302

    needed.refresh_from_db()
    assert needed.title == "Chief"


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    acme_admin: Browser, needed: Qualification, kind: CertificationType
) -> None:
    sent = opened(acme_admin, page(needed))
    values: dict[str, Any] = {"requirements": [requirement(kind)]}
    defining.change_qualification(needed, values, [], by=OPERATOR)

    response = acme_admin.post(page(needed), sent | {"title": "Mine"})

    assert "changed by somebody else" in errors(response)
    assert len(asked(needed)) == 1
