import secrets
import sys

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tenants import members
from tenants.events import OPERATOR
from tenants.management.base import Answer, OperatorCommand, is_storable
from tenants.models import Role
from users import people
from users.models import User

# Longer ones are refused at sign-in.
MAX_PASSWORD_LENGTH = 1000


class Command(OperatorCommand):
    help = """Make a person and their membership of a tenant.

Somebody who exists already keeps names and password, and only joins the tenant. The address counts
as verified, for somebody who exists too: what is issued to it will be this person's."""
    example = (
        "python manage.py create_user --username ada --email ada@acme.example --tenant acme"
        " --role admin --json"
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--email-unverified",
            action="store_true",
            help="nobody has made sure that the address is this person's; see verify_email",
        )
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--staff", action="store_true", help="may open the admin")
        parser.add_argument("--superuser", action="store_true", help="may do everything everywhere")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read a new person's password, one line, from standard input;"
            " otherwise one is made and shown this once",
        )

    def prepare(self, options: Answer) -> None:
        if not options["email"]:
            raise CommandError("--email must not be empty.")
        options["password"] = None
        if options["password_stdin"]:
            options["password"] = read_password()

    def answer(self, options: Answer) -> Answer:
        tenant = members.find_tenant(options["tenant"])
        password = options["password"] or secrets.token_urlsafe(18)
        user, is_new = people.ensure(person(options), password, by=OPERATOR, tenant_id=tenant.pk)
        membership = members.ensure_member(tenant, user.pk, Role(options["role"]), by=OPERATOR)
        return {
            "id": user.pk,
            "uuid": str(user.uuid),
            "username": user.username,
            "email": user.email,
            "email_verified": user.email_verified_at is not None,
            "tenant": tenant.slug,
            "role": str(membership.role),
            "membership_uuid": str(membership.uuid),
            "password": password if is_new and not options["password"] else None,
        }

    def describe(self, answer: Answer) -> str:
        lines = [
            f"{answer['username']} <{answer['email']}>, id {answer['id']},"
            f" is {answer['role']} of {answer['tenant']}."
        ]
        if answer["password"]:
            lines.append(f"Password, shown this once: {answer['password']}")
        return "\n".join(lines)


def person(options: Answer) -> User:
    return User(
        username=options["username"],
        email=options["email"],
        email_verified_at=None if options["email_unverified"] else timezone.now(),
        first_name=options["first_name"],
        last_name=options["last_name"],
        # The admin is closed to a superuser who is not staff.
        is_staff=options["staff"] or options["superuser"],
        is_superuser=options["superuser"],
    )


def read_password() -> str:
    """The first line, without its end: spaces belong to the password."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("There is no password on standard input.")
    if len(password) > MAX_PASSWORD_LENGTH or not is_storable(password):
        raise CommandError(
            f"The password must be valid UTF-8 text of at most {MAX_PASSWORD_LENGTH} characters."
        )
    return password
