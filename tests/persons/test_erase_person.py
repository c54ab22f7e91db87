"""Nothing of an erased person is left anywhere, and everybody else's is as it was."""

import io
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command

from credentials.models import (
    Assertion,
    Certification,
    Diploma,
    DiplomaFile,
    JobRoleAssignment,
    MicroCredential,
    UserCredential,
)
from credentials.persons import reach
from credentials.storage.configured import store
from tenants import members
from tenants.events import OPERATOR
from tenants.models import ApiToken, Event, EventContent, Membership, Role, Tenant
from tests import factories
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller, make_member
from tests.persons.conftest import ADDRESS, CANARY, NAME, Known, everything, texts_of, where
from users.models import SignIn, User

HELD = (MicroCredential, UserCredential, Assertion, Certification, Diploma, DiplomaFile)


def erase(*words: str) -> dict[str, Any]:
    return answer("erase_person", *words, "--yes")


def test_after_it_the_word_is_nowhere_in_the_database_or_the_files(known: Known) -> None:
    before = where()
    tables = {model._meta.db_table for model in known.rows() if any(texts_of(model))}
    # Wherever a person can leave a word, this one has.
    assert before >= tables | {"users_user", "tenants_eventcontent", "django_session", "files"}
    assert before >= {"tenants_storedanswer", "axes_accessattempt", "django_admin_log"}

    told = erase(NAME)

    assert told["erased"] is True
    assert where() == set()
    assert where(str(known.user.email)) == set()
    assert where("203.0.113.7") == set()
    assert [each.key for each in store().objects()] == []


def test_every_model_with_a_key_to_a_person_is_one_that_somebody_thought_about() -> None:
    """A new one is erased with the person: decide here whether that is right (decision 19)."""
    assert {model._meta.label_lower for model in reach.reached()} == {
        *("tenants.membership", "tenants.apitoken"),
        *("users.signin", "users.user_groups", "users.user_user_permissions"),
        *("token_blacklist.outstandingtoken", "token_blacklist.blacklistedtoken"),
        "admin.logentry",
        *("credentials.microcredential", "credentials.usercredential", "credentials.attribute"),
        *("credentials.assertion", "credentials.certification", "credentials.jobroleassignment"),
        *("credentials.diploma", "credentials.diplomafile"),
    }


def test_every_credential_that_waits_for_a_name_is_found_by_it() -> None:
    from credentials.core.models import ClaimableCredential

    assert set(reach.WAITING) == set(ClaimableCredential.__subclasses__())


def test_others_keep_what_they_have(known: Known, member: Caller) -> None:
    title = "Welding, and what Kanarienvogel-like birds sing".replace(CANARY, "canary")
    factories.micro_credential(known.acme, member.user, title=title)
    factories.award("member", factories.program(known.acme, program_id=9))
    factories.assertion(f"x{ADDRESS}", factories.definition(known.acme, name="Other"))
    kept = {model: model.objects.exclude(pk__in=known.rows().get(model, ())) for model in HELD}
    rows = {model: list(query.values().order_by("pk")) for model, query in kept.items()}
    words = set(EventContent.objects.filter(content__contains=title).values_list("pk", "content"))

    erase(NAME)

    for model, before in rows.items():
        assert list(model.objects.values().order_by("pk")) == before
    assert (
        set(EventContent.objects.filter(content__contains=title).values_list("pk", "content"))
        == words
    )
    assert Membership.objects.filter(user=member.user).exists()


def test_what_they_had_goes_and_the_account_is_an_empty_shell(known: Known) -> None:
    erase(str(known.user.uuid))

    shell = User.objects.get(pk=known.user.pk)
    assert shell.username.startswith("erased-")
    assert (shell.email, shell.first_name, shell.last_name) == ("", "", "")
    assert not shell.is_active
    assert not shell.has_usable_password()
    assert shell.email_verified_at is None
    for model in (*HELD[:3], Diploma, DiplomaFile, ApiToken, SignIn):
        assert not model.objects.filter(pk__in=known.rows().get(model, ())).exists()
    assert not Membership.objects.filter(user=shell).exists()
    assert not JobRoleAssignment.objects.exists()
    assert known.caller.get("/api/v1/users/me").status_code == 401


def test_the_history_keeps_what_was_done_and_loses_its_words(known: Known) -> None:
    before = list(Event.objects.order_by("pk").values())

    told = erase(NAME)

    after = list(Event.objects.order_by("pk").values())
    assert after[: len(before)] == before
    assert {each["action"] for each in after[len(before) :]} == {"contents_erased"}
    assert told["events"] == EventContent.objects.filter(content="").count() > 10
    assert EventContent.objects.exclude(content="").filter(event__in=Event.objects.all()).exists()


def test_again_it_changes_nothing(known: Known) -> None:
    erase(NAME)
    stored = dict(everything())

    by_uuid, by_name = erase(str(known.user.uuid)), erase(NAME)

    assert dict(everything()) == stored
    for told in (by_uuid, by_name):
        assert (told["found"], told["rows"], told["events"], told["files"]) == (False, {}, 0, 0)


def test_a_dry_run_tells_the_same_and_changes_nothing(known: Known) -> None:
    stored = dict(everything())

    told = answer("erase_person", NAME, "--dry-run")

    assert dict(everything()) == stored
    assert told["erased"] is False
    # One of them deleted by the person, which archives it.
    assert told["rows"]["credentials_microcredential"] == 2
    assert told["rows"]["tenants_membership"] == 2
    assert told | {"erased": True} == erase(NAME)


def test_what_waits_for_a_name_that_nobody_bears_is_erased(acme: Tenant, member: Caller) -> None:
    factories.award("Nova", factories.program(acme))
    factories.assertion("nova@mail.example", factories.definition(acme))
    members.invite(acme, "nova@mail.example", Role.MEMBER, by=OPERATOR)

    by_address, by_name = erase("Nova@mail.example"), erase("NOVA")

    assert by_address["uuid"] is by_name["uuid"] is None
    assert where("nova") == set()
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("name", ["", "  "])
def test_a_blank_name_is_nobodys(known: Known, name: str) -> None:
    """As a script sends it whose variable is not set."""
    before = list(everything())

    assert refusal("erase_person", name, "--yes").startswith("Nobody has a blank name")
    assert list(everything()) == before


def test_a_short_name_is_not_found_inside_of_longer_ones(known: Known) -> None:
    make_member(known.acme, NAME[1:4], Role.MEMBER)
    before = set(LogEntry.objects.values_list("pk", flat=True))
    assert LogEntry.objects.filter(object_repr__icontains=NAME[1:4]).exists()

    erase(NAME[1:4])

    assert set(LogEntry.objects.values_list("pk", flat=True)) == before


def test_an_address_that_nobody_verified_may_be_anothers(acme: Tenant) -> None:
    ada = make_member(acme, "ada").user
    User.objects.filter(pk=ada.pk).update(email="nova@mail.example", email_verified_at=None)
    factories.assertion("nova@mail.example", factories.definition(acme))

    told = erase("ada")

    (left,) = told["left"]
    assert left.startswith("1 records wait for nova@mail.example, which nobody verified")
    assert Assertion.objects.get().identity == "nova@mail.example"


def test_an_organizations_own_address_is_told_and_left(known: Known) -> None:
    factories.issuer_profile(known.acme, name="School", email=ADDRESS.upper())

    told = answer("erase_person", NAME, "--dry-run")

    assert told["left"] == ["issuer 'School' of acme gives the address as its own"]


def test_the_last_owner_of_an_organization_stays_until_there_is_another(
    acme: Tenant, owner: Caller
) -> None:
    stored = dict(everything())

    assert refusal("erase_person", "owner", "--yes") == (
        "This is the last owner of 'acme': make somebody else an owner first,"
        " or the organization would be nobody's."
    )
    assert dict(everything()) == stored

    make_member(acme, "heir", Role.OWNER)
    assert erase("owner")["erased"] is True


def test_nobody_of_this_uuid_is_refused(platform: None) -> None:
    uuid = "0190a3b4-7b1c-7e63-8f1d-3a9e5c2d7f10"

    assert refusal("erase_person", uuid, "--yes") == f"There is nobody of the uuid {uuid}."


def test_a_username_that_looks_erased_is_erased_all_the_same(acme: Tenant) -> None:
    make_member(acme, "erased-0123456789abcdef")

    erase("erased-0123456789abcdef")

    assert not User.objects.filter(email__contains="0123456789abcdef").exists()


@pytest.mark.parametrize(("typed", "is_done"), [("yes\n", True), ("y\n", False), ("", False)])
def test_it_tells_what_it_will_do_and_asks(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: Any, typed: str, is_done: bool
) -> None:
    make_member(acme, "ada")
    keyboard = io.StringIO(typed)
    keyboard.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", keyboard)

    if is_done:
        assert call("erase_person", "ada").startswith("Erased: ada, ")
    else:
        assert refusal("erase_person", "ada") == "Nothing was erased."

    said = capsys.readouterr().err
    assert "To be erased: ada, " in said
    assert "1 of tenants_membership" in said
    assert User.objects.filter(username="ada").exists() is not is_done


def test_without_a_terminal_it_does_not_guess(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))

    with pytest.raises(Exception, match="give --yes"):
        call_command("erase_person", "ada")
