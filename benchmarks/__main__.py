"""python -m benchmarks: the portal beside a bare Django view and one SELECT in a bare view."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import database, rounds, servers
from benchmarks.load import Load, LoadError, require_wrk

if TYPE_CHECKING:
    from benchmarks.cases import Case
    from benchmarks.population import Person

QUICK_ROWS = 20_000
SMALL, LARGE = 2_000, 2_000_000
MOST_FOR_LARGE = 1.2


# What may be measured instead of the portal beside a bare view.
@dataclass(frozen=True)
class Plan:
    data_dir: Path
    scratch: Path
    rounds: int
    seconds: int
    quick: bool
    only: str

    def load(self, case: "Case", port: int, name: str = "") -> Load:
        case.check(port)
        return Load(name or case.name, case.requests, port, self.scratch, case.connections)


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    measure = MODES[options.what][0] if options.what else compare
    started = time.monotonic()
    # Through the stack, so that what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        require_wrk()
        with ExitStack() as stack:
            data_dir = stack.enter_context(database.directory(options.data_dir))
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            stack.enter_context(database.running(data_dir))
            turns, seconds = (2, 1) if options.quick else (options.rounds, 3)
            plan = Plan(data_dir, scratch, turns, seconds, options.quick, options.only)
            answer = measure(plan)
    except LoadError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\nTook {time.monotonic() - started:.0f} s.")
    return answer


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    what = made.add_mutually_exclusive_group()
    for name, (_, purpose) in MODES.items():
        what.add_argument(
            f"--{name}", dest="what", action="store_const", const=name, help=f"{purpose} instead"
        )
    made.add_argument("--quick", action="store_true", help="a minute, little data: does it run?")
    made.add_argument("--only", default="", help="cases whose name has this in it")
    made.add_argument("--rounds", type=int, default=5, help="default: 5")
    made.add_argument(
        "--data-dir", type=Path, help="keep the database here; default: a temporary one"
    )
    return made


def populate(plan: Plan) -> "list[Person]":
    # Django is set up only now.
    from benchmarks import awards, cases, certifications, definitions, diplomas, population

    size = population.Size(rows=QUICK_ROWS) if plan.quick else population.Size()
    started = time.monotonic()
    people = population.populate(size)
    awards.populate(people, size.rows)
    definitions.populate(people, size.rows)
    certifications.populate(people, size.rows)
    diplomas.populate(people, size.rows)
    population.settle()
    took = time.monotonic() - started
    print(f"{size.rows:,} records of each family in {size.tenants} tenants: {took:.0f} s.")
    return cases.by_turns(people)


def compare(plan: Plan) -> int:
    people = populate(plan)
    from benchmarks import awards, cases, certifications, definitions, diplomas

    records = cases.owned(people)
    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        floor = plan.load(cases.floor(records), port)
        families = (awards, definitions, certifications, diplomas)
        portal = [
            *cases.portal(people, records, port),
            *(case for family in families for case in family.cases(people)),
        ]
        portal = [case for case in portal if plan.only in case.name]
        loads = [plan.load(case, port) for case in (cases.bare(), *portal)]
        rounds.warm_up([floor, *loads])
        measured = rounds.beside_floor(floor, loads, rounds=plan.rounds, seconds=plan.seconds)
    goals = {case.name: case.goal for case in portal}
    print(rounds.table(measured, beside="of one SELECT", goals=goals))
    return told(rounds.missed(measured, goals))


def compare_servers(plan: Plan) -> int:
    people = populate(plan)
    from benchmarks import cases

    for case in (cases.get_one(cases.owned(people)), cases.post(people)):
        with ExitStack() as stack:
            loads = []
            for server in servers.RIVALS:
                port = stack.enter_context(servers.serving(server, plan.data_dir / "server.log"))
                loads.append(plan.load(case, port, server.name))
            rounds.warm_up(loads)
            measured = rounds.in_turn(loads, rounds=plan.rounds, seconds=plan.seconds)
        print(f"\n{case.name}\n")
        print(rounds.table(measured, beside=f"of {servers.CHOSEN.name}", goals={}))
    return 0


def compare_sizes(plan: Plan) -> int:
    from benchmarks import cases, population

    sizes = (SMALL, LARGE // 20 if plan.quick else LARGE)
    issuers = [population.tenant_of_size(size) for size in sizes]
    population.settle()
    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        loads = [
            plan.load(cases.list_page(f"first page of {size:,}", [issuer], at_least=size), port)
            for size, issuer in zip(sizes, issuers, strict=True)
        ]
        rounds.warm_up(loads)
        measured = rounds.in_turn(loads, rounds=plan.rounds, seconds=plan.seconds)
    print(rounds.table(measured, beside=f"of {SMALL:,}", goals={}))
    cost = 1 / measured[loads[1].name].ratio
    print(f"\nThe large one costs {cost:.2f} times the small one; at most {MOST_FOR_LARGE}.")
    return told([f"large list: {cost:.2f} times"] if cost > MOST_FOR_LARGE else [])


def compare_certifications(plan: Plan) -> int:
    from benchmarks import large

    long, wide, narrow = large.populate(quick=plan.quick)
    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        loads = [plan.load(case, port) for case in large.cases(long, wide, port)]
        rounds.warm_up(loads)
        measured = rounds.in_turn(loads, rounds=plan.rounds, seconds=plan.seconds)
        print(rounds.table(measured, beside="of the first page", goals={}))
        for issuer in (narrow, wide):
            large.tell_results(issuer, port)
    far = loads[1].name
    cost = 1 / measured[far].ratio
    return told([f"{far}: {cost:.2f} times"] if cost > MOST_FOR_LARGE else [])


def compare_wallets(plan: Plan) -> int:
    from benchmarks import wallets

    crowd, issuer = wallets.populate(quick=plan.quick)
    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        cases = [case for case in wallets.cases(crowd, issuer, port) if plan.only in case.name]
        loads = [plan.load(case, port) for case in cases]
        rounds.warm_up(loads)
        measured = rounds.in_turn(loads, rounds=plan.rounds, seconds=plan.seconds)
    print(rounds.table(measured, beside="of the first", goals={}))
    return 0


def compare_slow(plan: Plan) -> int:
    people = populate(plan)
    from benchmarks import cases, slow

    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        load = plan.load(cases.get_one(cases.owned(people)), port)
        rounds.warm_up([load])
        measured, times = slow.beside_none(load, rounds=plan.rounds, seconds=plan.seconds)
    print(rounds.table(measured, beside="of GET alone", goals={}))
    print(f"\nAmong slow clients the p99 is {times:.2f} times what it is; at most {slow.MOST}.")
    return told([f"slow clients: p99 {times:.2f} times"] if times > slow.MOST else [])


def compare_events(plan: Plan) -> int:
    from benchmarks import history

    people = history.writers()

    def serving() -> AbstractContextManager[int]:
        return servers.serving(servers.CHOSEN, plan.data_dir / "server.log")

    with serving() as port:
        loads = history.loads(people, port, plan.scratch)
        rounds.warm_up(loads)
        measured = rounds.in_turn(loads, rounds=plan.rounds, seconds=plan.seconds)
    print(rounds.table(measured, beside="of as before", goals={}))
    history.tell(history.QUICK_EVENTS if plan.quick else history.EVENTS, serving)
    return 0


def time_admin(plan: Plan) -> int:
    from benchmarks import admin_pages, desks

    made = desks.populate(quick=plan.quick)
    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        found = admin_pages.timed(made, port)
    print(admin_pages.table(found))
    return told(admin_pages.missed(found))


def compare_files(plan: Plan) -> int:
    from benchmarks import diplomas, files, population

    people = population.populate(population.Size(tenants=1, people=10, rows=10))
    diplomas.populate(people, 10)
    with servers.serving(servers.CHOSEN, plan.data_dir / "server.log") as port:
        table, grown = files.measure(people[-1], port, plan.rounds)
    usual, most = median(grown) / files.MIB, max(grown) / files.MIB
    limit = files.MOST_MEMORY / files.MIB
    print(
        f"{table}\n\nMemory of an upload: {usual:.1f} MiB, at most {most:.1f}; goal: < {limit:.0f}."
    )
    return told([f"memory of an upload: {most:.1f} MiB"] if most >= limit else [])


def told(missed: Sequence[str]) -> int:
    for line in missed:
        print(f"Missed: {line}", file=sys.stderr)
    return 1 if missed else 0


MODES = {
    "servers": (compare_servers, "compare web servers"),
    "large": (compare_sizes, "compare the first page of a list of 2,000,000 with one of 2,000"),
    "certifications": (
        compare_certifications,
        "compare pages of 1,000,000 certifications, and time 10,000 members' results",
    ),
    "wallets": (
        compare_wallets,
        "compare wallets and searches among 1,000,000 credentials of each family",
    ),
    "slow": (compare_slow, "time GETs while 20 clients send their bodies slowly"),
    "files": (compare_files, "send and fetch a file of 20 MiB, beside a bare copy"),
    "events": (compare_events, "compare ways to chain events, and time the check of 1,000,000"),
    "admin": (time_admin, "time the admin's pages on 1,000,000 rows of each kind"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
