"""Somebody whom the whole portal knows, under a word that is found again wherever it lies."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, connection, models, transaction

from credentials.core import lifecycle
from credentials.persons import reach, traces
from credentials.program_credentials.awards import Note
from credentials.storage.configured import store
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests import factories
from tests.certifications.role_factories import assign, job_role
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.factories import micro_credential_body
from tests.storage.conftest import announce, put
from tests.storage.samples import PDF
from users import tokens
from users.login import counted_as
from users.models import User

CANARY = "Kanarienvogel"
NAME = CANARY.lower()
ADDRESS = f"{NAME}@mail.example"
AGENT = {"user_agent": CANARY, "ip_address": "203.0.113.7", "http_accept": "", "path_info": CANARY}


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def known(acme: Tenant, globex: Tenant, owner: Caller) -> "Known":
    """In two organizations, one of which waits for them under a name, and one under an address."""
    make_member(globex, "globex-owner", Role.OWNER)
    place = make_member(acme, NAME, Role.ADMIN)
    User.objects.filter(pk=place.person_id).update(
        email=ADDRESS, first_name=CANARY, last_name=CANARY
    )
    known = Known(acme, globex, User.objects.get(pk=place.person_id), sign_in(place))
    known.hold(owner)
    known.act()
    known.leave_traces()
    known.say_canary_everywhere()
    return known


@dataclass
class Known:
    acme: Tenant
    globex: Tenant
    user: User
    caller: Caller

    def hold(self, owner: Caller) -> None:
        """Something of every family, made, changed and deleted as people do it."""
        caller, acme = self.caller, self.acme
        root = "/api/v1/user-micro-credential"
        sent = micro_credential_body(title=CANARY, website_url=f"https://{NAME}.example")
        headers = {"Idempotency-Key": CANARY}
        for _ in range(2):
            made = caller.post(f"{root}s", sent, headers=headers)
            assert made.status_code == 200, made.content
            headers = {}
        gone = caller.delete(f"{root}/{made.json()['id']}")
        assert gone.status_code == 204
        factories.award(NAME, factories.program(acme))
        award = factories.award(NAME, factories.course(acme), Note("n", CANARY, CANARY))
        revoked = owner.patch(
            f"/api/v1/user_credentials/{award.pk}",
            {"status": "revoked"},
            headers={"Idempotency-Key": "other"},
        )
        assert revoked.status_code == 200
        factories.assertion(ADDRESS, factories.definition(acme), narrative=CANARY)
        withdrawn = factories.assertion(ADDRESS, factories.definition(acme, name="Withdrawn"))
        lifecycle.move(withdrawn, "revoked", by=OPERATOR, reason=CANARY)
        recorded = factories.certification(acme, self.user, issuer_name=CANARY)
        assign(Membership.objects.get(pk=recorded.membership_id), job_role(acme))
        diploma = factories.diploma(acme, self.user)
        named = announce(diploma, PDF + CANARY.encode() + b"\n%%EOF\n", name=f"{CANARY}.pdf")
        assert put(named, PDF + CANARY.encode() + b"\n%%EOF\n").status_code == 204
        announce(diploma, name=f"{CANARY} again.pdf")
        # Where they are nobody yet.
        factories.award(NAME.upper(), factories.program(self.globex))
        factories.assertion(ADDRESS, factories.definition(self.globex))
        members.invite(self.globex, ADDRESS, Role.MEMBER, by=OPERATOR, display_name=CANARY)

    def act(self) -> None:
        """On others' records, and on the organization's."""
        other = make_member(self.acme, "other")
        path = f"/api/v1/organizations/{self.acme.pk}/organization-members/{other.uuid}"
        numbered = self.caller.patch(path, {"external_id": "HR-7"}, REMOTE_ADDR="203.0.113.7")
        assert numbered.status_code == 200, numbered.content

    def leave_traces(self) -> None:
        place = Membership.objects.get(tenant=self.acme, user=self.user)
        with_key(place, name=f"{CANARY}'s laptop")
        answer = tokens.sign_in(self.user, self.acme.pk)
        tokens.refresh(answer["refresh"])
        session = SessionStore()
        session.update({"_auth_user_id": str(self.user.pk), "said": CANARY})
        session.save()
        for name in (counted_as(NAME), counted_as(ADDRESS)):
            AccessAttempt.objects.create(
                username=name, get_data=CANARY, post_data=CANARY, failures_since_start=1, **AGENT
            )
            AccessFailureLog.objects.create(username=name, **AGENT)
            AccessLog.objects.create(username=name, **AGENT)
        for about, by in ((place, "other"), (self.user, "other"), (self.acme, NAME)):
            LogEntry.objects.create(
                user=User.objects.get(username=by),
                content_type=ContentType.objects.get_for_model(about),
                object_id=str(about.pk),
                object_repr=str(about)[:200],
                action_flag=CHANGE,
                change_message=CANARY,
            )
        group = Group.objects.create(name="of many")
        self.user.groups.add(group)
        self.user.user_permissions.add(Permission.objects.first())  # type: ignore[arg-type]

    def say_canary_everywhere(self) -> None:
        """In every text of their rows, found among the models' columns; some row must take it."""
        for model, keys in self.rows().items():
            for name in texts_of(model):
                rows = [model._base_manager.filter(pk=key) for key in sorted(keys, key=str)]
                said = [say(row, name, f"{CANARY} {place}") for place, row in enumerate(rows)]
                assert any(said), f"{model._meta.db_table}.{name}"

    def rows(self) -> reach.Rows:
        person = reach.find(NAME)
        rows = reach.rows_of(person)
        return {**rows, **traces.traces_of(person, rows)}


def say(row: "models.QuerySet[Any]", name: str, text: str) -> bool:
    """False for a row whose state forbids it, as a reason without a revocation."""
    if CANARY.lower() in str(row.values_list(name, flat=True).get()).lower():
        return True
    with suppress(IntegrityError), transaction.atomic():
        return row.update(**{name: text}) == 1
    return False


def texts_of(model: type[models.Model]) -> Iterator[str]:
    """Columns in which anything may stand; what refuses the word holds one of few, or a key."""
    closed = {"status", "role", "session_data", "session_key", "jti", "token", "object_id"}
    for each in model._meta.concrete_fields:
        is_text = isinstance(each, models.CharField | models.TextField) and not each.choices
        is_open = (each.max_length or 999) > len(CANARY) + 4 and not isinstance(
            each, models.GenericIPAddressField | models.GeneratedField
        )
        if is_text and is_open and each.name not in closed:
            yield each.name


def everything() -> Iterator[tuple[str, str]]:
    """Every table of the database, whoever made it, as COPY tells it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = %s::regnamespace",
            ["public"],
        )
        for (table,) in cursor.fetchall():
            with cursor.copy(f'copy (select * from "{table}") to stdout') as copy:
                yield table, b"".join(bytes(block) for block in copy).decode()


def where(word: str = CANARY) -> set[str]:
    """Tables in which the word lies, as text, as bytes, or packed into a session; and the store."""
    spelled = [word.lower(), word.encode().hex(), word.lower().encode().hex()]
    found = {table for table, text in everything() if any(each in text.lower() for each in spelled)}
    sessions = (each.get_decoded() for each in SessionStore.get_model_class().objects.all())
    if any(word in str(each) for each in sessions):
        found.add("django_session")
    return found | ({"files"} if any(word.encode() in each for each in contents()) else set())


def contents() -> Iterator[bytes]:
    for each in store().objects():
        yield each.key.encode() + b"".join(store().read(each.key, 0, each.size))
