from django.core.management.base import CommandParser

from tenants import api_tokens
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand, instant


class Command(OperatorCommand):
    help = "End an API token for good; it stops working everywhere within 5 seconds."
    example = "python manage.py revoke_api_token 7 --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, metavar="ID", help="as create_api_token answered it")

    def answer(self, options: Answer) -> Answer:
        token = api_tokens.find(options["id"])
        api_tokens.revoke(token, by=OPERATOR)
        token.refresh_from_db()
        return {
            "id": token.pk,
            "name": token.name,
            "tenant": token.tenant.slug,
            "revoked_at": instant(token.revoked_at),
        }

    def describe(self, answer: Answer) -> str:
        return (
            f"API token {answer['id']} ({answer['name']} of {answer['tenant']})"
            f" is revoked since {answer['revoked_at']}."
        )
