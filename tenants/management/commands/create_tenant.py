from django.core.management.base import CommandParser

from tenants import members
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand


class Command(OperatorCommand):
    help = "Make a tenant: an organization with its members and credentials."
    example = 'python manage.py create_tenant --slug acme --name "Acme" --json'

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="in addresses: a-z, 0-9 and hyphens")
        parser.add_argument("--name", required=True, help="for people")

    def answer(self, options: Answer) -> Answer:
        tenant = members.ensure_tenant(slug=options["slug"], name=options["name"], by=OPERATOR)
        return {
            "id": tenant.pk,
            "uuid": str(tenant.uuid),
            "slug": tenant.slug,
            "name": tenant.name,
        }

    def describe(self, answer: Answer) -> str:
        return f"Tenant {answer['slug']} ({answer['name']}) has the id {answer['id']}."
