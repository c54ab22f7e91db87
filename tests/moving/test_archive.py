"""The archive: what is in it, who may read it, and that nothing of a damaged one is believed."""

import json
import tarfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from credentials.models import DiplomaFile
from credentials.moving import archive, outgoing, tables
from credentials.moving.archive import ArchiveWriter, Manifest, TableOfParts
from credentials.moving.reading import Archive
from credentials.storage.base import CHUNK_BYTES
from credentials.storage.configured import store
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tenants.walls import platform_work
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller
from tests.factories import diploma, diploma_file
from tests.moving.conftest import World, members_of, write
from tests.storage.conftest import announce, put
from tests.storage.samples import PDF

Exported = Callable[..., tuple[Path, World, Any]]


@pytest.fixture
def acme_archive(acme: Tenant, member: Caller, settings: Any, tmp_path: Path) -> Path:
    """A small one, with a file."""
    settings.FILES_DIR = tmp_path / "files"
    assert put(announce(diploma(acme, member.user)), PDF).status_code == 204
    path = tmp_path / "acme.tar"
    answer("export_tenant", "acme", "--output", str(path))
    return path


def test_every_table_of_a_tenant_moves_or_says_why_not(db: None) -> None:
    of_a_tenant = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is Tenant for field in model._meta.get_fields())
    }
    moving = {table.name for table in tables.owned()}

    left = tables.KEPT_BY_TRIGGERS | tables.STAYS
    # The reverse side of a key is a field as well: of people, who move by themselves.
    assert of_a_tenant - moving - {"users_user"} == left
    assert moving & left == set()
    assert {"tenants_tenant", "tenants_event", "credentials_diplomafile"} <= moving


def test_rows_are_lines_of_json_and_each_part_is_told(acme_archive: Path) -> None:
    contents = members_of(acme_archive)
    manifest = json.loads(contents["manifest.json"])

    assert list(contents)[-1] == "manifest.json"
    assert (manifest["kind"], manifest["version"], manifest["about"]["slug"]) == (
        "tenant",
        1,
        "acme",
    )
    for table in manifest["tables"]:
        lines = [
            json.loads(line)
            for part in table["parts"]
            for line in contents[part["name"]].splitlines()
        ]
        assert len(lines) == table["rows"]
    (row,) = [json.loads(contents[name]) for name in contents if "-tenants_tenant-" in name]
    assert row["slug"] == "acme"
    (file,) = [name for name in contents if name.startswith("files/")]
    assert contents[file] == PDF


def test_nobody_else_on_the_machine_reads_it(acme_archive: Path) -> None:
    assert acme_archive.stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_never_replaced(acme_archive: Path) -> None:
    before = acme_archive.read_bytes()

    for command, of in (("export_tenant", "acme"), ("export_person", "member")):
        with pytest.raises(CommandError, match="exists") as refused:
            call(command, of, "--output", str(acme_archive))
        assert refused.value.returncode == 2

    assert acme_archive.read_bytes() == before


def test_an_export_that_fails_leaves_no_archive(acme: Tenant, tmp_path: Path) -> None:
    assert refusal("export_tenant", "none", "--output", str(tmp_path / "a.tar")) == (
        "There is no tenant 'none'."
    )
    assert refusal("export_tenant", "acme", "--output", str(tmp_path / "no" / "a.tar")).endswith(
        "a.tar: No such file or directory."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_or_changed_ends_the_export_or_is_told(
    acme_archive: Path, member: Caller, acme: Tenant, tmp_path: Path
) -> None:
    diploma_file(diploma(acme, member.user))
    (changed,) = [tmp_path / "files" / each.key for each in store().objects()]
    changed.write_bytes(b"another")
    second = tmp_path / "second.tar"

    said = refusal("export_tenant", "acme", "--output", str(second))
    assert said.startswith("The file ")
    assert "storage_audit" in said
    assert not second.exists()

    told = answer("export_tenant", "acme", "--output", str(second), "--allow-damaged-files")
    assert [note.split()[-2:] for note in told["notes"]] == [["was", "changed."], ["is", "gone."]]
    assert told["files"] == 1
    assert DiplomaFile.objects.count() == 2


def test_a_table_is_never_whole_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(archive, "PART_BYTES", 100)
    monkeypatch.setattr(archive, "FILES_TOLD", 2)
    path = tmp_path / "a.tar"
    with archive.new_file(path) as stream:
        writer = ArchiveWriter(stream, Manifest("tenant", {}, {}, ""))
        writer.add_rows(TableOfParts("words", "tenant"), (b'"%d"' % number for number in range(90)))
        for number in range(5):
            writer.add_file(str(number), CHUNK_BYTES * 3, [b"x" * CHUNK_BYTES] * 3)
        writer.close()

    with path.open("rb") as stream:
        read = Archive(stream)
        manifest = read.check("tenant", lambda _: None)
        (table,) = manifest.tables
        assert max(part.size for part in table.parts) < 110
        lines = [line for part in table.parts for line in read.rows(part)]
        assert lines == [f'"{number}"' for number in range(90)]
        assert [part.rows for part in manifest.file_parts] == [2, 2, 1]
        assert [(each.name, len(b"".join(each.chunks))) for each in read.files()] == [
            (str(number), CHUNK_BYTES * 3) for number in range(5)
        ]


def changed(contents: dict[str, bytes], word: str) -> dict[str, bytes]:
    """With one byte of the first part of this name another one."""
    name = next(name for name in contents if word in name)
    return contents | {name: bytes([contents[name][0] ^ 1]) + contents[name][1:]}


def without(contents: dict[str, bytes], word: str) -> dict[str, bytes]:
    return {name: content for name, content in contents.items() if word not in name}


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda c: changed(c, "tenants_event-"), "is not as it was exported: its SHA-256 differs."),
        (lambda c: changed(c, "files/"), "is not the one that was exported."),
        (lambda c: changed(c, "manifest"), "The manifest cannot be read."),
        (lambda c: without(c, "tenants_event-"), "The archive lacks tables/"),
        (lambda c: without(c, "files/"), "tells of other files than there are."),
        (lambda c: without(c, "files-"), "The archive lacks files-00001.jsonl."),
        (lambda c: without(c, "manifest"), "The archive has no manifest: its end is missing."),
        (lambda c: {"tables/more.jsonl": b"{}\n", **c}, "which its manifest does not tell."),
        (lambda c: c | {"manifest.json": b"[]"}, "The manifest cannot be read."),
        (
            lambda c: (
                c | {"manifest.json": c["manifest.json"].replace(b'"tenant"', b'"person"', 1)}
            ),
            "This is a person archive of version 1; a tenant archive of version 1 is needed.",
        ),
    ],
)
def test_a_damaged_archive_is_refused_before_anything_is_written(
    acme_archive: Path, tmp_path: Path, damage: Any, text: str
) -> None:
    bad = write(tmp_path / "bad.tar", damage(members_of(acme_archive)))
    Tenant.objects.filter(slug="acme").update(slug="elsewhere")

    said = refusal("import_tenant", str(bad), "--check")

    assert text in said


@pytest.mark.parametrize("size", [0, 100, 4000, -600, -10_000])
def test_one_that_was_cut_off_is_refused(acme_archive: Path, tmp_path: Path, size: int) -> None:
    cut = tmp_path / "cut.tar"
    content = acme_archive.read_bytes()
    # Its last two blocks, and what fills up the record, are nothing but zeros.
    end = len(content.rstrip(b"\0"))
    cut.write_bytes(content[: size if size >= 0 else end + size])

    assert refusal("import_tenant", str(cut), "--check")


def test_what_is_no_archive_is_refused_in_a_line(tmp_path: Path, platform: None) -> None:
    text = tmp_path / "text.tar"
    text.write_text("Dear operator,\n" * 1000)
    folder = tmp_path / "folder.tar"
    with tarfile.open(folder, "w") as tar:
        tar.add(tmp_path, arcname="tables", recursive=False)

    assert refusal("import_tenant", str(text)).startswith("This is no archive of the portal: ")
    assert refusal("import_tenant", str(folder)) == (
        "The archive is cut off, or holds more than files."
    )
    assert refusal("import_tenant", str(tmp_path / "none.tar")).endswith(
        "none.tar: No such file or directory."
    )


def test_check_tells_what_is_in_it_and_changes_nothing(acme_archive: Path) -> None:
    told = answer("import_tenant", str(acme_archive), "--check")

    assert (told["tenant"], told["imported"], told["files"]) == ("acme", False, 1)
    assert call("import_tenant", str(acme_archive), "--check").startswith(
        "The archive is whole: acme, "
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_not_in_it(tmp_path: Path, monkeypatch: Any) -> None:
    """One moment for all tables: a tenant renamed after the first is read keeps its old name."""
    with platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
    counted = outgoing.count

    def count_and_let_others_write(tenant: Tenant) -> int:
        number = counted(tenant)

        def rename() -> None:
            with platform_work():
                members.change_tenant(acme, by=OPERATOR, name="Later")
            connection.close()

        other = Thread(target=rename)
        other.start()
        other.join()
        return number

    monkeypatch.setattr(outgoing, "count", count_and_let_others_write)
    call_command("export_tenant", "acme", "--output", str(tmp_path / "acme.tar"), stdout=StringIO())

    contents = members_of(tmp_path / "acme.tar")
    (row,) = [json.loads(contents[name]) for name in contents if "-tenants_tenant-" in name]
    assert row["name"] == "Acme"
    with platform_work():
        assert Tenant.objects.get().name == "Later"
