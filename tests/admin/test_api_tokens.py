"""API tokens in the admin: the key is shown once, a token is revoked, never changed."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants import api_tokens, lookups, scopes
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, Membership, Tenant
from tests.admin.award_pages import act
from tests.admin.conftest import Browser, errors
from tests.conftest import Caller, make_member
from users.models import User

ADD = "tenants/apitoken/add/"
KEY = re.compile(r"cp_[A-Za-z0-9_-]{43}")


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


def wanted(**changes: Any) -> dict[str, Any]:
    return {"name": "ci", "member": "ada", "scopes": ["micro_credentials:read"]} | changes


def test_admin_makes_a_token_whose_key_works_and_is_shown_once(
    acme: Tenant, acme_admin: Browser, ada: Membership
) -> None:
    response = acme_admin.post(ADD, wanted())

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    [key] = KEY.findall(response.content.decode())
    token = ApiToken.objects.get()
    assert (token.tenant_id, token.user_id, token.name) == (acme.pk, ada.user_id, "ci")
    assert token.scopes == ["micro_credentials:read"]
    assert bytes(token.key_hash) == lookups.token_key(key)
    assert Caller(f"Api-Token {key}").get("/api/v1/user-micro-credentials").status_code == 200
    for page in ("", "tenants/apitoken/", f"tenants/apitoken/{token.pk}/change/", "tenants/event/"):
        assert key not in acme_admin.get(page).content.decode()
    assert key not in str(dict(acme_admin.client.session))
    assert key not in str(acme_admin.client.cookies)
    event = Event.objects.get(object_kind="apitoken", action="created")
    assert event.actor_id == acme_admin.user.pk
    assert key not in event.content.content


def test_posting_the_form_again_makes_no_second_token(acme_admin: Browser, ada: Membership) -> None:
    acme_admin.post(ADD, wanted())

    response = acme_admin.post(ADD, wanted())

    assert "A live API token of this name exists." in errors(response)
    assert not KEY.search(response.content.decode())
    assert ApiToken.objects.count() == 1


def test_superuser_makes_a_token_for_a_member_of_the_chosen_tenant(
    acme: Tenant, root: Browser, globex_owner: Membership
) -> None:
    refused = root.post(ADD, wanted(tenant=acme.pk, member="gloria"))
    sent = wanted(tenant=globex_owner.tenant_id, member="gloria@globex.example")
    made, again = root.post(ADD, sent), root.post(ADD, sent)

    assert "A live API token of this name exists." in errors(again)
    assert "There is no such active member." in errors(refused)
    assert KEY.search(made.content.decode())
    assert ApiToken.objects.get().tenant_id == globex_owner.tenant_id


@pytest.mark.parametrize("name", ["gloria", "gloria@globex.example", "nobody", "ad"])
def test_a_token_acts_as_no_stranger(
    acme_admin: Browser, ada: Membership, globex_owner: Membership, name: str
) -> None:
    response = acme_admin.post(ADD, wanted(member=name))

    assert "There is no such active member." in errors(response)
    assert not ApiToken.objects.exists()


def test_a_token_does_not_act_for_somebody_of_a_greater_role(
    acme_admin: Browser, acme_owner: Browser
) -> None:
    refused = acme_admin.post(ADD, wanted(member="olivia"))
    made = acme_owner.post(ADD, wanted(member="olivia"))

    assert "This member may do more than you." in errors(refused)
    assert KEY.search(made.content.decode())


def test_a_token_of_staff_does_not_act_for_a_superuser(
    acme_owner: Browser, ada: Membership
) -> None:
    User.objects.filter(pk=ada.person_id).update(is_superuser=True)

    response = acme_owner.post(ADD, wanted())

    assert "This member may do more than you." in errors(response)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": ""}, "This field is required."),
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["everything"]}, "Select a valid choice."),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "This moment has passed."),
    ],
)
def test_faulty_input_makes_no_token(
    acme_admin: Browser, ada: Membership, changes: dict[str, Any], complaint: str
) -> None:
    response = acme_admin.post(ADD, wanted(**changes))

    assert complaint in errors(response)
    assert not ApiToken.objects.exists()


def test_a_token_may_expire(acme_admin: Browser, ada: Membership) -> None:
    response = acme_admin.post(ADD, wanted(expires_at_0="2099-01-01", expires_at_1="12:00"))

    assert KEY.search(response.content.decode())
    expires_at = ApiToken.objects.get().expires_at
    assert expires_at
    assert expires_at.isoformat() == "2099-01-01T12:00:00+00:00"


def test_revoked_token_is_refused_at_once_and_stays_in_the_list(
    acme_admin: Browser, ada: Membership
) -> None:
    [key] = KEY.findall(acme_admin.post(ADD, wanted()).content.decode())
    token = ApiToken.objects.get()
    caller = Caller(f"Api-Token {key}")
    assert caller.get("/api/v1/user-micro-credentials").status_code == 200

    act(acme_admin, "revoke", token, reason="Leaked")

    assert caller.get("/api/v1/user-micro-credentials").status_code == 401
    assert acme_admin.rows("tenants/apitoken/?state=revoked") == [token]
    event = Event.objects.get(object_kind="apitoken", action="revoked")
    assert event.actor_id == acme_admin.user.pk
    assert json.loads(event.content.content)["after"]["reason"] == "Leaked"


def test_a_token_is_never_changed(root: Browser, ada: Membership) -> None:
    token, _ = api_tokens.create(ada, name="ci", scopes=[], expires_at=None, by=OPERATOR)

    response = root.post(f"tenants/apitoken/{token.pk}/change/", wanted(scopes=list(scopes.ALL)))

    assert response.status_code == 403
    token.refresh_from_db()
    assert token.scopes == []


def test_tokens_are_listed_by_state(acme_admin: Browser, ada: Membership) -> None:
    def make(name: str) -> ApiToken:
        return api_tokens.create(ada, name=name, scopes=[], expires_at=None, by=OPERATOR)[0]

    live, revoked, expired = make("live"), make("revoked"), make("expired")
    api_tokens.revoke(revoked, by=OPERATOR)
    past = timezone.now() - timedelta(days=1)
    long_past = past - timedelta(days=1)
    ApiToken.objects.filter(pk=expired.pk).update(created_at=long_past, expires_at=past)

    for state, token in (("live", live), ("revoked", revoked), ("expired", expired)):
        assert acme_admin.rows(f"tenants/apitoken/?state={state}") == [token]
