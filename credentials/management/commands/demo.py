from credentials import demo
from tenants.management.base import Answer, OperatorCommand


class Command(OperatorCommand):
    help = """Load two tenants, people in every role, and their records, to try the portal on.

Its passwords are known to everyone: production refuses it."""
    example = "python manage.py demo --json"

    def prepare(self, options: Answer) -> None:
        demo.refuse_in_production()

    def answer(self, options: Answer) -> Answer:
        return {**demo.load()}

    def describe(self, answer: Answer) -> str:
        accounts = (
            f"  {account['username']:<12} {account['password']:<16}"
            f" {account['role']}{account['tenant'] and ' of '}{account['tenant']}"
            for account in answer["accounts"]
        )
        return "\n".join(
            [
                "The demo is loaded. Its accounts:",
                *accounts,
                f"Public page: {answer['public_page_url']}",
            ]
        )
