"""What comes in is whole and once, or not at all."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from credentials.models import CertificationType, MicroCredential
from credentials.moving import incoming, tables
from credentials.storage.configured import store
from tenants import members
from tenants.events import OPERATOR, Actor
from tenants.models import Lookup, Membership, RowCount, StoredAnswer, Tenant
from tests.commands.conftest import answer, call, refusal
from tests.conftest import make_member
from tests.factories import micro_credential, micro_credential_body
from tests.moving.conftest import World, members_of, write
from users.models import User

Exported = Callable[..., tuple[Path, World, Any]]


def rows(world: World) -> dict[str, list[Any]]:
    """Of all tables that have a tenant, and of people: but for what tokens, and slots, are."""
    found = {}
    for table in (*tables.owned(), tables.people()):
        owner = {} if table == tables.people() else {table.owner_column: world.tenant.pk}
        query = table.model._base_manager.filter(**owner).order_by(table.key)
        found[table.name] = [
            {
                name: bytes(each) if isinstance(each, memoryview) else each
                for name, each in row.items()
            }
            for row in query.values()
        ]
    return found


def derived(world: World) -> Any:
    """What triggers keep."""
    counts: dict[str, int] = {}
    for kind, count in RowCount.objects.filter(tenant=world.tenant).values_list("kind", "rows"):
        counts[kind] = counts.get(kind, 0) + count
    looked_up = Lookup.objects.filter(tenant=world.tenant).values_list("key", "kind", "object_id")
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id, kind, name, definition_id from credentials_opportunity")
        listed = sorted(cursor.fetchall())
    return counts, sorted((bytes(key), kind, row) for key, kind, row in looked_up), listed


def test_every_row_and_file_comes_as_it_was(exported: Exported) -> None:
    def look(world: World) -> Any:
        files = {
            each.key: b"".join(store().read(each.key, 0, each.size))
            for each in store().objects()
            if each.key.startswith(str(world.tenant.uuid))
        }
        assert files
        return rows(world), derived(world), files

    path, world, (before, kept, files) = exported(look)
    assert all(before[name] for name in before), {name for name in before if not before[name]}
    told = answer("import_tenant", str(path))

    after, kept_after, files_after = look(world)
    for name in before:
        expected = [
            row for row in before[name] if name != "users_user" or _is_of(row, after["users_user"])
        ]
        assert after[name] == expected, name
    assert kept_after == kept
    assert files_after == files
    assert told["rows"] > 50
    (checked,) = answer("verify_events")["tenants"]
    assert (checked["fault_count"], checked["waited"]["events"]) == (0, 1)
    assert Tenant.objects.get().stored_bytes == sum(map(len, files.values())) > 0


def _is_of(row: dict[str, Any], people: list[dict[str, Any]]) -> bool:
    return row["id"] in {person["id"] for person in people}


def test_nobody_comes_who_is_not_named_nor_with_rights_over_the_portal(exported: Exported) -> None:
    """Of the superuser who once acted here comes the name, by which nobody signs in."""

    def look(world: World) -> None:
        root = User.objects.get(username="superuser")
        members.change_tenant(world.tenant, by=Actor("user", root.pk), name="Acme Works")

    path, _, _ = exported(look)
    answer("import_tenant", str(path))

    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(username__in=["lea", "kenji"]).exists()
    assert User.objects.get(username="sofia").is_staff
    root = User.objects.get(username="superuser")
    assert (root.email, root.is_active, root.is_staff) == ("", False, False)
    assert not root.has_usable_password()


def test_new_rows_take_numbers_after_those_that_came(exported: Exported) -> None:
    path, world, _ = exported()
    answer("import_tenant", str(path))

    made = world.member.post("/api/v1/user-micro-credentials", micro_credential_body())

    assert made.status_code == 200, made.content
    newest = MicroCredential.objects.order_by("-pk").first()
    assert newest
    assert made.json()["id"] == newest.pk
    make_member(Tenant.objects.get(), "newcomer")


def test_a_kept_answer_is_given_again(exported: Exported) -> None:
    path, world, _ = exported()
    answer("import_tenant", str(path))
    number = MicroCredential.objects.count()

    again = world.member.post(
        "/api/v1/user-micro-credentials",
        micro_credential_body(title="Sent once"),
        headers={"Idempotency-Key": "kept"},
    )

    assert again.headers["Idempotency-Replayed"] == "true"
    assert MicroCredential.objects.count() == number
    assert StoredAnswer.objects.count() == 1


def test_again_it_changes_nothing(exported: Exported) -> None:
    path, world, _ = exported()
    answer("import_tenant", str(path))
    before = rows(world)

    told = answer("import_tenant", str(path))

    assert (told["imported"], told["is_here"]) == (False, True)
    assert rows(world) == before
    assert call("import_tenant", str(path)).startswith("acme was here already")


@pytest.mark.parametrize("part", [3, 12])
def test_killed_in_the_middle_it_leaves_nothing_and_comes_whole_the_next_time(
    exported: Exported, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    def look(world: World) -> Any:
        return rows(world)

    path, world, before = exported(look)
    whole, done = incoming._insert, []

    def killed(*arguments: Any) -> None:
        done.append(arguments)
        if len(done) == part:
            raise KeyboardInterrupt
        whole(*arguments)

    monkeypatch.setattr(incoming, "_insert", killed)
    with pytest.raises(KeyboardInterrupt):
        call("import_tenant", str(path))
    assert not Tenant.objects.exists()
    assert not User.objects.exists()
    monkeypatch.setattr(incoming, "_insert", whole)
    kept = {each.key: each.modified_at for each in store().objects()}

    assert answer("import_tenant", str(path))["imported"] is True

    assert {each.key: each.modified_at for each in store().objects()} == kept
    after = rows(world)
    assert {name: len(after[name]) for name in after if name != "users_user"} == {
        name: len(before[name]) for name in before if name != "users_user"
    }


def test_a_file_that_was_broken_off_is_stored_again(exported: Exported) -> None:
    path, _, _ = exported()
    answer("import_tenant", str(path), "--check")
    name = next(name for name in members_of(path) if name.startswith("files/"))
    with store().spool() as spool:
        spool.write(b"half")
        store().keep(name.removeprefix("files/"), spool)

    answer("import_tenant", str(path))

    assert answer("storage_audit")["findings"] == []


def test_a_portal_with_other_rows_at_its_ids_is_refused_and_stays(exported: Exported) -> None:
    path, _, _ = exported()
    other = members.create_tenant(slug="other", name="Other", by=OPERATOR)
    micro_credential(other, make_member(other, "somebody").user)
    before = (list(User.objects.values()), list(Tenant.objects.values()))

    said = refusal("import_tenant", str(path))

    assert said.startswith("The portal has rows of its own where those of the archive belong (")
    assert said.endswith(" Import it into an empty portal; nothing was imported.")
    assert (list(User.objects.values()), list(Tenant.objects.values())) == before


def test_another_tenant_of_the_same_slug_is_refused(exported: Exported) -> None:
    path, _, _ = exported()
    members.create_tenant(slug="acme", name="Another Acme", by=OPERATOR)

    assert refusal("import_tenant", str(path)) == (
        "Another tenant of this portal has the slug 'acme'."
    )


def test_a_second_tenant_of_the_same_portal_finds_the_people_that_both_have(
    exported: Exported, tmp_path: Path
) -> None:
    second = tmp_path / "globex.tar"

    def look(world: World) -> Any:
        answer("export_tenant", "globex", "--output", str(second))
        return set(Membership.objects.values_list("pk", "user__username", "is_primary"))

    path, _, before = exported(look)
    answer("import_tenant", str(path))
    User.objects.filter(username="noor").update(first_name="Renamed")
    CertificationType.objects.filter(tenant=None).update(title="Our words")

    assert answer("import_tenant", str(second))["imported"] is True

    assert User.objects.get(username="noor").first_name == "Renamed"
    assert set(CertificationType.objects.filter(tenant=None).values_list("title", flat=True)) == {
        "Our words"
    }
    assert set(Membership.objects.values_list("pk", "user__username", "is_primary")) == before


def test_somebody_else_under_the_number_of_one_who_comes_is_refused(exported: Exported) -> None:
    path, _, mina = exported(lambda world: world.member.user)
    User.objects.create(id=mina.pk, username="stranger")

    said = refusal("import_tenant", str(path))

    assert said.startswith("The portal has rows of its own where those of the archive belong (")
    assert f"users_user, id {mina.pk}" in said
    assert list(User.objects.values_list("username", flat=True)) == ["stranger"]


def test_an_archive_of_another_version_is_refused_by_name(exported: Exported) -> None:
    path, _, _ = exported()
    contents = members_of(path)
    manifest = json.loads(contents["manifest.json"])
    manifest["schema"]["credentials"].append("9999_later")
    contents["manifest.json"] = json.dumps(manifest).encode()

    said = refusal("import_tenant", str(write(path, contents)))

    assert said.startswith(
        "The archive is of another version of the portal (credentials: 9999_later there, "
    )
    assert not Tenant.objects.exists()


def test_rows_of_another_tenant_are_refused(exported: Exported) -> None:
    """Even of an archive whose hashes agree."""
    path, _, _ = exported()
    contents = forged(members_of(path), "tenants_storedanswer", {"tenant_id": 777})

    said = refusal("import_tenant", str(write(path, contents)))

    assert said.endswith("tenants_storedanswer-00001.jsonl has rows of another tenant.")
    assert not Tenant.objects.exists()


def test_nobody_comes_with_rights_over_the_portal_though_the_archive_says_so(
    exported: Exported,
) -> None:
    path, _, _ = exported()
    contents = forged(members_of(path), "users_user", {"is_superuser": True})

    answer("import_tenant", str(write(path, contents)))

    assert User.objects.exists()
    assert not User.objects.filter(is_superuser=True).exists()


def forged(contents: dict[str, bytes], table: str, change: dict[str, Any]) -> dict[str, bytes]:
    """A changed row, with hashes to match."""
    (name,) = [name for name in contents if f"-{table}-" in name]
    lines = [json.loads(line) | change for line in contents[name].splitlines()]
    contents[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    manifest = json.loads(contents["manifest.json"])
    for each in manifest["tables"]:
        for part in each["parts"]:
            if part["name"] == name:
                part["size"] = len(contents[name])
                part["sha256"] = hashlib.sha256(contents[name]).hexdigest()
    contents["manifest.json"] = json.dumps(manifest).encode()
    return contents
