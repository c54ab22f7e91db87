from django.core.management.base import CommandParser

from tenants import members, preferences
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand


class Command(OperatorCommand):
    help = "Choose settings of a tenant; those that are not named stay as they are."
    example = "python manage.py set_tenant --slug acme --setting program_attributes=any --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True)
        parser.add_argument(
            "--setting",
            required=True,
            action="append",
            metavar="NAME=VALUE",
            help=f"may be given again; names: {', '.join(preferences.PREFERENCES)}",
        )

    def answer(self, options: Answer) -> Answer:
        chosen = preferences.parse(options["setting"])
        tenant = members.find_tenant(options["slug"])
        members.change_tenant(tenant, by=OPERATOR, settings=tenant.settings | chosen)
        return {"slug": tenant.slug, "settings": tenant.settings | chosen}

    def describe(self, answer: Answer) -> str:
        settings = [f"{name}={value}" for name, value in answer["settings"].items()]
        return f"{answer['slug']} has the settings {', '.join(settings)}."
