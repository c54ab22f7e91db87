from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller
from users import inviting
from users.models import User

EMAIL = "nova@mail.example"
NOVA = ("invite", "--tenant", "acme", "--email", EMAIL, "--role", "issuer")


def test_it_invites_and_tells_the_link(acme: Tenant) -> None:
    told = answer(*NOVA, "--display-name", "Nova", "--external-id", "17")

    row = Membership.objects.get()
    token = told.pop("url").rpartition("/")[2]
    assert told.pop("expires_at").endswith("Z")
    assert told == {
        "membership_uuid": str(row.uuid),
        "tenant": "acme",
        "email": EMAIL,
        "role": "issuer",
        "status": "pending",
    }
    assert (row.user, row.display_name, row.external_id) == (None, "Nova", "17")
    # As create_user does, an operator vouches for the address.
    assert inviting.find(token).proves_address


def test_again_it_tells_a_new_link_of_the_same_invitation_and_mails_nothing(
    acme: Tenant, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = answer(*NOVA)
    events = Event.objects.count()

    with django_capture_on_commit_callbacks(execute=True):
        again = answer(*NOVA)

    for told in (first, again):
        told.pop("expires_at")
        assert inviting.find(told.pop("url").rpartition("/")[2])
    assert again == first
    assert (Event.objects.count(), len(mail.outbox)) == (events, 1)


def test_mail_that_development_shows_is_not_in_the_answer(
    acme: Tenant,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.EMAIL_BACKEND = "credentials_portal.console_mail.EmailBackend"

    with django_capture_on_commit_callbacks(execute=True):
        answer(*NOVA)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "You are invited to become a member of Acme." in printed.err


def test_without_json_it_is_three_lines(acme: Tenant) -> None:
    first, link, until, end = call(*NOVA).split("\n")

    assert first == f"{EMAIL} is invited to acme as issuer."
    assert "/invitations/" in link
    assert until.startswith("  until    2")
    assert end == ""


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (("--tenant", "hooli"), "There is no tenant 'hooli'."),
        (("--email", "nova"), "--email must be an email address."),
        (("--email", ""), "--email must be an email address."),
        (("--display-name", "x" * 256), "--display-name must have at most 255 characters."),
        (("--external-id", "x" * 256), "--external-id must have at most 255 characters."),
        (("--display-name", "\udced"), "--display-name must be valid UTF-8 text."),
        (
            ("--email", "ADA@acme.example"),
            "Somebody with this email address is a member of the organization, or invited to it.",
        ),
        (("--external-id", "7"), "This external id is another member's."),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(
    acme: Tenant, join: Callable[..., Membership], changed: tuple[str, str], line: str
) -> None:
    members.change(join(acme, "ada"), by=OPERATOR, external_id="7")

    assert refusal(*NOVA, *changed) == line
    assert Membership.objects.count() == 1


def test_another_role_than_the_invitation_s_is_refused(acme: Tenant) -> None:
    answer(*NOVA)

    assert refusal(*NOVA, "--role", "owner") == (
        f"{EMAIL} is invited to 'acme' as issuer already;"
        " give the role issuer, or change it in the admin."
    )
    assert Membership.objects.get().role == Role.ISSUER


def test_create_user_of_an_invited_address_joins(
    acme: Tenant, globex: Tenant, anonymous: Caller
) -> None:
    told = answer(*NOVA)
    answer("invite", "--tenant", "globex", "--email", EMAIL, "--role", "member")

    made = answer(
        *("create_user", "--username", "nova", "--email", EMAIL),
        *("--tenant", "acme", "--role", "issuer"),
    )

    assert made["membership_uuid"] == told["membership_uuid"]
    nova = User.objects.get()
    found = Membership.objects.filter(user=nova, status="active").order_by("tenant__slug")
    assert [row.tenant.slug for row in found] == ["acme", "globex"]
