"""A tenant with something in every table, out of one portal and into an empty one."""

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from credentials import demo
from credentials.diplomas import recording
from credentials.organization_credentials import images
from credentials.organization_credentials.pictures import Picture
from tenants import events, members, sealing, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests import factories
from tests.commands.conftest import answer
from tests.conftest import Caller, with_key
from tests.factories import micro_credential_body
from tests.storage.conftest import announce, put
from tests.storage.samples import PDF, picture
from users import people


@dataclass
class World:
    """Of acme, in the demo: keys that go on working wherever the tenant is."""

    tenant: Tenant
    owner: Caller
    member: Caller


def make_world() -> World:
    demo.load()
    acme = Tenant.objects.get(slug="acme")
    owner, member = (
        Membership.objects.get(tenant=acme, user__username=name) for name in ("olena", "mina")
    )
    world = World(acme, with_key(owner, name="owner's"), with_key(member, name="member's"))
    title = factories.diploma_title(acme, name="Bell founder")
    stored = factories.diploma(acme, member.user, title=title)
    assert put(announce(stored), PDF).status_code == 204
    announce(factories.diploma(acme, member.user, title=title), name="not come yet.pdf")
    recording.delete(factories.diploma(acme, owner.user, title=title), by=OPERATOR)
    drawn = images.keep(acme.pk, Picture(picture("PNG"), "image/png", 8, 6), by=OPERATOR)
    issuer = factories.issuer_profile(acme, name='Émile\'s \\ school\u2028\t"quoted"', image=drawn)
    factories.assertion("nobody@else.example", factories.definition(acme, issuer=issuer))
    members.invite(acme, "nova@mail.example", Role.ISSUER, by=OPERATOR, display_name="Nova")
    key = {"Idempotency-Key": "kept"}
    sent = micro_credential_body(title="Sent once")
    assert world.member.post("/api/v1/user-micro-credentials", sent, headers=key).status_code == 200
    sealing.seal_all()
    events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
    return world


@pytest.fixture(scope="session")
def plain() -> dict[str, Any]:
    """A world at which nobody looked, and its archive: once made, the same for all."""
    return {}


@pytest.fixture
def exported(
    platform: None, settings: Any, tmp_path: Path, plain: dict[str, Any]
) -> Callable[..., Any]:
    """`exported(look)`: the archive of a world, and what `look(world)` saw there.

    Once it returns the portal is empty, with an empty store, and gives numbers from 1 again.
    """

    def make(path: Path, look: Callable[[World], Any]) -> tuple[World, Any]:
        settings.FILES_DIR = tmp_path / "source"
        start_numbers_again()
        with transaction.atomic():
            world = make_world()
            seen = look(world)
            answer("export_tenant", "acme", "--output", str(path))
            transaction.set_rollback(True)
        people.forget()
        return world, seen

    def export(look: Callable[[World], Any] | None = None) -> tuple[Path, World, Any]:
        path, seen = tmp_path / "acme.tar", None
        if look:
            world, seen = make(path, look)
        else:
            if not plain:
                plain["world"], _ = make(path, lambda world: None)
                plain["archive"] = path.read_bytes()
            world = plain["world"]
            path.write_bytes(plain["archive"])
        settings.FILES_DIR = tmp_path / "target"
        start_numbers_again()
        return path, world, seen

    return export


def start_numbers_again() -> None:
    with walls.work(walls.NOBODY), connection.cursor() as cursor:
        cursor.execute(
            "select sequencename from pg_sequences"
            " where sequencename ~ '^(tenants|users|credentials)_'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"select setval('{name}', 1, false)")


def members_of(path: Path) -> dict[str, bytes]:
    """Names and contents, in their order."""
    with tarfile.open(path) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def write(path: Path, contents: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path
