import re
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.core.importing.progress import bar
from tenants import chain_check, members
from tenants.chain_check import Verdict
from tenants.management.base import Answer, OperatorCommand, instant
from tenants.models import Tenant
from tenants.walls import platform_work

HEAD = re.compile(r"[0-9a-f]{64}")


class Command(OperatorCommand):
    help = """Check the history of every tenant: each event, its content, and their order.

Names what was changed, removed, inserted or moved, and counts what was erased by erase_person,
which is no fault. Exit code 1 when there is a fault. Seals first what waits for it. Note the head
that it prints, elsewhere than in the database: with --expect-head a later check also finds that the
end was cut off, or that all was written anew."""
    example = "python manage.py verify_events --tenant acme --expect-head 5d1f… --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="this one alone")
        parser.add_argument(
            "--expect-head", metavar="HASH", help="a head noted before; needs --tenant"
        )

    def prepare(self, options: Answer) -> None:
        head = options["expect_head"]
        if head is None:
            return
        if options["tenant"] is None:
            raise CommandError("--expect-head needs --tenant: each tenant has its own.")
        options["expect_head"] = head.lower()
        if not HEAD.fullmatch(options["expect_head"]):
            raise CommandError("--expect-head must be the 64 hexadecimal digits of a head.")

    def _answer_once(self, options: Answer) -> Answer:
        # In no transaction of its own, which would hold back what the database tidies up.
        return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        with platform_work():
            asked = options["tenant"]
            found = [members.find_tenant(asked)] if asked else Tenant.objects.order_by("slug")
            tenants = [(tenant.pk, tenant.slug) for tenant in found]
        head = bytes.fromhex(options["expect_head"]) if options["expect_head"] else None
        with bar("Checking", None, is_wanted=not options["json"]) as advance:
            checked = [
                told(slug, chain_check.check(tenant_id, expected=head, advance=advance))
                for tenant_id, slug in tenants
            ]
        self.faults = sum(each["fault_count"] for each in checked)
        return {"tenants": checked, "fault_count": self.faults}

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.faults:
            sys.exit(1)

    def describe(self, answer: Answer) -> str:
        return "\n".join(line for each in answer["tenants"] for line in lines(each))


def told(slug: str, verdict: Verdict) -> Answer:
    return {
        "tenant": slug,
        "events": verdict.sealed,
        "erased": verdict.erased,
        "head": verdict.head.hex(),
        "expected_head_place": verdict.expected_place,
        "waited": {"events": verdict.waited, "since": instant(verdict.waited_since)},
        "unsealed": verdict.unsealed,
        "fault_count": verdict.fault_count,
        "faults": [vars(fault) for fault in verdict.faults],
    }


def lines(each: Answer) -> Iterator[str]:
    verdict = f"{each['fault_count']:,} FAULTS" if each["fault_count"] else "no fault"
    erased = f", {each['erased']:,} of them erased" if each["erased"] else ""
    yield f"{each['tenant']}: {each['events']:,} events{erased}: {verdict}. Head: {each['head']}"
    if waited := each["waited"]["events"]:
        yield f"  {waited:,} had waited for their seal, the oldest since {each['waited']['since']}."
    if each["unsealed"]:
        yield f"  {each['unsealed']:,} are not sealed yet."
    if (place := each["expected_head_place"]) is not None:
        yield f"  The expected head is there: {each['events'] - place:,} events came after it."
    for fault in each["faults"]:
        where = " at place {place}" if fault["place"] else ""
        what = "event {event_id}" if fault["event_id"] else "chain"
        yield f"  {fault['kind']}: {what}{where}: {fault['text']}.".format(**fault)
    if rest := each["fault_count"] - len(each["faults"]):
        yield f"  … and {rest:,} more."
