import json
import sys
from typing import Any

from credentials.doctor.examination import examine
from credentials.doctor.findings import Finding, Verdict
from tenants.management.base import Answer, OperatorCommand


class Command(OperatorCommand):
    help = """Look at everything that the portal needs, one line each: ok, warn or fail, and advice.

Exit code 1 when something failed. It writes a probe into the store and deletes it, and signs in at
the mail server without sending anything."""
    example = "python manage.py doctor --json"

    def handle(self, *args: Any, **options: Any) -> None:
        # A database that is away is a finding, not the end.
        found: dict[str, Finding] = {}
        for name, finding in examine():
            found[name] = finding
            if not options["json"]:
                self.stdout.write(_line(name, finding))
                self.stdout.flush()
        answer = _told(found)
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        if not answer["is_well"]:
            sys.exit(1)


def _line(name: str, finding: Finding) -> str:
    advice = f". {finding.advice}" if finding.advice else ""
    return f"{finding.verdict:<5} {name:<11} {finding.text}{advice}"


def _told(found: dict[str, Finding]) -> Answer:
    return {
        "is_well": all(each.verdict is not Verdict.FAIL for each in found.values()),
        "findings": [
            {"name": name, "verdict": each.verdict, "text": each.text, "advice": each.advice}
            for name, each in found.items()
        ],
    }
