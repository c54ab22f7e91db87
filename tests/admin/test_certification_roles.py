"""Job roles in the admin and who has them; who may do what there and to qualifications."""

from typing import Any

import pytest

from credentials.models import (
    CertificationType,
    JobRole,
    JobRoleAssignment,
    JobRoleQualification,
    Qualification,
)
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Tenant
from tests.admin.award_pages import act, page, press, told
from tests.admin.certification_pages import (
    ASSIGNMENTS,
    QUALIFICATIONS,
    ROLES,
    add,
    faults,
    save,
)
from tests.admin.conftest import Browser, errors, staff
from tests.certifications.role_factories import assign, job_role, qualification, requirement
from tests.conftest import make_member

# --- Job roles


def test_a_job_role_asks_for_qualifications(
    acme: Tenant, acme_admin: Browser, needed: Qualification, kind: CertificationType
) -> None:
    other = qualification(acme, requirement(kind), title="Other")
    chosen = [needed.pk, other.pk]

    assert add(acme_admin, ROLES, title="Chief", qualifications=chosen).status_code == 302

    role = JobRole.objects.get()
    of_role = JobRoleQualification.objects.filter(job_role=role)
    assert (role.slug, sorted(each.qualification_id for each in of_role)) == ("chief", chosen)
    assert save(acme_admin, role, qualifications=[other.pk], status="archived").status_code == 302
    assert [each.qualification_id for each in of_role.all()] == [other.pk]
    ((action, after),) = told(role)
    assert (action, sorted(after)) == ("changed", ["qualification_ids", "status"])


def test_foreign_qualifications_and_taken_slugs_are_refused(
    globex: Tenant, acme: Tenant, acme_admin: Browser, root: Browser, leader: JobRole, standard: Any
) -> None:
    foreign = qualification(globex, requirement(standard))

    hidden = add(acme_admin, ROLES, title="Chief", qualifications=[foreign.pk])
    seen = add(root, ROLES, title="Chief", tenant=acme.pk, qualifications=[foreign.pk])
    taken = add(acme_admin, ROLES, title="Chief", slug=leader.slug)

    assert "Select a valid choice." in str(faults(hidden)["qualifications"])
    assert "has no such qualification" in str(faults(seen)["qualifications"])
    assert "has a job role of this slug" in errors(taken)
    assert JobRole.objects.get() == leader


@pytest.mark.parametrize("path", [QUALIFICATIONS, ROLES])
def test_they_are_archived_and_restored_and_never_deleted(
    acme_admin: Browser, needed: Qualification, leader: JobRole, path: str
) -> None:
    each: Any = needed if path == QUALIFICATIONS else leader

    act(acme_admin, "archive", each, reason="Merged")
    each.refresh_from_db()
    assert each.status == "archived"
    act(acme_admin, "restore", each)
    each.refresh_from_db()
    assert each.status == "active"
    assert [after for _, after in told(each)] == [
        {"status": "archived", "reason": "Merged"},
        {"status": "active"},
    ]
    assert acme_admin.post(f"{path}{each.pk}/delete/", {"post": "yes"}).status_code == 403


# --- Who has them


def test_administrator_gives_a_job_role_and_makes_it_primary(
    acme: Tenant, acme_admin: Browser, ada: Membership, leader: JobRole
) -> None:
    before = assign(ada, job_role(acme, title="Guide"), is_primary=True)
    sent = {"membership": ada.pk, "job_role": leader.pk, "is_primary": "on"}

    assert add(acme_admin, ASSIGNMENTS, **sent).status_code == 302

    made = JobRoleAssignment.objects.get(job_role=leader)
    before.refresh_from_db()
    assert (made.membership_id, made.is_primary, before.is_primary) == (ada.pk, True, False)
    assert save(acme_admin, before, is_primary="on").status_code == 302
    assert JobRoleAssignment.objects.get(is_primary=True) == before
    assert "has this job role already" in errors(add(acme_admin, ASSIGNMENTS, **sent))


def test_what_cannot_be_given(
    globex: Tenant, acme: Tenant, acme_admin: Browser, root: Browser, ada: Membership, standard: Any
) -> None:
    foreign = job_role(globex)
    old = job_role(acme, title="Old")
    changes.change(old, {"status": "archived"}, by=OPERATOR)

    for role in (foreign, old):
        refused = add(acme_admin, ASSIGNMENTS, membership=ada.pk, job_role=role.pk)
        assert "Select a valid choice." in str(faults(refused)["job_role"])
    crossed = add(root, ASSIGNMENTS, membership=ada.pk, job_role=foreign.pk)

    assert "another organization" in str(faults(crossed)["job_role"])
    assert not JobRoleAssignment.objects.exists()


def test_job_roles_are_taken_away_one_and_many(
    acme: Tenant, acme_admin: Browser, ada: Membership, leader: JobRole
) -> None:
    given = [assign(make_member(acme, f"m{number}"), leader) for number in range(2)]
    one = assign(ada, leader)

    done = acme_admin.post(f"{ASSIGNMENTS}{one.pk}/delete/", {"post": "yes"})
    assert done.status_code == 302
    taken = act(acme_admin, "unassign", *given, reason="They left")
    assert "2 job role assignments taken away." in taken.content.decode()

    assert not JobRoleAssignment.objects.exists()
    events = Event.objects.filter(object_kind="jobroleassignment", action="deleted")
    assert [event.actor_id for event in events] == [acme_admin.user.pk] * 3


def test_members_of_a_role_are_found_from_its_page(
    acme: Tenant, acme_issuer: Browser, ada: Membership, leader: JobRole
) -> None:
    given = assign(ada, leader)
    assign(make_member(acme, "eve"), job_role(acme, title="Guide"))

    path = f"{ASSIGNMENTS}?job_role={leader.pk}"
    assert f"/admin/{path}" in acme_issuer.get(page(leader)).content.decode()
    assert acme_issuer.rows(path) == [given]
    for query in ("q=ADA", "q=lead", "q=ada+lead", f"q={given.uuid}"):
        assert acme_issuer.rows(f"{ASSIGNMENTS}?{query}") == [given], query


# --- Who may


def test_issuers_read_and_do_not_write(
    acme_issuer: Browser, ada: Membership, needed: Qualification, leader: JobRole
) -> None:
    given = assign(ada, leader)

    for each in (needed, leader, given):
        assert acme_issuer.get(page(each)).status_code == 200
        assert acme_issuer.post(page(each), {"title": "Mine"}).status_code == 403
        listed = page(each).partition(str(each.pk))[0]
        assert acme_issuer.post(f"{listed}add/", {}).status_code == 403
        assert acme_issuer.post(f"{listed}{each.pk}/delete/", {"post": "yes"}).status_code == 403
        for action in ("archive", "unassign"):
            assert press(acme_issuer, action, each).status_code in {400, 403}
        assert told(each) == []
    assert "First aid, Standard one · standard" in acme_issuer.get(page(needed)).content.decode()
    assert "Responder" in acme_issuer.get(page(leader)).content.decode()


def test_staff_of_the_role_member_sees_nothing(acme: Tenant, leader: JobRole) -> None:
    browser = staff(make_member(acme, "mia"))

    for path in (QUALIFICATIONS, ROLES, ASSIGNMENTS, page(leader)):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403


def test_another_tenants_answer_like_unknown_ones(
    acme_admin: Browser, globex: Tenant, standard: CertificationType
) -> None:
    needed = qualification(globex, requirement(standard))
    role = job_role(globex, needed)
    given = assign(make_member(globex, "gus"), role)

    for each in (needed, role, given):
        listed = page(each).partition(str(each.pk))[0]
        assert acme_admin.rows(listed) == []
        assert acme_admin.get(page(each)).status_code == 302
        press(acme_admin, "archive", each)
        press(acme_admin, "unassign", each)
        assert told(each) == []


def test_the_history_of_each_is_its_events(
    acme_admin: Browser, ada: Membership, needed: Qualification, leader: JobRole
) -> None:
    for each in (needed, leader, assign(ada, leader)):
        listed = page(each).replace("change", "history")
        shown = acme_admin.rows(acme_admin.get(listed).headers["Location"])
        assert [event.object_id for event in shown] == [each.pk]
