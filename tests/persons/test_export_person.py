"""A person is told all that is kept of them, and nothing of others."""

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.persons import reach
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests import factories
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller
from tests.moving.conftest import members_of
from tests.persons.conftest import ADDRESS, CANARY, NAME, Known, everything
from users.models import User

SECRETS = ("md5$", '"key_hash"', '"jti"', '"token"', '"session_data"', '"session_key"')


@pytest.fixture
def export(tmp_path: Path) -> Any:
    """`export(person)`: what the command says, and the archive's contents."""

    def run(person: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        path = tmp_path / f"{person}.tar"
        return answer("export_person", person, "--output", str(path)), members_of(path)

    return run


def rows(contents: dict[str, bytes], table: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for name in contents
        if f"-{table}-" in name
        for line in contents[name].splitlines()
    ]


def test_everything_that_an_erasure_would_find_is_told(known: Known, export: Any) -> None:
    told, contents = export(NAME)

    erasable = answer("erase_person", NAME, "--dry-run")
    kept_back = {
        *("django_session", "token_blacklist_blacklistedtoken", "django_admin_log"),
        "tenants_storedanswer",
    }
    person = {
        table.removeprefix("person/"): count
        for table, count in told["rows"].items()
        if table.startswith("person/")
    }
    wanted = {table: count for table, count in erasable["rows"].items() if table not in kept_back}
    assert person == wanted | {"users_user": 1}
    assert len(rows(contents, "tenants_event")) == erasable["events"]
    assert told["files"] == erasable["files"] == 1
    (file,) = [content for name, content in contents.items() if name.startswith("files/")]
    assert CANARY.encode() in file


def test_it_names_what_was_awarded_and_by_whom(known: Known, export: Any) -> None:
    _, contents = export(NAME)

    assert {each["slug"] for each in rows(contents, "tenants_tenant")} == {"acme", "globex"}
    assert {each["title"] for each in rows(contents, "credentials_course")} == {"Welding"}
    assert {each["name"] for each in rows(contents, "credentials_issuerprofile")} == {
        "School of Metalwork"
    }
    assert set(rows(contents, "tenants_tenant")[0]) == {"id", "uuid", "slug", "name"}


def test_nothing_is_told_by_which_somebody_could_act_as_them(known: Known, export: Any) -> None:
    _, contents = export(NAME)

    written = b"".join(
        content for name, content in contents.items() if name.startswith("tables/")
    ).decode()
    assert [word for word in SECRETS if word in written] == []
    assert known.user.email in written


def test_nothing_is_told_of_others(known: Known, export: Any, member: Caller) -> None:
    factories.micro_credential(known.acme, member.user, title="Somebody else's")
    other = members.invite(
        known.acme, "nova@mail.example", Role.MEMBER, by=OPERATOR, display_name="Nova Nova"
    )
    renamed = known.caller.patch(
        f"/api/v1/organizations/{known.acme.pk}/organization-members/{other.uuid}",
        {"display_name": "Nova Vetus"},
    )
    assert renamed.status_code == 200

    _, contents = export(NAME)

    written = b"".join(contents.values()).decode(errors="replace")
    for word in ("Somebody else's", "Nova", "nova@mail.example"):
        assert word not in written
    addresses = {
        (each["actor_id"], "address" in each["content"])
        for each in rows(contents, "tenants_event")
        if "content" in each
    }
    assert {actor for actor, is_told in addresses if is_told} == {known.user.pk}
    assert None in {actor for actor, is_told in addresses if not is_told}
    caused = [each for each in rows(contents, "tenants_event") if "address" in each]
    assert caused
    assert all("content" not in each for each in caused)
    assert "203.0.113.7" in {each["address"] for each in caused}


def test_by_address_and_uuid_it_is_the_same_person(known: Known, export: Any) -> None:
    by_name, by_address, by_uuid = (
        export(each)[0] for each in (NAME, ADDRESS.upper(), str(known.user.uuid))
    )

    for told in (by_address, by_uuid):
        assert (told["uuid"], told["rows"]) == (by_name["uuid"], by_name["rows"])


def test_it_changes_nothing(known: Known, export: Any) -> None:
    before = dict(everything())

    export(NAME)

    assert dict(everything()) == before


def test_what_waits_for_a_name_is_told_too(acme: Tenant, export: Any) -> None:
    factories.assertion("nova@mail.example", factories.definition(acme))

    told, contents = export("nova@mail.example")

    assert told["uuid"] is None
    (row,) = rows(contents, "credentials_assertion")
    assert row["identity"] == "nova@mail.example"
    assert rows(contents, "credentials_credentialdefinition")[0]["name"] == "Welder"


def test_an_address_that_nobody_verified_finds_nobody(acme: Tenant, member: Caller) -> None:
    User.objects.filter(pk=member.user.pk).update(email_verified_at=None)

    assert reach.find(member.user.email).user is None
    assert reach.find("MEMBER").user == member.user


def test_people_read_a_sentence(known: Known, tmp_path: Path) -> None:
    path = tmp_path / "one.tar"

    said = call("export_person", NAME, "--output", str(path))

    assert said.endswith(f"rows and 1 files about {NAME} are in {path}.\n")
    readme = members_of(path)["README.txt"].decode()
    assert readme.startswith("All that the portal at http")
    uuid = "0190a3b4-7b1c-7e63-8f1d-3a9e5c2d7f10"
    assert refusal("export_person", uuid, "--output", str(tmp_path / "two.tar")) == (
        f"There is nobody of the uuid {uuid}."
    )
