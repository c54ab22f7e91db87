from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials.certifications import expiring
from credentials.certifications.role_serializers import MOST_DAYS
from tenants import members
from tenants.management.base import Answer, OperatorCommand
from tenants.models import Tenant


class Command(OperatorCommand):
    help = """List the certifications that end in the coming days, and whom that disqualifies.

For cron and mail: with --json, each has its member's name and address. Days are those of UTC."""
    example = "python manage.py expirations --tenant acme --within 30 --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="default: every active one")
        parser.add_argument(
            "--within", type=int, default=30, metavar="DAYS", help="1 to 366; default: 30"
        )

    def prepare(self, options: Answer) -> None:
        if not 1 <= options["within"] <= MOST_DAYS:
            raise CommandError(f"--within must be 1 to {MOST_DAYS}.")

    def answer(self, options: Answer) -> Answer:
        if options["tenant"] is not None:
            tenants = [members.find_tenant(options["tenant"])]
        else:
            tenants = list(Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("slug"))
        return {
            "within_days": options["within"],
            "as_of": expiring.today().isoformat(),
            "expirations": [
                {"tenant": tenant.slug, **each}
                for tenant in tenants
                for each in expiring.every(tenant.pk, within_days=options["within"])
            ],
        }

    def describe(self, answer: Answer) -> str:
        within = f"within {answer['within_days']} days from {answer['as_of']}"
        lines = [_line(each) for each in answer["expirations"]]
        return "\n".join([f"{len(lines)} certifications end {within}.", *lines])


def _line(each: dict[str, Any]) -> str:
    kind = each["certification_type"]
    lost = ", ".join(qualification["title"] for qualification in each["disqualifies"])
    return (
        f"  {each['expires_on']}  {each['tenant']}  {each['display_name'] or each['email']}:"
        f" {kind['title'] if kind else each['issuer_name'] or 'a certification'}"
        f"{f'; ends {lost}' if lost else ''}"
    )
