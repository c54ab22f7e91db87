"""Staff see their own tenant alone: by the pages' filters, and by PostgreSQL when those are off."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from tenants import api_tokens, walls
from tenants.admin_base import PortalAdmin
from tenants.admin_scope import Desk
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, Membership, Tenant
from tests.admin.conftest import Browser, page_text
from tests.certifications.role_factories import a_row_in_every_table
from tests.conftest import make_member
from tests.factories import (
    assertion,
    award,
    course,
    definition,
    diploma,
    diploma_file,
    micro_credential,
    program,
)

LISTS = [
    "tenants/tenant/",
    "tenants/membership/",
    "tenants/apitoken/",
    "tenants/event/",
    "credentials/microcredential/",
    "credentials/program/",
    "credentials/course/",
    "credentials/usercredential/",
    "credentials/issuerprofile/",
    "credentials/credentialdefinition/",
    "credentials/assertion/",
    "credentials/certification/",
    "credentials/certificationtype/",
    "credentials/qualification/",
    "credentials/jobrole/",
    "credentials/jobroleassignment/",
    "credentials/diplomatitle/",
    "credentials/diploma/",
]


@pytest.fixture(autouse=True)
def both_tenants_have_rows(acme: Tenant, globex_owner: Membership) -> None:
    for membership in (make_member(acme, "ada"), globex_owner):
        micro_credential(membership.tenant, membership.user)
        award(membership.user.username, program(membership.tenant))
        award(membership.user.username, course(membership.tenant))
        assertion(membership.user.username, definition(membership.tenant))
        a_row_in_every_table(membership.tenant, membership)
        diploma_file(diploma(membership.tenant, membership.user))
        api_tokens.create(membership, name="ci", scopes=[], expires_at=None, by=OPERATOR)


def tenants_of(rows: list[Any]) -> set[str]:
    return {row.slug if isinstance(row, Tenant) else row.tenant.slug for row in rows}


def foreign_rows(path: str) -> QuerySet[Any]:
    label = path.strip("/").replace("/", ".")
    model = next(model for model in admin.site._registry if model._meta.label_lower == label)
    owner = "slug" if model is Tenant else "tenant__slug"
    rows: QuerySet[Any] = model._default_manager.filter(**{owner: "globex"})
    assert rows.exists()
    return rows


def test_staff_lists_own_rows_only(acme_admin: Browser, subtests: pytest.Subtests) -> None:
    for path in LISTS:
        with subtests.test(path):
            assert tenants_of(acme_admin.rows(path)) == {"acme"}


def test_superuser_lists_the_rows_of_all(root: Browser, subtests: pytest.Subtests) -> None:
    for path in LISTS:
        with subtests.test(path):
            assert tenants_of(root.rows(path)) == {"acme", "globex"}


def test_superuser_filters_by_tenant(root: Browser, subtests: pytest.Subtests) -> None:
    for path in LISTS[1:]:
        with subtests.test(path):
            assert tenants_of(root.rows(f"{path}?tenant=globex")) == {"globex"}


def test_row_level_security_alone_hides_foreign_rows_from_staff(
    acme_admin: Browser, monkeypatch: Any, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(PortalAdmin, "narrow", lambda self, request, rows: rows)

    for path in LISTS:
        with subtests.test(path):
            assert tenants_of(acme_admin.rows(path)) == {"acme"}
            for row in foreign_rows(path):
                assert acme_admin.get(f"{path}{row.pk}/change/").status_code == 302


def test_the_filters_alone_hide_foreign_rows_from_staff(
    acme_admin: Browser, monkeypatch: Any, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(Desk, "scope", walls.PLATFORM)

    for path in LISTS:
        with subtests.test(path):
            assert tenants_of(acme_admin.rows(path)) == {"acme"}
            for row in foreign_rows(path):
                assert acme_admin.get(f"{path}{row.pk}/change/").status_code == 302


def test_foreign_object_answers_like_an_unknown_one(
    acme_admin: Browser, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        with subtests.test(path):
            foreign = foreign_rows(path)[0].pk
            unknown = 999_999_999

            for page in ("change/", "history/"):
                answers = []
                for pk in (foreign, unknown):
                    response = acme_admin.get(f"{path}{pk}/{page}", follow=True)
                    text = page_text(response).replace(f"“{pk}”", "")
                    answers.append((response.status_code, response.redirect_chain, text))
                assert answers[0] == answers[1]


def test_staff_opens_own_objects_also_with_cold_caches(
    acme_admin: Browser, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        with subtests.test(path):
            for row in acme_admin.rows(path):
                ContentType.objects.clear_cache()

                assert acme_admin.get(f"{path}{row.pk}/change/").status_code == 200


def test_staff_cannot_archive_a_foreign_row_by_its_id(
    acme_admin: Browser, globex_owner: Membership
) -> None:
    row = foreign_rows("credentials/microcredential/")[0]

    acme_admin.post("credentials/microcredential/act/", {"act": "archive", "chosen": row.pk})

    row.refresh_from_db()
    assert row.state == 1


def test_staff_cannot_revoke_a_foreign_token_by_its_id(acme_admin: Browser) -> None:
    token = ApiToken.objects.get(tenant__slug="globex")

    acme_admin.post("tenants/apitoken/act/", {"act": "revoke", "chosen": token.pk})

    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("path", ["users/user/", "users/user/add/"])
def test_people_are_for_superusers(acme_owner: Browser, root: Browser, path: str) -> None:
    assert acme_owner.get(path).status_code == 403
    assert root.get(path).status_code == 200


def test_staff_can_neither_open_nor_change_an_account(
    acme_owner: Browser, globex_owner: Membership
) -> None:
    own = acme_owner.user.pk

    for page in (f"{own}/change/", f"{own}/password/", f"{globex_owner.user_id}/change/"):
        response = acme_owner.post(f"users/user/{page}", {"is_superuser": "on", "is_staff": "on"})
        assert response.status_code == 403
    acme_owner.user.refresh_from_db()
    assert not acme_owner.user.is_superuser


@pytest.mark.parametrize(
    ("model", "field", "status"),
    [("membership", "user", 403), ("apitoken", "user", 403), ("event", "actor", 403)],
)
def test_autocomplete_tells_staff_of_no_people(
    acme_admin: Browser, model: str, field: str, status: int
) -> None:
    query = {"app_label": "tenants", "model_name": model, "field_name": field, "term": "g"}

    response = acme_admin.get("autocomplete/", query)

    assert response.status_code == status
    assert "gloria" not in response.content.decode()


def test_autocomplete_tells_staff_of_no_other_tenant(acme_admin: Browser, root: Browser) -> None:
    query = {"app_label": "tenants", "model_name": "membership", "field_name": "tenant"}

    assert [r["text"] for r in acme_admin.get("autocomplete/", query).json()["results"]] == ["Acme"]
    assert len(root.get("autocomplete/", query).json()["results"]) == 2


HIDDEN = [
    "tenants/membership/?user__password__startswith=a",
    "tenants/membership/?user__is_superuser=1",
    "tenants/apitoken/?key_hash__gt=a",
    "tenants/apitoken/?user__is_staff=1",
    "tenants/event/?content__salt__gt=a",
    "tenants/event/?content_hash__gt=a",
    "credentials/microcredential/?holder__state=1",
    "credentials/usercredential/?holder__state=1",
    "credentials/usercredential/?program__tenant__name=Acme",
    "credentials/assertion/?holder__state=1",
    "credentials/assertion/?definition__html_template__startswith=a",
    "credentials/credentialdefinition/?issuer__email__startswith=a",
]


def test_a_filter_in_the_address_cannot_ask_for_what_is_not_shown(
    acme_admin: Browser, subtests: pytest.Subtests
) -> None:
    for query in HIDDEN:
        with subtests.test(query):
            assert acme_admin.get(query).status_code == 400


def test_staff_is_told_no_name_from_outside_of_the_tenant(
    acme: Tenant, acme_admin: Browser, root: Browser
) -> None:
    root.post(
        f"tenants/tenant/{acme.pk}/change/",
        {"name": "Acme Two", "status": "active", "settings": "{}"},
    )
    event = Event.objects.filter(object_kind="tenant", action="changed").get()
    assert event.actor_id == root.user.pk

    for page in ("tenants/event/", f"tenants/event/{event.pk}/change/"):
        shown = acme_admin.get(page).content.decode()
        assert "(platform)" in shown
        assert "root" not in shown
    assert "root" in root.get("tenants/event/").content.decode()
