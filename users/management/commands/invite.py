from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from tenants import members
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand, instant
from tenants.models import Role
from users import inviting


class Command(OperatorCommand):
    help = """Invite somebody by email: a pending member, until they sign in or get an account.

The link makes an account with this address verified, as create_user does: hand it to nobody but
the person. For an invitation that is open already it is made anew, and no second mail is sent."""
    example = "python manage.py invite --tenant acme --email nova@mail.example --role issuer --json"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--display-name", default="", help="until they come")
        parser.add_argument("--external-id", help="of your own system; one member has it")

    def prepare(self, options: Answer) -> None:
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError("--email must be an email address.") from None
        for name, limit in {"email": 254, "display_name": 255, "external_id": 255}.items():
            if len(options[name] or "") > limit:
                raise CommandError(
                    f"--{name.replace('_', '-')} must have at most {limit} characters."
                )

    def answer(self, options: Answer) -> Answer:
        tenant = members.find_tenant(options["tenant"])
        row = inviting.ensure(
            tenant,
            options["email"],
            Role(options["role"]),
            by=OPERATOR,
            display_name=options["display_name"],
            external_id=options["external_id"] or None,
        )
        link = inviting.link(row, proves_address=True)
        return {
            "membership_uuid": str(row.uuid),
            "tenant": tenant.slug,
            "email": row.email,
            "role": str(row.role),
            "status": str(row.status),
            "url": link.url if link else None,
            "expires_at": instant(link.expires_at) if link else None,
        }

    def describe(self, answer: Answer) -> str:
        return (
            f"{answer['email']} is invited to {answer['tenant']} as {answer['role']}.\n"
            f"  link     {answer['url']}\n"
            f"  until    {answer['expires_at']}"
        )
