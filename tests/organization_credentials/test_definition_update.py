"""PUT …/{entity_id}: what is sent changes, the rest stays."""

import json
from typing import Any

import pytest

from credentials.models import CredentialDefinition, IssuerProfile, Opportunity
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.factories import assertion, definition
from tests.organization_credentials.conftest import LIST, UNKNOWN, at, history, result
from tests.organization_credentials.test_definition_create import EVERYTHING, TEMPLATES

CLEARED: dict[str, Any] = dict.fromkeys(
    (
        *("description", "html_template", "css_template", "icon_image", "background_image"),
        *("thumbnail_image", "criteria_url", "criteria_text", "issuing_signal"),
    ),
    "",
) | {"issued_on": None, "expires_at": None, "valid_for": None, "courses": [], "programs": []}


@pytest.fixture
def full(admin: Caller, school: IssuerProfile) -> CredentialDefinition:
    """One that says something in every field."""
    result(admin.post(LIST, EVERYTHING | {"issuer": str(school.uuid)}), 201, "Created")
    return CredentialDefinition.objects.get()


@pytest.mark.parametrize("name", EVERYTHING)
def test_one_field_changes_alone(
    admin: Caller, full: CredentialDefinition, welder: CredentialDefinition, name: str
) -> None:
    path = at(welder.uuid)
    before = result(admin.get(path))

    record = result(admin.put(path, {name: EVERYTHING[name]}), 200, "Updated")

    changed = {key for key in record if record[key] != before[key]}
    assert changed == {name, "modified_at"}
    assert record[name] == EVERYTHING[name]
    assert history(welder) == ["created", "changed"]
    assert result(admin.get(path)) == record


@pytest.mark.parametrize("sent", ["nothing", "{}", "itself", "everything"])
def test_nothing_new_changes_nothing_and_writes_nothing(
    admin: Caller, full: CredentialDefinition, sent: str
) -> None:
    path, before = at(full.uuid), stored(full)
    record = result(admin.get(path))
    bodies = {"{}": {}, "itself": record, "everything": EVERYTHING}
    body = json.dumps(bodies[sent]) if sent in bodies else ""

    assert result(admin.put(path, body), 200, "Updated") == record

    assert stored(full) == before
    assert history(full) == ["created"]


@pytest.mark.parametrize("name", CLEARED)
def test_null_clears_what_may_be_absent(
    admin: Caller, full: CredentialDefinition, name: str
) -> None:
    record = result(admin.put(at(full.uuid), {name: None}), 200, "Updated")

    assert record[name] == CLEARED[name]
    assert history(full) == ["created", "changed"]


@pytest.mark.parametrize("name", ["name", "credential_type", "public", "revoked"])
def test_null_is_refused_where_there_must_be_something(
    admin: Caller, full: CredentialDefinition, name: str
) -> None:
    before = stored(full)

    response = admin.put(at(full.uuid), {name: None})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [(f"/{name}", "null")]
    assert stored(full) == before


@pytest.mark.parametrize("issuer", [UNKNOWN, None, 7, "nonsense"])
def test_issuer_is_ignored(admin: Caller, welder: CredentialDefinition, issuer: Any) -> None:
    path = at(welder.uuid)
    before = result(admin.get(path))

    assert result(admin.put(path, {"issuer": issuer}), 200, "Updated") == before


@pytest.mark.parametrize(
    ("kept", "sent", "pointer"),
    [
        (
            {"issued_on": "2026-01-02T00:00:00Z"},
            {"expires_at": "2026-01-01T00:00:00Z"},
            "expires_at",
        ),
        (
            {"expires_at": "2026-01-01T00:00:00Z"},
            {"issued_on": "2026-01-02T00:00:00Z"},
            "issued_on",
        ),
        (
            {},
            {"issued_on": "2026-01-01T00:00:01Z", "expires_at": "2026-01-01T01:00:00+01:00"},
            "expires_at",
        ),
    ],
)
def test_window_ends_after_it_begins_though_only_one_of_them_is_sent(
    admin: Caller,
    welder: CredentialDefinition,
    kept: dict[str, str],
    sent: dict[str, str],
    pointer: str,
) -> None:
    path = at(welder.uuid)
    result(admin.put(path, kept), 200, "Updated")
    before = stored(welder)

    response = admin.put(path, sent)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [(f"/{pointer}", "dates_out_of_order")]
    assert stored(welder) == before
    # Without the other one there is no order.
    assert admin.put(path, {"issued_on": None, "expires_at": None, **sent}).status_code == (
        400 if len(sent) == 2 else 200
    )


@pytest.mark.parametrize("validity", [{"amount": 3}, {"duration": "days"}, {}])
def test_validity_is_sent_whole(
    admin: Caller, full: CredentialDefinition, validity: dict[str, Any]
) -> None:
    response = admin.put(at(full.uuid), {"valid_for": validity})

    missing = {"amount", "duration"} - validity.keys()
    assert faults(response) == sorted((f"/valid_for/{name}", "required") for name in missing)


def test_templates_are_kept_byte_for_byte(admin: Caller, welder: CredentialDefinition) -> None:
    for template in TEMPLATES:
        sent = {"html_template": template, "css_template": template[::-1]}

        record = result(admin.put(at(welder.uuid), sent), 200, "Updated")

        assert {name: record[name] for name in sent} == sent


def test_index_of_courses_and_programs_follows(admin: Caller, full: CredentialDefinition) -> None:
    result(admin.put(at(full.uuid), {"courses": ["new"], "programs": None}), 200, "Updated")

    assert list(Opportunity.objects.values_list("kind", "name")) == [("course", "new")]


def test_own_image_that_comes_back_is_where_it_was(
    admin: Caller, acme: Tenant, school: IssuerProfile
) -> None:
    path = f"/images/{UNKNOWN}"
    row = definition(acme, icon_image=path)
    record = result(admin.get(at(row.uuid)))
    assert record["icon_image"] == f"http://127.0.0.1:8000{path}"

    sent = {"icon_image": record["icon_image"], "thumbnail_image": record["icon_image"]}
    changed = result(admin.put(at(row.uuid), sent), 200, "Updated")

    row.refresh_from_db()
    assert (row.icon_image, row.thumbnail_image) == (path, path)
    assert changed["thumbnail_image"] == record["icon_image"]
    event = Event.objects.filter(object_uuid=row.uuid).latest("id")
    assert json.loads(event.content.content)["after"] == {"thumbnail_image": path}


def test_change_of_a_record_that_has_changed_is_refused(
    admin: Caller, welder: CredentialDefinition
) -> None:
    path = at(welder.uuid)
    known = {"headers": {"If-Match": admin.get(path).headers["ETag"]}}

    assert admin.put(path, {"name": "New"}, **known).status_code == 200
    assert_problem(admin.put(path, {"name": "Newer"}, **known), 412, "precondition-failed")
    assert_problem(admin.delete(path, **known), 412, "precondition-failed")

    welder.refresh_from_db()
    assert (welder.name, welder.deleted_at) == ("New", None)


def test_withdrawn_one_issues_nothing_new_and_what_was_issued_stands(
    admin: Caller, member: Caller, welder: CredentialDefinition
) -> None:
    row = assertion("member", welder)

    assert result(admin.put(at(welder.uuid), {"revoked": True}), 200, "Updated")["revoked"] is True

    response = admin.post(at(welder.uuid, "assertions/"), {"recipient": {"identity": "ada"}})
    assert_problem(response, 409, "not-issuable")
    assert result(member.get(at("assertions", row.uuid)))["revoked"] is False
