"""Text is readable in light and in dark, on screen and on paper: WCAG 2.2, 1.4.3 (AA)."""

import re

import pytest

from credentials.verification.views import style

PAIRS = [
    *[(text, ground) for text in ("ink", "muted", "link") for ground in ("ground", "card")],
    *[(s, f"{s}-ground") for s in ("valid", "not-yet-valid", "expired", "revoked")],
]


def palettes() -> dict[str, dict[str, str]]:
    """Each set of colours by its medium; dark and paper begin from light."""
    blocks = re.findall(r":root \{(.*?)\}", style(), re.DOTALL)
    light, dark, paper = (dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}, "paper": {**light, **paper}}


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("medium", ["light", "dark", "paper"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(medium: str, text: str, ground: str) -> None:
    colors = palettes()[medium]

    assert contrast(colors[text], colors[ground]) >= 4.5


def test_black_on_white_is_21() -> None:
    assert round(contrast("#000", "#ffffff"), 2) == 21


def test_each_text_colour_of_the_style_is_one_of_those_held_to_the_contrast() -> None:
    used = set(re.findall(r"[;{\s]color: var\(--([\w-]+)\)", style()))

    assert used == {text for text, _ in PAIRS}
    assert re.findall(r"[;{\s]color: (?!var)", style()) == []
