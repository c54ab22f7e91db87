from credentials.core.importing.progress import bar
from tenants import sealing
from tenants.management.base import Answer, OperatorCommand


class Command(OperatorCommand):
    help = """Append what was written since to the chain of each tenant's events.

`manage.py serve` does so by itself, once a second; run this where something else serves."""
    example = "python manage.py seal_events --json"

    def _answer_once(self, options: Answer) -> Answer:
        # In no transaction of its own: each tenant's has one.
        return self.answer(options)

    def answer(self, options: Answer) -> Answer:
        with bar("Sealing", None, is_wanted=not options["json"]) as advance:
            return {"sealed": sealing.seal_all(advance=advance)}

    def describe(self, answer: Answer) -> str:
        return f"Sealed {answer['sealed']:,} events."
