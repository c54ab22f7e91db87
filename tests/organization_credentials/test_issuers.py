"""…/issuers/: in whose name an organization issues."""

from typing import Any

import pytest

from credentials.models import IssuerProfile
from tenants.models import Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.factories import issuer_profile
from tests.organization_credentials.conftest import ISSUERS, at, history, listed, result

EVERYTHING: dict[str, Any] = {
    "name": "School of Metalwork",
    "url": "https://school.example",
    "email": "office@school.example",
    "description": "Courses since 1921.\r\n",
    "image": "https://school.example/logo.png",
}


@pytest.mark.parametrize("root", ["/api/v1", "/api"])
@pytest.mark.parametrize("end", ["issuers", "issuers/"])
def test_admin_adds_one_and_the_record_says_what_it_is(admin: Caller, root: str, end: str) -> None:
    record = result(admin.post(at(end, root=root), EVERYTHING), 201, "Created")

    row = IssuerProfile.objects.get()
    assert list(record.items()) == [("entity_id", str(row.uuid)), *EVERYTHING.items()]
    assert result(admin.get(at("issuers", row.uuid, root=root))) == record
    assert history(row) == ["created"]


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(EVERYTHING.keys() - {"name"})])
def test_name_is_enough(admin: Caller, nothing: dict[str, Any]) -> None:
    record = result(admin.post(ISSUERS, {"name": "S", **nothing}), 201, "Created")

    assert {name: record[name] for name in EVERYTHING} == dict.fromkeys(EVERYTHING, "") | {
        "name": "S"
    }


def test_members_list_their_organizations_own_newest_first(
    member: Caller, acme: Tenant, globex: Tenant
) -> None:
    issuer_profile(acme, name="First", description="Welding")
    issuer_profile(acme, name="Second")
    issuer_profile(globex)

    assert [each["name"] for each in listed(member.get(ISSUERS))] == ["Second", "First"]
    assert [each["name"] for each in listed(member.get(ISSUERS, {"search": "WELD"}))] == ["First"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_one_field_changes_alone(admin: Caller, acme: Tenant, name: str) -> None:
    row = issuer_profile(acme, name="S")
    path = at("issuers", row.uuid)
    before = result(admin.get(path))

    record = result(admin.put(path, {name: EVERYTHING[name]}), 200, "Updated")

    assert record == before | {name: EVERYTHING[name]}
    assert history(row) == ["created", "changed"]


@pytest.mark.parametrize("body", [{}, EVERYTHING])
def test_nothing_new_writes_nothing(admin: Caller, acme: Tenant, body: dict[str, Any]) -> None:
    row = issuer_profile(acme, **EVERYTHING)
    before = stored(row)

    result(admin.put(at("issuers", row.uuid), body), 200, "Updated")

    assert stored(row) == before
    assert history(row) == ["created"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_null_clears_all_but_the_name(admin: Caller, acme: Tenant, name: str) -> None:
    row = issuer_profile(acme, **EVERYTHING)

    response = admin.put(at("issuers", row.uuid), {name: None})

    if name == "name":
        assert faults(response) == [("/name", "null")]
    else:
        assert result(response, 200, "Updated")[name] == ""


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        *(("name", value, "blank") for value in ("", " \t\u3000")),
        ("name", 7, "invalid"),
        ("name", ["S"], "invalid"),
        ("name", "x" * 256, "max_length"),
        ("name", "a\0b", "null_characters_not_allowed"),
        *(
            ("url", value, "invalid_url")
            for value in ("school", "javascript:alert(1)", "ftp://x.y")
        ),
        ("url", "https://school.example/" + "x" * 2048, "invalid_url"),
        *(("email", value, "invalid_email") for value in ("ada", "a@b@c", "a b@c.de", "<a@b.de>")),
        ("email", "x" * 243 + "@school.example", "max_length"),
        ("description", "x" * 65_537, "max_length"),
        ("description", 5, "invalid"),
        *(
            ("image", value, "invalid_url")
            for value in ("logo.png", "/images/x", "data:image/png,")
        ),
        ("image", {"url": "https://school.example"}, "invalid"),
    ],
)
@pytest.mark.parametrize("method", ["post", "put"])
def test_issuer_must_be_right(
    admin: Caller, school: IssuerProfile, method: str, name: str, value: Any, code: str
) -> None:
    path = ISSUERS if method == "post" else at("issuers", school.uuid)
    before = stored(school)

    response = admin.request(method, path, {"name": "S", name: value})

    assert_problem(response, 400, "invalid-input")
    assert code in [found for pointer, found in faults(response) if pointer == f"/{name}"]
    assert stored(school) == before
    assert IssuerProfile.objects.count() == 1


def test_change_of_a_record_that_has_changed_is_refused(
    admin: Caller, school: IssuerProfile
) -> None:
    path = at("issuers", school.uuid)
    known = {"headers": {"If-Match": admin.get(path).headers["ETag"]}}

    assert admin.put(path, {"name": "New"}, **known).status_code == 200
    assert_problem(admin.put(path, {"name": "Newer"}, **known), 412, "precondition-failed")
    assert_problem(admin.delete(path, **known), 412, "precondition-failed")
