"""Uploaded images: kept once for a tenant, as rows, and shown to everyone by their address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from credentials.organization_credentials.models import Image
from credentials.organization_credentials.pictures import Picture, read
from tenants import events, lookups, walls
from tenants.events import Actor
from tenants.flights import Statement

ADDRESS = "/images/"  # below PUBLIC_URL; what a column holds of an uploaded image

# Whoever keeps the same image at the same moment is waited for.
INSERT = f"""
with made as (
    insert into credentials_image
        (tenant_id, uuid, content_type, width, height, digest, content, created_at)
    values (%s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (tenant_id, digest) do nothing
    returning id
), {events.INSERT}
select
"""
# A statement of its own, as the first sees no row that it had to wait for.
KEPT = "select uuid from credentials_image where tenant_id = %s and digest = %s"

# An image is never changed: who names its digest has its bytes.
FIND = """
select i.content_type, i.digest, case when i.digest = any(%s) then null else i.content end
from tenants_lookup l join credentials_image i on i.tenant_id = l.tenant_id and i.id = l.object_id
where l.key = %s and l.kind = 'image'
"""


@dataclass(frozen=True)
class Found:
    content_type: str
    digest: bytes
    content: bytes | None  # None for who has it already


def accept(tenant_id: int, upload: "UploadedFile[Any]", *, by: Actor) -> str:
    """Raises PictureFault. In the caller's transaction, as `keep`."""
    return keep(tenant_id, read(upload), by=by)


def keep(tenant_id: int, picture: Picture, *, by: Actor) -> str:
    """The address of the tenant's row of this picture, made with its event if there is none."""
    digest = picture.digest
    image = Image(
        tenant_id=tenant_id,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        digest=digest,
    )
    *_, kept = walls.pipeline(_inserting(image, picture.content, by), (KEPT, (tenant_id, digest)))
    ((uuid,),) = kept
    return f"{ADDRESS}{uuid}"


def keep_all(tenant_id: int, values: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """The values, with its address in place of each picture among them."""
    pictures = {each.digest: each for each in values.values() if isinstance(each, Picture)}
    # In one order: two who keep the same ones could each wait for the other.
    kept = {digest: keep(tenant_id, pictures[digest], by=by) for digest in sorted(pictures)}
    return {
        name: kept[value.digest] if isinstance(value, Picture) else value
        for name, value in values.items()
    }


def _inserting(image: Image, content: bytes, by: Actor) -> Statement:
    facts = {
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "size_bytes": len(content),
        "sha256": image.digest.hex(),
    }
    shape = (image.content_type, image.width, image.height, image.digest, content, timezone.now())
    event = events.values("created", image, by=by, after=facts)
    return INSERT, (image.tenant_id, image.uuid, *shape, *event)


def find(uuid: UUID, known: list[bytes]) -> Found | None:
    """One statement, whoever's it is; without the content for who knows its digest."""
    rows = walls.read(walls.PLATFORM, FIND, (known, lookups.uuid_key(uuid)))
    for content_type, digest, content in rows:
        return Found(content_type, bytes(digest), None if content is None else bytes(content))
    return None
