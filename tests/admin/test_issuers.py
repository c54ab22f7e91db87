"""Issuers in the admin: kept by administrators, read by issuers."""

from typing import Any

import pytest

from credentials.models import IssuerProfile
from credentials.organization_credentials import deletion
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.admin.award_pages import page, told
from tests.admin.catalogue_pages import ISSUERS, add, opened, save
from tests.admin.conftest import Browser, errors
from tests.factories import definition, issuer_profile


def test_admin_adds_an_issuer(acme: Tenant, acme_admin: Browser) -> None:
    fields = {
        "name": "School of Metalwork",
        "url": "https://school.example/",
        "email": "office@school.example",
        "description": "Since 1901.\r\nIn two houses.",
        "image": "https://school.example/logo.png",
    }

    assert add(acme_admin, ISSUERS, **fields).status_code == 302

    row = IssuerProfile.objects.get()
    stored = {name: getattr(row, name) for name in fields}
    assert stored == fields | {"description": "Since 1901.\nIn two houses."}
    assert row.tenant_id == acme.pk
    event = Event.objects.get(object_kind="issuerprofile")
    assert (event.action, event.actor_id) == ("created", acme_admin.user.pk)


def test_superuser_adds_an_issuer_to_the_chosen_tenant(root: Browser, globex: Tenant) -> None:
    assert "This field is required." in errors(add(root, ISSUERS, name="School"))
    assert add(root, ISSUERS, name="School", tenant=globex.pk).status_code == 302
    assert IssuerProfile.objects.get().tenant_id == globex.pk


def test_admin_changes_an_issuer_with_an_event(acme: Tenant, acme_admin: Browser) -> None:
    row = issuer_profile(acme, url="https://school.example/")

    assert save(acme_admin, row, name="School II").status_code == 302

    row.refresh_from_db()
    assert (row.name, row.url) == ("School II", "https://school.example/")
    assert told(row) == [("changed", {"name": "School II"})]


def test_to_open_and_save_changes_nothing(acme: Tenant, acme_admin: Browser) -> None:
    """Whatever the API has stored."""
    row = issuer_profile(acme, name=" Two\nlines ", description="\n a\r\nb\rc\n ", url="")
    modified_at = row.modified_at

    assert save(acme_admin, row).status_code == 302

    row.refresh_from_db()
    assert (row.name, row.description) == (" Two\nlines ", "\n a\r\nb\rc\n ")
    assert row.modified_at == modified_at
    assert told(row) == []


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("name", " ", "This field may not be blank."),
        ("name", "", "This field is required."),
        ("name", "x" * 256, "no more than 255 characters"),
        ("url", "javascript:alert(1)", "Write an http or https URL."),
        ("email", "nobody", "Write an email address"),
        ("image", "/logo.png", "Write an http or https URL."),
        ("description", "x" * 65_537, "no more than 65536 characters"),
    ],
)
def test_what_the_api_refuses_is_refused_at_its_field(
    acme: Tenant, acme_admin: Browser, field: str, value: str, complaint: str
) -> None:
    row = issuer_profile(acme)

    response = save(acme_admin, row, **{field: value})

    assert response.status_code == 200
    assert complaint in str(response.context["adminform"].form.errors[field])
    assert told(row) == []
    assert complaint in errors(add(acme_admin, ISSUERS, **({"name": "School"} | {field: value})))
    assert IssuerProfile.objects.count() == 1


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    acme: Tenant, acme_admin: Browser
) -> None:
    row = issuer_profile(acme)
    form = opened(acme_admin, page(row))
    changes.change(row, {"url": "https://new.example/"}, by=OPERATOR)

    response = acme_admin.post(page(row), form | {"name": "Mine"})

    assert "changed by somebody else" in errors(response)
    row.refresh_from_db()
    assert (row.name, row.url) == ("School of Metalwork", "https://new.example/")


def test_an_issuer_that_nothing_names_is_deleted_with_an_event(
    acme: Tenant, acme_admin: Browser
) -> None:
    row = issuer_profile(acme)

    assert "School of Metalwork" in acme_admin.get(f"{ISSUERS}{row.pk}/delete/").content.decode()
    assert acme_admin.post(f"{ISSUERS}{row.pk}/delete/", {"post": "yes"}).status_code == 302

    row.refresh_from_db()
    assert row.deleted_at is not None
    assert [action for action, _ in told(row)] == ["deleted"]
    assert acme_admin.rows(ISSUERS) == []
    assert acme_admin.get(page(row)).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_issuer_of_live_definitions_is_not_deleted_and_the_page_says_why(
    acme: Tenant, acme_admin: Browser, method: str
) -> None:
    row = issuer_profile(acme)
    definition(acme, issuer=row)

    path = f"{ISSUERS}{row.pk}/delete/"
    response = acme_admin.send(method, path, {"post": "yes"}, follow=True)

    assert "Credential definitions name this issuer" in response.content.decode()
    assert response.request["PATH_INFO"] == f"/admin/{page(row)}"
    row.refresh_from_db()
    assert row.deleted_at is None


def test_the_rule_decides_where_a_definition_came_meanwhile(
    acme: Tenant, acme_admin: Browser, monkeypatch: Any
) -> None:
    """Between the page's own look and the lock."""
    row = issuer_profile(acme)
    definition(acme, issuer=row)
    looks = iter([None])
    rule = deletion.why_kept
    monkeypatch.setattr(deletion, "why_kept", lambda row: next(looks, rule(row)))

    response = acme_admin.post(f"{ISSUERS}{row.pk}/delete/", {"post": "yes"}, follow=True)

    assert "Credential definitions name this issuer" in response.content.decode()
    row.refresh_from_db()
    assert row.deleted_at is None


def test_the_issuer_of_deleted_definitions_is_deleted(acme: Tenant, acme_admin: Browser) -> None:
    row = issuer_profile(acme)
    deletion.delete(definition(acme, issuer=row), by=OPERATOR)

    assert acme_admin.post(f"{ISSUERS}{row.pk}/delete/", {"post": "yes"}).status_code == 302

    row.refresh_from_db()
    assert row.deleted_at is not None


def test_who_issues_reads_issuers_and_changes_nothing(acme: Tenant, acme_issuer: Browser) -> None:
    row = issuer_profile(acme)

    assert acme_issuer.rows(ISSUERS) == [row]
    assert acme_issuer.get(page(row)).status_code == 200
    assert acme_issuer.post(page(row), {"name": "Mine"}).status_code == 403
    assert acme_issuer.post(f"{ISSUERS}add/", {"name": "Mine"}).status_code == 403
    assert acme_issuer.post(f"{ISSUERS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert (row.name, row.deleted_at) == ("School of Metalwork", None)


def test_issuers_are_found_by_name_and_uuid(acme: Tenant, acme_admin: Browser) -> None:
    rows = [issuer_profile(acme, name=name) for name in ("North 100%", "South")]

    assert acme_admin.rows(f"{ISSUERS}?q=south") == rows[1:]
    assert acme_admin.rows(f"{ISSUERS}?q=0%25") == rows[:1]
    assert acme_admin.rows(f"{ISSUERS}?q={rows[0].uuid}") == rows[:1]
