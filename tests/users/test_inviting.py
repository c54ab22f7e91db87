"""The mail of an invitation, and what its link stands for."""

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from credentials_portal.problems import NotFound
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.clock import Clock
from users import inviting

EMAIL = "nova@mail.example"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/invitations/(\S+)")


def invite(tenant: Tenant, email: str = EMAIL) -> Membership:
    return inviting.invite(tenant, email, Role.MEMBER, by=OPERATOR)


def token_of(row: Membership, **options: Any) -> str:
    link = inviting.link(row, **options)
    assert link
    return link.url.rpartition("/")[2]


def test_the_mail_goes_out_after_the_commit_and_its_link_proves_the_address(
    acme: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    members.change_tenant(acme, by=OPERATOR, name="Acme\r\nBcc: all@mail.example")
    acme.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        row = invite(acme)
        assert mail.outbox == []

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([EMAIL], "Invitation to Acme Bcc: all@mail.example")
    found = LINK.search(str(sent.body))
    assert found
    invitation = inviting.find(found[1])
    assert (invitation.row, invitation.proves_address) == (row, True)


def test_where_no_mail_is_sent_the_invitation_stands(
    acme: Tenant, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SENDS_MAIL = False
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        row = invite(acme)

    assert (callbacks, mail.outbox) == ([], [])
    assert inviting.find(token_of(row)).row == row


@pytest.mark.django_db(transaction=True)
def test_a_failure_to_send_loses_nothing_and_is_logged_without_the_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({EMAIL: (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        row = invite(acme)

    assert [record.message for record in caplog.records] == ["invitation not mailed"]
    assert caplog.records[0].exc_info
    with walls.platform_work():
        assert Membership.objects.get(pk=row.pk).status == "pending"


def test_a_link_handed_over_proves_nothing_unless_somebody_vouches(acme: Tenant) -> None:
    row = invite(acme)

    assert not inviting.find(token_of(row)).proves_address
    assert inviting.find(token_of(row, proves_address=True)).proves_address


def test_a_link_ends_after_14_days(acme: Tenant, clock: Clock) -> None:
    row = invite(acme)
    token = token_of(row)

    clock.move(timedelta(days=14) - timedelta(seconds=5))
    assert inviting.find(token).row == row
    clock.move(timedelta(seconds=10))
    with pytest.raises(NotFound):
        inviting.find(token)


def test_a_link_ends_when_the_invitation_is_withdrawn_and_stays_so(acme: Tenant) -> None:
    row = invite(acme)
    token = token_of(row)

    members.change(row, by=OPERATOR, status="inactive")
    with pytest.raises(NotFound):
        inviting.find(token)
    row.refresh_from_db()
    assert inviting.link(row) is None

    again = invite(acme)
    assert again.pk == row.pk
    with pytest.raises(NotFound):
        inviting.find(token)
    assert inviting.find(token_of(again)).row == row


@pytest.mark.parametrize("broken", ["", "x", "a:b:c", "%00", "é", "{}x", "x{}", "{}:"])
def test_a_link_that_nobody_made_is_404(acme: Tenant, broken: str) -> None:
    token = token_of(invite(acme))

    with pytest.raises(NotFound):
        inviting.find(broken.format(token))


def test_every_flipped_character_ends_a_link(acme: Tenant) -> None:
    token = token_of(invite(acme))

    for place, character in enumerate(token):
        other = "A" if character != "A" else "Q"
        with pytest.raises(NotFound):
            inviting.find(token[:place] + other + token[place + 1 :])
