"""Who is called like a word of the portal or of a catalogue is erased, and nothing else is."""

from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from credentials.core import lifecycle
from credentials.program_credentials.awards import Note
from tenants import events
from tenants.events import OPERATOR
from tenants.idempotency import StoredAnswer
from tenants.models import EventContent, Role, Tenant
from tests import factories
from tests.commands.conftest import answer
from tests.conftest import Caller, make_member


def erase(name: str) -> dict[str, Any]:
    return answer("erase_person", name, "--yes")


@pytest.mark.parametrize("name", ["title", "admin", "active"])
def test_names_of_fields_and_fixed_words_are_nobodys(
    acme: Tenant, member: Caller, name: str
) -> None:
    """An account may be called so; what others did is not blanked for it."""
    make_member(acme, "colleague", Role.ADMIN)
    made = member.post("/api/v1/user-micro-credentials", factories.micro_credential_body())
    headers = {"Idempotency-Key": "once"}
    sent = factories.micro_credential_body(title="Kept answer")
    kept = member.post("/api/v1/user-micro-credentials", sent, headers=headers)
    assert (made.status_code, kept.status_code) == (200, 200)

    assert answer("erase_person", name, "--dry-run")["found"] is False

    place = make_member(acme, name, Role.MEMBER)
    about = {place.person_id, place.pk}
    erase(name)

    blank = EventContent.objects.filter(content="").values_list("event__object_id", flat=True)
    assert set(blank) <= about
    assert StoredAnswer.objects.count() == 1


def test_what_things_are_called_is_nobodys(acme: Tenant, member: Caller, superuser: Caller) -> None:
    """Somebody may be called like a course; others' events of it tell nothing of them."""
    word = "welding"
    welder = factories.definition(acme, name=word, courses=["other", word], description=word)
    factories.assertion("member", welder)
    taken = factories.course(acme, course_id=word, title=word.title())
    factories.award("member", taken, Note("n", word, "1"))
    factories.micro_credential(acme, member.user, title=word.upper())
    lifecycle.delete(factories.program(acme, title=word), by=OPERATOR)
    kind = factories.certification_type(acme, slug=word, title=word)
    factories.certification(acme, member.user, type=kind.uuid)
    standard = factories.certification_type(None, slug=word, title=word)
    LogEntry.objects.log_actions(superuser.user.pk, [standard], CHANGE, change_message=word)
    sent = factories.micro_credential_body(title=word)
    headers = {"Idempotency-Key": "once"}
    assert member.post("/api/v1/user-micro-credentials", sent, headers=headers).status_code == 200
    place = make_member(acme, word, Role.MEMBER)
    about = {("user", place.person_id), ("membership", place.pk)}

    erase(word)

    blank = EventContent.objects.filter(content="")
    assert set(blank.values_list("event__object_kind", "event__object_id")) <= about
    assert (StoredAnswer.objects.count(), LogEntry.objects.count()) == (1, 1)


def test_in_the_same_rows_a_person_is_found_where_people_are_named(
    acme: Tenant, member: Caller
) -> None:
    word = "welding"
    make_member(acme, word, Role.MEMBER)
    other = make_member(acme, "other", Role.MEMBER)
    told = [
        {"title": "Welding", "username": word},
        {"courses": ["x"], "identity": word.upper()},
        {"title": ["x"], "reason": word},
        {"courses": ["x"], "told": [word]},
        {"name": {"said": word}},
    ]
    for after in told:
        events.record("changed", other, by=OPERATOR, after=after)

    erase(word)

    assert EventContent.objects.filter(content="", event__object_id=other.pk).count() == len(told)
