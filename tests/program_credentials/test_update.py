"""PATCH /user_credentials/{id}: revoking, and awarding again."""

from typing import Any

import pytest

from credentials.models import Program, UserCredential
from tenants.models import Event
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.factories import award

PATH = "/api/v1/user_credentials"


def actions(row: UserCredential) -> list[str]:
    found = Event.objects.filter(object_kind="usercredential", object_id=row.pk).order_by("id")
    return list(found.values_list("action", flat=True))


@pytest.mark.parametrize("slash", ["", "/"])
def test_documented_request_revokes_and_keeps_the_row(
    issuer: Caller, held: UserCredential, slash: str
) -> None:
    response = issuer.patch(f"{PATH}/{held.pk}{slash}", {"status": "revoked"})

    assert response.status_code == 200
    assert (response.json()["id"], response.json()["status"]) == (held.pk, "revoked")
    held.refresh_from_db()
    assert (held.status, held.revocation_reason) == ("revoked", "")
    assert held.revoked_at is not None
    assert actions(held) == ["awarded", "revoked"]


@pytest.mark.parametrize("spelling", ["AWARDED", "awarded", "Awarded"])
def test_revoked_award_is_restored(issuer: Caller, program: Program, spelling: str) -> None:
    row = award("ada", program, status="revoked")

    response = issuer.patch(f"{PATH}/{row.uuid}", {"status": spelling})

    assert response.json()["status"] == "awarded"
    row.refresh_from_db()
    assert (row.status, row.revoked_at) == ("awarded", None)
    assert actions(row) == ["revoked", "awarded"]


def test_same_status_again_changes_nothing(issuer: Caller, held: UserCredential) -> None:
    before = stored(held)

    response = issuer.patch(f"{PATH}/{held.pk}", {"status": "AWARDED"})

    assert response.status_code == 200
    assert stored(held) == before
    assert actions(held) == ["awarded"]


def test_everything_but_the_status_is_ignored(issuer: Caller, held: UserCredential) -> None:
    sent: dict[str, Any] = {"status": "awarded", "username": "x", "attributes": 7, "reason": "x"}
    before = stored(held)

    assert issuer.patch(f"{PATH}/{held.pk}", sent).status_code == 200

    assert stored(held) == before


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        *(({}, "required"), ({"status": None}, "null"), ({"status": ""}, "blank")),
        *(({"status": value}, "invalid_choice") for value in ("x", " revoked", 1, ["revoked"])),
    ],
)
def test_other_status_is_400(
    issuer: Caller, held: UserCredential, sent: dict[str, Any], code: str
) -> None:
    before = stored(held)

    response = issuer.patch(f"{PATH}/{held.pk}", sent)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/status", code)]
    told = response.json()["errors"][0]["detail"]
    assert told == "Write one of these, in any case: awarded, revoked."
    assert stored(held) == before


def test_change_of_a_record_that_is_no_longer_the_one_read_is_412(
    issuer: Caller, held: UserCredential
) -> None:
    path = f"{PATH}/{held.pk}"
    tag = issuer.get(path).headers["ETag"]
    assert issuer.patch(path, {"status": "revoked"}, headers={"If-Match": tag}).status_code == 200

    response = issuer.patch(path, {"status": "awarded"}, headers={"If-Match": tag})

    assert_problem(response, 412, "precondition-failed")
    held.refresh_from_db()
    assert held.status == "revoked"


def test_member_cannot_revoke_and_the_award_stays(member: Caller, held: UserCredential) -> None:
    before = stored(held)

    assert_problem(member.patch(f"{PATH}/{held.pk}", {"status": "revoked"}), 403, "forbidden")

    assert stored(held) == before


@pytest.mark.parametrize("record", ["0", "9223372036854775808", "x", "-1", "1.0"])
def test_unknown_record_is_404(issuer: Caller, held: UserCredential, record: str) -> None:
    assert_problem(issuer.patch(f"{PATH}/{record}", {"status": "revoked"}), 404, "not-found")


def test_another_tenants_record_is_404(outsider: Caller, held: UserCredential) -> None:
    before = stored(held)

    response = outsider.patch(f"{PATH}/{held.pk}", {"status": "revoked"})

    assert_problem(response, 404, "not-found")
    assert stored(held) == before
