"""Tenants in the admin: made and suspended by superusers, named and set up by their owners."""

import pytest

from tenants.models import Event, Tenant
from tests.admin.conftest import Browser, errors
from tests.conftest import Caller, make_member
from tests.factories import diploma, diploma_file

ADD = "tenants/tenant/add/"


def page(tenant: Tenant) -> str:
    return f"tenants/tenant/{tenant.pk}/change/"


def test_superuser_makes_a_tenant(root: Browser) -> None:
    response = root.post(ADD, {"slug": "initech", "name": "Initech"})

    assert response.status_code == 302
    tenant = Tenant.objects.get(slug="initech")
    event = Event.objects.get(tenant=tenant)
    assert (event.object_kind, event.action, event.actor_id) == ("tenant", "created", root.user.pk)


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"slug": "acme", "name": "Second"}, "already exists"),
        ({"slug": "No Slug", "name": "Second"}, "Use a-z, 0-9 and hyphens."),
        ({"slug": "second", "name": " "}, "This field is required."),
    ],
)
def test_faulty_input_makes_no_tenant(
    acme: Tenant, root: Browser, sent: dict[str, str], complaint: str
) -> None:
    response = root.post(ADD, sent)

    assert complaint in errors(response)
    assert Tenant.objects.count() == 1


def test_owner_changes_name_and_settings(acme: Tenant, acme_owner: Browser) -> None:
    response = acme_owner.post(
        page(acme), {"name": "Acme SA", "settings": '{"public_name": "none"}'}
    )

    assert response.status_code == 302
    acme.refresh_from_db()
    assert (acme.name, acme.settings, acme.slug) == ("Acme SA", {"public_name": "none"}, "acme")
    event = Event.objects.get(tenant=acme, object_kind="tenant", action="changed")
    assert event.actor_id == acme_owner.user.pk
    assert '"before":{"name":"Acme","settings":{}}' in event.content.content


@pytest.mark.parametrize("written", ["[1]", '"text"', "{"])
def test_settings_are_a_json_object(acme: Tenant, acme_owner: Browser, written: str) -> None:
    response = acme_owner.post(page(acme), {"name": "Acme", "settings": written})

    assert "JSON" in errors(response)
    acme.refresh_from_db()
    assert acme.settings == {}


def test_emptied_settings_are_none(acme: Tenant, acme_owner: Browser) -> None:
    acme_owner.post(page(acme), {"name": "Acme", "settings": '{"public_name": "none"}'})

    response = acme_owner.post(page(acme), {"name": "Acme", "settings": ""})

    assert response.status_code == 302
    acme.refresh_from_db()
    assert acme.settings == {}


def test_admin_looks_at_the_tenant_and_changes_nothing(acme: Tenant, acme_admin: Browser) -> None:
    assert acme_admin.get(page(acme)).status_code == 200
    response = acme_admin.post(page(acme), {"name": "Mine", "settings": "{}"})

    assert response.status_code == 403
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_owner_neither_suspends_nor_moves_a_tenant(acme: Tenant, acme_owner: Browser) -> None:
    sent = {"name": "Acme", "settings": "{}", "status": "suspended", "slug": "other"}

    acme_owner.post(page(acme), sent)

    acme.refresh_from_db()
    assert (acme.status, acme.slug) == ("active", "acme")


def test_owner_makes_no_tenant(acme_owner: Browser) -> None:
    assert acme_owner.post(ADD, {"slug": "initech", "name": "Initech"}).status_code == 403
    assert not Tenant.objects.filter(slug="initech").exists()


def test_superuser_suspends_a_tenant_and_its_members_are_out(
    acme: Tenant, root: Browser, member: Caller
) -> None:
    assert member.get("/api/v1/user-micro-credentials").status_code == 200

    response = root.post(page(acme), {"name": "Acme", "settings": "{}", "status": "suspended"})

    assert response.status_code == 302
    assert member.get("/api/v1/user-micro-credentials").status_code == 403
    event = Event.objects.get(tenant=acme, object_kind="tenant", action="status_changed")
    assert '"before":{"status":"active"}' in event.content.content


def test_nobody_deletes_a_tenant(acme: Tenant, root: Browser) -> None:
    assert root.post(f"tenants/tenant/{acme.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Tenant.objects.filter(pk=acme.pk).exists()


def test_what_is_stored_is_read_in_human_units_and_written_by_nobody(
    acme: Tenant, acme_owner: Browser
) -> None:
    diploma_file(diploma(acme, make_member(acme, "ada").user), size=48_213)

    assert "47.1\xa0KB" in acme_owner.get(page(acme)).content.decode()
    sent = {"name": "Acme", "settings": "{}", "stored": "9", "stored_bytes": "9"}
    acme_owner.post(page(acme), sent)

    acme.refresh_from_db()
    assert acme.stored_bytes == 48_213
