"""The history in the admin: read, found, never written."""

from typing import Any

import pytest

from tenants import events, members, sealing
from tenants.events import OPERATOR
from tenants.models import Event, Role, Seal, Tenant
from tests.admin.conftest import Browser
from tests.conftest import make_member
from users import people

LIST = "tenants/event/"


def event_page(event: Event) -> str:
    return f"{LIST}{event.pk}/change/"


def test_history_button_leads_to_the_object_s_events(acme: Tenant, acme_admin: Browser) -> None:
    ada = make_member(acme, "ada")
    members.change(ada, by=OPERATOR, role=Role.ISSUER)

    response = acme_admin.get(f"tenants/membership/{ada.pk}/history/")

    assert response.status_code == 302
    shown = acme_admin.rows(response.headers["Location"])
    assert [(e.object_id, e.action) for e in shown] == [(ada.pk, "changed"), (ada.pk, "created")]


def test_superuser_s_history_button_names_the_tenant(acme: Tenant, root: Browser) -> None:
    ada = make_member(acme, "ada")

    location = root.get(f"tenants/membership/{ada.pk}/history/").headers["Location"]

    assert "tenant=acme" in location
    assert [e.object_id for e in root.rows(location)] == [ada.pk]


def test_an_event_shows_what_changed(acme: Tenant, acme_admin: Browser) -> None:
    ada = make_member(acme, "ada")
    members.change(ada, by=OPERATOR, role=Role.ISSUER)

    shown = acme_admin.get(event_page(Event.objects.get(action="changed"))).content.decode()

    assert "<tr><th>role</th><td>member</td><td>issuer</td></tr>" in shown


def test_what_changed_is_escaped(acme: Tenant, acme_admin: Browser) -> None:
    members.change_tenant(acme, by=OPERATOR, name="<script>alert(1)</script>")

    shown = acme_admin.get(event_page(Event.objects.get(action="changed"))).content.decode()

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_changes_of_an_account_are_for_superusers(
    acme: Tenant, acme_owner: Browser, root: Browser
) -> None:
    ada = make_member(acme, "ada")
    people.change(ada.person_id, {"last_name": "Lovelace"}, by=OPERATOR, tenant_id=acme.pk)
    event = Event.objects.get(object_kind="user", action="changed")

    assert "Lovelace" not in acme_owner.get(event_page(event)).content.decode()
    assert "Lovelace" in root.get(event_page(event)).content.decode()


def test_addresses_are_for_superusers(acme: Tenant, acme_owner: Browser, root: Browser) -> None:
    acme_owner.post("tenants/membership/add/", {"person": "root", "role": "member"})
    event = Event.objects.filter(object_kind="membership").latest("id")

    assert "127.0.0.1" not in acme_owner.get(event_page(event)).content.decode()
    assert "127.0.0.1" in root.get(event_page(event)).content.decode()


@pytest.mark.parametrize("who", ["root", "acme_owner"])
def test_nobody_writes_history(request: Any, acme: Tenant, who: str) -> None:
    browser = request.getfixturevalue(who)
    event = Event.objects.filter(tenant=acme).latest("id")

    assert browser.post(f"{LIST}add/", {"action": "x"}).status_code == 403
    assert browser.post(event_page(event), {"action": "x"}).status_code == 403
    assert browser.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Event.objects.get(pk=event.pk).action == event.action


def test_events_are_found_by_object_action_and_kind(acme: Tenant, acme_admin: Browser) -> None:
    ada = make_member(acme, "ada")
    members.change(ada, by=OPERATOR, role=Role.ISSUER)

    assert {e.object_id for e in acme_admin.rows(f"{LIST}?q={ada.uuid}")} == {ada.pk}
    assert [e.object_id for e in acme_admin.rows(f"{LIST}?q=changed")] == [ada.pk]
    assert {e.object_kind for e in acme_admin.rows(f"{LIST}?object_kind=tenant")} == {"tenant"}


def test_an_event_outlives_the_erasure_of_its_content(acme: Tenant, acme_admin: Browser) -> None:
    ada = make_member(acme, "ada")
    event = Event.objects.get(object_kind="membership", object_id=ada.pk)
    events.erase(acme.pk, [event.pk], person=ada.user, by=OPERATOR)

    response = acme_admin.get(event_page(event))

    assert response.status_code == 200
    assert '<div class="readonly">erased</div>' in response.content.decode()


def test_an_event_shows_its_place_in_the_chain(acme: Tenant, acme_admin: Browser) -> None:
    event = Event.objects.get(tenant=acme, object_kind="tenant")
    assert "not sealed yet" in acme_admin.get(event_page(event)).content.decode()

    sealing.seal_all()

    seal = Seal.objects.get(event_id=event.pk)
    shown = acme_admin.get(event_page(event)).content.decode()
    assert f"1, {bytes(seal.chain_hash).hex()}" in shown


def test_events_are_narrowed_to_a_time(acme: Tenant, acme_admin: Browser) -> None:
    assert acme_admin.rows(f"{LIST}?occurred_at__gte=2000-01-01T00:00:00Z")
    assert not acme_admin.rows(f"{LIST}?occurred_at__gte=2100-01-01T00:00:00Z")
