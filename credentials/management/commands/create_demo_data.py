import argparse
from datetime import UTC, date, datetime

from django.core.management.base import CommandError, CommandParser

from credentials.core.importing.progress import bar
from credentials.demo import crowd, refuse_in_production
from credentials.demo.crowd import Crowd
from tenants.management.base import Answer, OperatorCommand
from tenants.walls import platform_work


class Command(OperatorCommand):
    help = """Make a crowd: an organization of so many people, with credentials of every family.

To try the portal at its size. The same numbers make the same rows. Ended in the middle, run it
again; a larger size adds the people that are missing. Nobody of them can sign in; production
refuses them all the same. For people who can sign in, see demo."""
    example = "python manage.py create_demo_data --size 1000 --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--size", required=True, type=int, metavar="PEOPLE")
        parser.add_argument("--tenant", default="crowd", metavar="SLUG", help="default: crowd")
        parser.add_argument(
            "--as-of",
            type=day,
            metavar="DATE",
            help="up to which five years of awards go; default: today",
        )
        parser.add_argument(
            "--without-history", action="store_true", help="no events: half the rows and time"
        )

    def prepare(self, options: Answer) -> None:
        refuse_in_production()
        if not 1 <= options["size"] <= crowd.MOST:
            raise CommandError(f"--size must be 1 to {crowd.MOST:,}.")

    def _answer_once(self, options: Answer) -> Answer:
        # In no transaction of its own: each batch has one.
        return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        wanted = Crowd(
            options["tenant"],
            options["size"],
            options["as_of"] or datetime.now(UTC).date(),
            has_history=not options["without_history"],
        )
        with bar("People", wanted.size, is_wanted=not options["json"]) as advance:
            tenant, made = crowd.make(wanted, advance)
        with platform_work():
            return {
                "tenant": tenant.slug,
                "people": wanted.size,
                "made": made,
                "credentials": crowd.count(tenant),
            }

    def describe(self, answer: Answer) -> str:
        number = sum(answer["credentials"].values())
        return (
            f"{answer['tenant']} has {answer['people']:,} people of the crowd,"
            f" {answer['made']:,} of them new, and {number:,} credentials."
        )


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written 2026-12-31") from None
