"""Certification types in the admin: a tenant's own, and the standard ones, kept by superusers."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from credentials.models import CertificationType
from tenants.models import Event, Membership, Tenant
from tests.admin.award_pages import act, page, press, told
from tests.admin.certification_pages import TYPES, add, faults, opened, save
from tests.admin.conftest import Browser, errors, staff
from tests.answers import stored
from tests.conftest import make_member
from tests.factories import certification, certification_type

WELDING = {"slug": "welding", "title": "Welding", "description": "By ISO 9606."}


# --- Their tenants'


def test_administrator_adds_one_of_their_tenant(acme_admin: Browser, acme: Tenant) -> None:
    assert add(acme_admin, TYPES, **WELDING).status_code == 302

    made = CertificationType.objects.get()
    assert (made.tenant_id, made.slug, made.status) == (acme.pk, "welding", "active")
    event = Event.objects.get(object_kind="certificationtype")
    assert (event.action, event.actor_id) == ("created", acme_admin.user.pk)


@pytest.mark.parametrize(
    ("fields", "at", "complaint"),
    [
        ({"slug": ""}, "slug", "This field is required."),
        ({"slug": "Wel ding"}, "slug", "Use a-z, 0-9"),
        ({"title": " "}, "title", "This field may not be blank."),
        ({"title": "x" * 256}, "title", "no more than 255 characters"),
        ({"status": "gone"}, "status", "Select a valid choice."),
        ({"slug": "first-aid"}, "__all__", "has a certification type of this slug"),
    ],
)
def test_what_the_api_refuses_is_refused_at_its_field(
    acme_admin: Browser, kind: CertificationType, fields: Any, at: str, complaint: str
) -> None:
    response = add(acme_admin, TYPES, **WELDING | fields)

    assert complaint in str(faults(response)[at])
    assert CertificationType.objects.count() == 1


def test_a_change_takes_what_is_written(acme_admin: Browser, kind: CertificationType) -> None:
    assert save(acme_admin, kind, title="Help", status="archived").status_code == 302

    kind.refresh_from_db()
    assert (kind.title, kind.status, kind.slug) == ("Help", "archived", "first-aid")
    event = Event.objects.get(object_kind="certificationtype")
    assert (event.action, event.object_id) == ("changed", kind.pk)


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    acme_admin: Browser, kind: CertificationType
) -> None:
    sent = opened(acme_admin, page(kind))
    save(acme_admin, kind, title="First")

    assert "changed by somebody else" in errors(acme_admin.post(page(kind), sent | {"title": "x"}))

    kind.refresh_from_db()
    assert kind.title == "First"


def test_issuers_read_and_do_not_write(acme_issuer: Browser, kind: CertificationType) -> None:
    before = stored(kind)

    assert acme_issuer.get(page(kind)).status_code == 200
    assert acme_issuer.post(page(kind), WELDING).status_code == 403
    assert acme_issuer.post(f"{TYPES}add/", WELDING).status_code == 403
    assert press(acme_issuer, "archive", kind).status_code == 403

    assert stored(kind) == before


def test_staff_of_the_role_member_sees_nothing(acme: Tenant, kind: CertificationType) -> None:
    browser = staff(make_member(acme, "mia"))

    for path in (TYPES, page(kind), f"{TYPES}add/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403


@pytest.mark.parametrize("who", ["acme_admin", "root"])
def test_nobody_deletes_one(request: Any, kind: CertificationType, who: str) -> None:
    browser = request.getfixturevalue(who)

    assert browser.post(f"{TYPES}{kind.pk}/delete/", {"post": "yes"}).status_code == 403
    assert CertificationType.objects.filter(pk=kind.pk).exists()


# --- Standard ones


def test_tenants_see_standard_ones_and_keep_none(
    acme_admin: Browser, acme_owner: Browser, standard: CertificationType
) -> None:
    before = stored(standard)

    for browser in (acme_admin, acme_owner):
        assert browser.rows(TYPES) == [standard]
        assert browser.get(page(standard)).status_code == 200
        assert browser.post(page(standard), WELDING).status_code == 403

    assert stored(standard) == before


def test_tenants_see_no_others(acme_admin: Browser, globex: Tenant) -> None:
    foreign = certification_type(globex)

    assert acme_admin.rows(TYPES) == []
    assert acme_admin.get(page(foreign)).status_code == 302


def test_superuser_makes_a_standard_one_by_choosing_no_tenant(
    root: Browser, globex: Tenant
) -> None:
    assert add(root, TYPES, tenant="", **WELDING).status_code == 302
    assert add(root, TYPES, tenant=globex.pk, **WELDING).status_code == 302

    rows = CertificationType.objects.order_by("id")
    assert [row.owner for row in rows] == [0, globex.pk]
    assert "of this slug" in errors(add(root, TYPES, tenant="", **WELDING))


def test_superuser_changes_a_standard_one_and_its_history_tells(
    root: Browser, acme_admin: Browser, standard: CertificationType
) -> None:
    assert save(root, standard, title="Better").status_code == 302
    act(root, "archive", standard)

    standard.refresh_from_db()
    assert (standard.title, standard.status) == ("Better", "archived")
    history = f"{TYPES}{standard.pk}/history/"
    shown = root.get(history).content.decode()
    assert "Changed title" in shown
    assert "Archived." in shown
    assert LogEntry.objects.filter(user_id=root.user.pk).count() == 2
    refused = acme_admin.get(history, follow=True).content.decode()
    assert "Standard types are kept by the platform." in refused
    assert "Changed title" not in refused


def test_the_history_of_a_tenants_own_is_its_events(
    acme_admin: Browser, kind: CertificationType
) -> None:
    save(acme_admin, kind, title="Help")

    listed = acme_admin.rows(acme_admin.get(f"{TYPES}{kind.pk}/history/").headers["Location"])

    assert [event.action for event in listed] == ["changed"]
    assert not LogEntry.objects.exists()


# --- Many at once


def test_many_are_archived_and_restored_with_an_event_each(
    acme_admin: Browser, acme: Tenant, kind: CertificationType
) -> None:
    other = certification_type(acme, slug="other")

    act(acme_admin, "archive", kind, other)
    assert set(CertificationType.objects.values_list("status", flat=True)) == {"archived"}
    act(acme_admin, "archive", kind)
    act(acme_admin, "restore", kind)

    kind.refresh_from_db()
    assert kind.status == "active"
    events = Event.objects.filter(object_kind="certificationtype", object_id=kind.pk)
    assert events.count() == 2
    assert told(kind) == [("changed", {"status": "active"})]


def test_standard_ones_among_them_are_told_and_left(
    acme_admin: Browser, kind: CertificationType, standard: CertificationType
) -> None:
    before = stored(standard)

    shown = act(acme_admin, "archive", kind, standard).content.decode()

    assert "1 certification type archived." in shown
    assert "Standard types are kept by the platform." in shown
    assert stored(standard) == before
    kind.refresh_from_db()
    assert kind.status == "archived"


# --- Listed


def test_types_are_found_and_filtered(
    acme: Tenant, acme_admin: Browser, kind: CertificationType, standard: CertificationType
) -> None:
    old = certification_type(acme, slug="old", title="Old", status="archived")

    for query, found in {
        "q=first": [kind],
        "q=STANDARD": [standard],
        f"q={old.uuid}": [old],
        "scope=standard": [standard],
        "scope=organization": [old, kind],
        "status__exact=archived": [old],
        "scope=other": [old, standard, kind],
    }.items():
        rows = acme_admin.rows(f"{TYPES}?{query}")
        assert sorted(row.pk for row in rows) == sorted(row.pk for row in found), query


def test_the_list_counts_active_records_of_ones_tenant(
    acme: Tenant,
    globex: Tenant,
    acme_admin: Browser,
    root: Browser,
    ada: Membership,
    kind: CertificationType,
    standard: CertificationType,
) -> None:
    gus = make_member(globex, "gus")
    for of in (kind, kind, standard):
        certification(acme, ada.user, type=of.uuid)
    certification(globex, gus.user, type=standard.uuid)
    archived = certification(acme, ada.user, type=kind.uuid)
    type(archived).objects.filter(pk=archived.pk).update(lifecycle_status="archived")

    def counts(browser: Browser) -> dict[str, int]:
        return {row.slug: row.active for row in browser.rows(TYPES)}

    assert counts(acme_admin) == {"first-aid": 2, "standard": 1}
    assert counts(root) == {"first-aid": 2, "standard": 2}
