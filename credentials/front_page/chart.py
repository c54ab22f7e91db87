"""Awards and revocations by week, as an SVG that needs no script and takes the theme's colors."""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.front_page.figures import Week

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 4, 12, 24
STEPS = (1, 2, 5)
GAP = 0.28  # of a week's width, between it and the next


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    kind: str
    text: str


@dataclass(frozen=True)
class Mark:
    """A line of the scale, or a month below it."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    scale: Sequence[Mark]
    months: Sequence[Mark]
    summary: str
    is_empty: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def drawn(weeks: Sequence[Week]) -> Chart:
    most = max((max(week.awarded, week.revoked) for week in weeks), default=0)
    top, step = rounded(most)
    tall = HEIGHT - TOP - BOTTOM
    each = (WIDTH - LEFT - RIGHT) / len(weeks)
    bars: list[Bar] = []
    for place, week in enumerate(weeks):
        thick = each * (1 - GAP) / 2
        for side, (kind, count) in enumerate(
            (("awarded", week.awarded), ("revoked", week.revoked))
        ):
            if count:
                # Of a thousand, one is still to be seen.
                height = max(count / top * tall, 1.5)
                x = LEFT + place * each + each * GAP / 2 + side * thick
                text = f"{count:,} {kind} in the week of {week.begins:%-d %B %Y}"
                bars.append(
                    Bar(
                        round(x, 1),
                        round(HEIGHT - BOTTOM - height, 1),
                        round(thick, 1),
                        round(height, 1),
                        kind,
                        text,
                    )
                )
    awarded, revoked = sum(w.awarded for w in weeks), sum(w.revoked for w in weeks)
    return Chart(
        bars,
        [
            Mark(round(HEIGHT - BOTTOM - value / top * tall, 1), f"{value:,}")
            for value in range(0, top + 1, step)
        ],
        list(months(weeks, each)),
        f"{awarded:,} awarded and {revoked:,} revoked in {len(weeks)} weeks",
        not bars,
    )


def months(weeks: Sequence[Week], each: float) -> Sequence[Mark]:
    """At the first week that begins in it."""
    marks, last = [], weeks[0].begins.month
    for place, week in enumerate(weeks):
        if week.begins.month != last and place < len(weeks) - 1:
            marks.append(Mark(round(LEFT + place * each, 1), f"{week.begins:%b}"))
        last = week.begins.month
    return marks


def rounded(most: int) -> tuple[int, int]:
    """The top of a scale of at most five steps, and the length of one."""
    power = 1
    while True:
        for step in STEPS:
            if step * power * 4 >= most:
                length = step * power
                return max(1, -(-most // length)) * length, length
        power *= 10
