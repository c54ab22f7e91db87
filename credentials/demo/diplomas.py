"""The demo's diplomas, each with its scan: somebody awaits a file, and one was deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID, uuid5

from PIL import Image, ImageDraw, ImageFont

from credentials.demo.cast import NAMESPACE
from credentials.diplomas import files, recording
from credentials.diplomas.files import Attachment
from credentials.diplomas.models import Diploma, DiplomaTitle
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Tenant
from users.models import User

PAPER, INK, BRASS = (251, 247, 238), (35, 48, 61), (168, 119, 47)


@dataclass(frozen=True)
class Held:
    tenant: str
    holder: str
    title: str
    obtained: str
    # What the file is called, its type, and what it has; without content, it is awaited.
    name: str
    content_type: str
    content: Callable[["Held"], bytes] | None
    is_deleted: bool = False

    @property
    def uuid(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.tenant}/diploma/{self.holder}/{self.title}")

    @property
    def title_uuid(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.tenant}/title/{self.title}")

    @property
    def obtained_at(self) -> datetime:
        return datetime.fromisoformat(self.obtained)


def scan(kind: str) -> Callable[[Held], bytes]:
    """Without the holder's name: the font that Pillow brings has plain Latin letters alone."""

    def drawn(held: Held) -> bytes:
        page = Image.new("RGB", (800, 560), PAPER)
        draw = ImageDraw.Draw(page)
        draw.rectangle((24, 24, 776, 536), outline=BRASS, width=5)
        for height, size, text in (
            (170, 24, "The bearer of this diploma is"),
            (260, 54, held.title),
            (420, 22, f"Examined and sealed in {held.obtained_at.year}"),
        ):
            draw.text((400, height), text, INK, ImageFont.load_default(size), anchor="mm")
        stream = BytesIO()
        page.save(stream, kind)
        return stream.getvalue()

    return drawn


def marks(held: Held) -> bytes:
    lines = ("subject;mark", "Géologie;17", "Mécanique des sols;14", "Économie;15")
    return "\r\n".join([*lines, ""]).encode()


PDF, PNG, CSV = "application/pdf", "image/png", "text/csv"
HELD = (
    Held(
        *("acme", "mina", "Master Welder", "2021-06-30T00:00:00Z"),
        *("Meisterbrief Mina Demir.pdf", PDF, scan("PDF")),
    ),
    Held(
        *("acme", "mina", "Licence de génie civil", "2017-07-04T00:00:00Z"),
        *("relevé de notes.csv", CSV, marks),
    ),
    Held(
        *("acme", "ibrahim", "Master of Logistics", "2014-09-12T10:30:00Z"),
        *("diploma.png", PNG, scan("PNG")),
    ),
    Held(
        *("acme", "noor", "Master Welder", "2024-06-28T00:00:00Z"),
        *("شهادة.pdf", PDF, None),
    ),
    # In the admin it can be brought back, with its file.
    Held(
        *("acme", "noor", "Master of Logistics", "2023-01-31T00:00:00Z"),
        *("uploaded by mistake.png", PNG, scan("PNG")),
        is_deleted=True,
    ),
    Held(
        *("globex", "lea", "Ingénieure géologue", "2020-10-02T00:00:00Z"),
        *("diplôme.csv", CSV, marks),
    ),
)
AWAITED_SIZE = 48_213


def load(tenants: dict[str, Tenant], users: dict[str, User]) -> None:
    """A title and a file come with their diploma, and stay as they became."""
    mine = {
        "tenant__in": list(tenants.values()),
        "uuid__in": [held.uuid for held in HELD],
    }
    stored = set(Diploma.objects.filter(**mine).values_list("uuid", flat=True))
    for held in HELD:
        if held.uuid not in stored:
            _make(held, tenants[held.tenant], users[held.holder])


def _make(held: Held, tenant: Tenant, holder: User) -> None:
    row = Diploma(
        uuid=held.uuid,
        tenant=tenant,
        holder=holder,
        title=_title(held, tenant),
        obtained_at=held.obtained_at,
    )
    changes.create(row, by=OPERATOR)
    content = held.content(held) if held.content else b""
    wanted = Attachment(held.name, held.content_type, len(content) or AWAITED_SIZE)
    announced = files.announce(row, wanted, by=OPERATOR)
    if content:
        awaited = files.find_awaited(tenant.uuid, announced)
        files.receive(awaited, BytesIO(content).read, by=OPERATOR)
    if held.is_deleted:
        recording.delete(row, by=OPERATOR)


def _title(held: Held, tenant: Tenant) -> DiplomaTitle:
    """A tenant that has a title of this name keeps its own."""
    mine = DiplomaTitle.objects.filter(tenant=tenant)
    found = (
        mine.filter(uuid=held.title_uuid).first() or mine.filter(name__iexact=held.title).first()
    )
    if found is None:
        wanted = DiplomaTitle(uuid=held.title_uuid, tenant=tenant, name=held.title)
        found = changes.create(wanted, by=OPERATOR)
    return found
