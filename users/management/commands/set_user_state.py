from django.core.management.base import CommandParser

from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand
from users import people
from users.models import User

STATES = {state.name.lower(): state for state in User.State}


class Command(OperatorCommand):
    help = """Make a person active or inactive.

The public pages of an inactive person are closed; signing in is another matter."""
    example = "python manage.py set_user_state --username ada --state inactive --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--state", required=True, choices=sorted(STATES))

    def answer(self, options: Answer) -> Answer:
        user = people.set_state(
            people.find(options["username"]), STATES[options["state"]], by=OPERATOR
        )
        return {
            "id": user.pk,
            "uuid": str(user.uuid),
            "username": user.username,
            "state": User.State(user.state).name.lower(),
        }

    def describe(self, answer: Answer) -> str:
        return f"{answer['username']} is {answer['state']}."
