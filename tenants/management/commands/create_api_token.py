import argparse

from django.core.management.base import CommandError, CommandParser

from tenants import api_tokens, members, scopes
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand, instant

MAX_DAYS = 36_500


class Command(OperatorCommand):
    help = """Make an API token, the key of an integration; the key is shown this once.

It acts as one member and never does more than that member may."""
    example = (
        "python manage.py create_api_token --tenant acme --user ada --name ci"
        " --scope micro_credentials:read --scope diplomas:read --json"
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--user", required=True, metavar="USERNAME", help="acts as this member")
        parser.add_argument("--name", required=True, help="one live token of a name per tenant")
        parser.add_argument(
            "--scope",
            required=True,
            action="append",
            help="what it may touch, like diplomas:read; again for more, or all for every one",
        )
        parser.add_argument("--expires-in-days", type=days, metavar="N", help="default: never")

    def prepare(self, options: Answer) -> None:
        try:
            options["scopes"] = scopes.parse(options["scope"])
        except ValueError as error:
            raise CommandError(str(error)) from None

    def answer(self, options: Answer) -> Answer:
        tenant = members.find_tenant(options["tenant"])
        token, key = api_tokens.ensure(
            members.find_active(tenant, options["user"]),
            name=options["name"],
            scopes=options["scopes"],
            valid_days=options["expires_in_days"],
            by=OPERATOR,
        )
        return {
            "id": token.pk,
            "key": key,
            "scopes": token.scopes,
            "expires_at": instant(token.expires_at),
        }

    def describe(self, answer: Answer) -> str:
        shown = answer["key"] or "not shown again; to have a new one, revoke this token first"
        return (
            f"API token {answer['id']}\n"
            f"  key      {shown}\n"
            f"  scopes   {', '.join(answer['scopes'])}\n"
            f"  expires  {answer['expires_at'] or 'never'}"
        )


def days(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= number <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MAX_DAYS} is needed")
    return number
