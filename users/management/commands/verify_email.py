from django.core.management.base import CommandParser

from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand, instant
from users import people


class Command(OperatorCommand):
    help = """Say that a person's email address is theirs.

What was issued to the address becomes the person's, in each tenant that knows them."""
    example = "python manage.py verify_email --username ada --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)

    def answer(self, options: Answer) -> Answer:
        user = people.verify_email(people.find(options["username"]), by=OPERATOR)
        return {
            "id": user.pk,
            "uuid": str(user.uuid),
            "username": user.username,
            "email": user.email,
            "email_verified_at": instant(user.email_verified_at),
        }

    def describe(self, answer: Answer) -> str:
        return f"{answer['email']} is verified as the address of {answer['username']}."
