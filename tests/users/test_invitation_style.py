"""The invitation's page is readable in light and in dark: WCAG 2.2, 1.4.3 and 1.4.11 (AA)."""

import re

import pytest

from tests.verification.test_style import contrast
from users.invitation_pages import style

TEXTS = [
    *(("ink", "card"), ("muted", "card"), ("link", "card")),
    *(("on-link", "link"), ("fault", "fault-ground")),
]


def palettes() -> dict[str, dict[str, str]]:
    """Dark begins from light."""
    blocks = re.findall(r":root \{(.*?)\}", style(), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}}


@pytest.mark.parametrize("medium", ["light", "dark"])
def test_texts_and_edges_stand_out_from_their_ground(medium: str) -> None:
    colors = palettes()[medium]

    for text, ground in TEXTS:
        assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
    assert contrast(colors["line"], colors["card"]) >= 3
