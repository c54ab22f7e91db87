"""Whether an answer is the one that a page shows, but for what differs on every portal."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# When the pages were written: an instant is as far from now as the page's is from then.
WRITTEN = datetime(2026, 11, 22, 14, tzinfo=UTC)
ABOUT = timedelta(days=2)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Numbers that the database gives.
NUMBERS = {"id", "tenant_id", "user_id", "userId", "organizationId", "titleId", "credential_id"}


def documents(text: str) -> list[Any]:
    """The JSON values of a text, one after another."""
    found, decoder = [], json.JSONDecoder()
    text = text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:].strip()
    return found


@dataclass
class Comparison:
    """Of one page: what the page calls by one uuid is one thing here, too."""

    uuids: dict[str, str] = field(default_factory=dict)

    def check(self, shown: str, told: str) -> None:
        try:
            expected = documents(shown)
        except json.JSONDecodeError:
            assert shown.strip() == told.strip()
            return
        self.same(expected, documents(told), "")

    def same(self, shown: Any, told: Any, where: str) -> None:
        assert type(shown) is type(told), f"{where}: {shown!r} is {told!r}"
        if isinstance(shown, dict):
            assert list(shown) == list(told), where
            for name in shown:
                if name in NUMBERS and isinstance(shown[name], int):
                    assert isinstance(told[name], int), where
                else:
                    self.same(shown[name], told[name], f"{where}/{name}")
        elif isinstance(shown, list):
            assert len(shown) == len(told), f"{where}: {shown!r} is {told!r}"
            for place, pair in enumerate(zip(shown, told, strict=True)):
                self.same(*pair, f"{where}/{place}")
        elif isinstance(shown, str):
            assert self.same_text(shown, told), f"{where}: {shown!r} is {told!r}"
        else:
            assert shown == told, f"{where}: {shown!r} is {told!r}"

    def same_text(self, shown: str, told: str) -> bool:
        if INSTANT.fullmatch(shown) and INSTANT.fullmatch(told):
            return shown == told or self.as_far(shown, told)
        for one, other in zip(UUID.findall(shown), UUID.findall(told), strict=False):
            if self.uuids.setdefault(one, other) != other:
                return False
        shown = UUID.sub(lambda found: self.uuids.get(found[0], found[0]), shown)
        pattern = ".+".join(map(re.escape, shown.split("…")))
        return re.fullmatch(pattern, told) is not None

    @staticmethod
    def as_far(shown: str, told: str) -> bool:
        if len(shown) == len("2026-11-22") != len(told):
            return False
        then, now = (
            datetime.fromisoformat(text).replace(tzinfo=UTC) - start
            for text, start in ((shown, WRITTEN), (told, datetime.now(UTC)))
        )
        return abs(then - now) < ABOUT
