"""Measurements in rotation, and what they come to.

Machines are noisy: each case is compared with a floor measured right before it, several times
over, and the median of the ratios is what counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.load import Load, Result


@dataclass
class Measured:
    """The results of one load, and of the floor beside each."""

    results: list[Result] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return median(result.per_second for result in self.results)

    @property
    def p50_ms(self) -> float:
        return median(result.p50_ms for result in self.results)

    @property
    def p99_ms(self) -> float:
        return median(result.p99_ms for result in self.results)

    @property
    def ratio(self) -> float:
        return median(self.ratios)


def beside_floor(
    floor: Load, loads: Sequence[Load], *, rounds: int, seconds: int
) -> dict[str, Measured]:
    """Floor, load, floor, next load, ...: for each its ratio to the mean of the two beside it."""
    measured = {load.name: Measured() for load in (floor, *loads)}
    for _ in range(rounds):
        before = floor.run(seconds)
        for load in loads:
            result, after = load.run(seconds), floor.run(seconds)
            beside = (before.per_second + after.per_second) / 2
            measured[load.name].results.append(result)
            measured[load.name].ratios.append(result.per_second / beside)
            measured[floor.name].results.append(before)
            measured[floor.name].ratios.append(before.per_second / beside)
            before = after
    return measured


def in_turn(loads: Sequence[Load], *, rounds: int, seconds: int) -> dict[str, Measured]:
    """Each ratio is to the first load's result of the same round; the order turns around."""
    measured = {load.name: Measured() for load in loads}
    for number in range(rounds):
        order = loads if number % 2 == 0 else loads[::-1]
        results = {load.name: load.run(seconds) for load in order}
        first = results[loads[0].name].per_second
        for name, result in results.items():
            measured[name].results.append(result)
            measured[name].ratios.append(result.per_second / first)
    return measured


def warm_up(loads: Iterable[Load]) -> None:
    for load in loads:
        load.run(1)


def table(
    measured: Mapping[str, Measured], *, beside: str, goals: Mapping[str, float | None]
) -> str:
    """As Markdown."""
    lines = [
        f"| what | {beside} | goal | req/s | p50 ms | p99 ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, figures in measured.items():
        goal = goals.get(name)
        cells = [
            *(name, f"{figures.ratio:.2f}", f"≥ {goal:.2f}" if goal else ""),
            *(f"{figures.per_second:,.0f}", f"{figures.p50_ms:.1f}", f"{figures.p99_ms:.1f}"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def missed(measured: Mapping[str, Measured], goals: Mapping[str, float | None]) -> list[str]:
    return [
        f"{name}: {measured[name].ratio:.2f}, goal {goal:.2f}"
        for name, goal in goals.items()
        if goal and measured[name].ratio < goal
    ]
