"""POST …/: a new definition."""

import json
from typing import Any

import pytest

from credentials.models import CredentialDefinition, IssuerProfile, Opportunity
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import issuer_profile
from tests.organization_credentials.conftest import LIST, UNKNOWN, at, history, result, told

EVERYTHING: dict[str, Any] = {
    "name": "Welder 🔥",
    "credential_type": "MASTER_CERTIFICATE",
    "issued_on": "2026-01-01T00:00:00Z",
    "expires_at": "2036-01-01T00:00:00Z",
    "revoked": True,
    "description": "שלום",
    "html_template": "<h1>{{ credential_name }}</h1>",
    "css_template": "h1 { color: teal }",
    "icon_image": "https://school.example/icon.png",
    "background_image": "http://school.example/ground.svg",
    "thumbnail_image": "https://school.example/thumb?size=1",
    "criteria_url": "https://school.example/welder",
    "criteria_text": "A seam that holds.",
    "issuing_signal": "COURSE_PASSED",
    "public": False,
    "courses": ["course-v1:Acme+W1+2026", " with a blank "],
    "programs": ["Metalwork", "metalwork"],
    "valid_for": {"amount": 18, "duration": "months"},
}
# Byte for byte: line ends, white space at both ends, characters beyond the first plane.
TEMPLATES = [
    "\r\n<p>\r\n\t{{ recipient_name }} \n ",
    " ",
    "\n",
    "😀 \U0001d518\U0001d52b \u202eright to left\u202c",
    "e\u0301 is not é, nor is \u00c5 \u212b",
    "<div><p>not closed {{ } }} {% now %} \\ \\\\ \\u0041 '\" &amp; </body>",
    "\ufeff<p>\u2028\u2029\x7f\x01",
    "x" * 65_536,
    "🔥" * 65_536,
]


@pytest.mark.parametrize("root", ["/api/v1", "/api"])
def test_name_and_issuer_are_enough_and_the_rest_has_its_first_value(
    admin: Caller, school: IssuerProfile, root: str
) -> None:
    sent = {"name": "Welder", "issuer": str(school.uuid)}

    record = result(admin.post(at("", root=root), sent), 201, "Created")

    row = CredentialDefinition.objects.get()
    entity_id = str(row.uuid)
    address = f"http://127.0.0.1:8000/api/v1/credentials/orgs/acme/users/me/{entity_id}"
    made_at = told(row.created_at)
    assert list(record.items()) == [
        *(("entity_id", entity_id), ("credential_id", entity_id), ("credential_url", address)),
        *(("name", "Welder"), ("credential_type", "CERTIFICATE"), ("issuer", str(school.uuid))),
        *(("issued_on", None), ("expires_at", None), ("revoked", False)),
        *(("description", ""), ("html_template", ""), ("css_template", "")),
        *(("icon_image", ""), ("background_image", ""), ("thumbnail_image", "")),
        *(("criteria_url", ""), ("criteria_text", ""), ("issuing_signal", "")),
        *(("public", True), ("courses", []), ("programs", []), ("valid_for", None)),
        *(("created_at", made_at), ("modified_at", made_at)),
    ]
    assert history(row) == ["created"]


def test_everything_that_is_sent_is_kept(
    admin: Caller, acme: Tenant, school: IssuerProfile
) -> None:
    record = result(admin.post(LIST, EVERYTHING | {"issuer": str(school.uuid)}), 201, "Created")

    assert {name: record[name] for name in EVERYTHING} == EVERYTHING
    assert result(admin.get(at(record["entity_id"]))) == record
    indexed = Opportunity.objects.filter(tenant=acme).values_list("kind", "name")
    assert sorted(indexed) == sorted(
        [
            *(("course", name) for name in EVERYTHING["courses"]),
            *(("program", name) for name in EVERYTHING["programs"]),
        ]
    )


@pytest.mark.parametrize("field", ["html_template", "css_template"])
@pytest.mark.parametrize("template", TEMPLATES, ids=range(len(TEMPLATES)))
def test_templates_are_kept_byte_for_byte(
    admin: Caller, school: IssuerProfile, field: str, template: str
) -> None:
    sent = {"name": "W", "issuer": str(school.uuid), field: template}

    record = result(admin.post(LIST, sent), 201, "Created")

    assert record[field] == template
    assert result(admin.get(at(record["entity_id"])))[field] == template
    assert getattr(CredentialDefinition.objects.get(), field) == template


def test_null_is_what_may_be_left_out(admin: Caller, school: IssuerProfile) -> None:
    nothing = dict.fromkeys(EVERYTHING.keys() - {"name", "credential_type", "public", "revoked"})

    record = result(
        admin.post(LIST, {"name": "W", "issuer": str(school.uuid), **nothing}), 201, "Created"
    )

    dates = ("issued_on", "expires_at", "valid_for")
    expected: dict[str, Any] = dict.fromkeys(nothing, "") | dict.fromkeys(dates)
    assert {name: record[name] for name in nothing} == expected | {"courses": [], "programs": []}


def test_server_made_fields_are_ignored(admin: Caller, school: IssuerProfile) -> None:
    sent = {"entity_id": UNKNOWN, "credential_id": 7, "created_at": "never", "tenant_id": 1}

    record = result(
        admin.post(LIST, sent | {"name": "W", "issuer": str(school.uuid)}), 201, "Created"
    )

    assert record["entity_id"] != UNKNOWN


@pytest.mark.parametrize("whose", ["globex", "deleted", "nobody"])
def test_issuer_of_somebody_else_or_nobody_is_a_fault_among_the_others(
    admin: Caller, acme: Tenant, globex: Tenant, whose: str
) -> None:
    rows = {"globex": issuer_profile(globex), "deleted": issuer_profile(acme)}
    admin.delete(at("issuers", rows["deleted"].uuid))
    issuer = str(rows[whose].uuid) if whose in rows else UNKNOWN

    response = admin.post(LIST, {"issuer": issuer, "courses": ["a", "", "a", 5, "x" * 256]})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [
        ("/courses/1", "blank"),
        ("/courses/2", "repeated"),
        ("/courses/3", "invalid"),
        ("/courses/4", "max_length"),
        ("/issuer", "unknown_issuer"),
        ("/name", "required"),
    ]
    assert not CredentialDefinition.objects.exists()
    assert not Event.objects.filter(object_kind="credentialdefinition").exists()


def test_key_that_comes_again_makes_no_second_one_however_the_path_is_spelled(
    admin: Caller, acme: Tenant, school: IssuerProfile
) -> None:
    sent = {"name": "Welder", "issuer": str(school.uuid)}
    spellings = [
        {"org": org, "user": user, "root": root}
        for org in ("acme", acme.pk, acme.uuid, str(acme.uuid).upper())
        for user in ("me", "admin", "ADMIN", admin.user.pk)
        for root in ("/api/v1", "/api")
    ]

    answers = [
        admin.post(at("", **each), sent, headers={"Idempotency-Key": "one"})  # type: ignore[arg-type]
        for each in spellings
    ]
    answers += [
        admin.post(LIST.removesuffix("/"), json.dumps(sent), headers={"Idempotency-Key": '"one"'}),
        admin.post(
            f"{at('', org='nowhere')}?platform_org=acme", sent, headers={"Idempotency-Key": "one"}
        ),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    assert CredentialDefinition.objects.count() == 1


def test_key_below_another_members_path_is_another_request(
    admin: Caller, member: Caller, school: IssuerProfile
) -> None:
    sent = {"name": "Welder", "issuer": str(school.uuid)}

    for user in ("me", "member", member.user.pk):
        admin.post(at("", user=user), sent, headers={"Idempotency-Key": "one"})

    assert CredentialDefinition.objects.count() == 2
