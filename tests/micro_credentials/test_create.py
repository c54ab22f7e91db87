"""POST /api/v1/user-micro-credentials"""

import json
from datetime import UTC, datetime

import pytest

from credentials.models import MicroCredential
from tenants.models import ApiToken, Event, Lookup, Membership, RowCount, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.factories import micro_credential_body
from users import tokens
from users.models import User

PATH = "/api/v1/user-micro-credentials"


def test_member_records_a_micro_credential_and_gets_200_with_the_record(member: Caller) -> None:
    response = member.post(PATH, micro_credential_body(website_url=""))

    assert response.status_code == 200
    row = MicroCredential.objects.get()
    record = response.json()
    assert record == {
        "id": row.pk,
        "uuid": str(row.uuid),
        "tenant_id": row.tenant_id,
        "user_id": member.user.pk,
        "title": "Welding, basic level",
        "issued": "2024-03-01T09:00:00Z",
        "expires": "2027-03-01T09:00:00Z",
        "website_url": "",
        "state": 1,
        "created_time": record["created_time"],
        "modified_time": record["modified_time"],
    }
    assert list(record) == [
        *("id", "uuid", "tenant_id", "user_id", "title", "issued", "expires"),
        *("website_url", "state", "created_time", "modified_time"),
    ]
    assert row.holder_id == member.user.pk
    assert datetime.fromisoformat(record["created_time"]) == row.created_at
    assert record["modified_time"] == record["created_time"]
    assert datetime.fromisoformat(record["modified_time"]) == row.modified_at


def test_the_event_says_who_recorded_what_and_from_where(member: Caller) -> None:
    response = member.post(PATH, micro_credential_body(), headers={"X-Request-ID": "request-0001"})

    row = MicroCredential.objects.get()
    event = Event.objects.select_related("content").get(object_kind="microcredential")
    content = json.loads(event.content.content)
    assert response.headers["X-Request-ID"] == event.request_id == "request-0001"
    assert (event.action, event.object_id, event.object_uuid) == ("created", row.pk, row.uuid)
    assert (event.actor_kind, event.actor_id, event.api_token_id) == ("user", member.user.pk, None)
    assert (content["address"], content["before"]) == ("127.0.0.1", None)
    assert content["after"]["title"] == "Welding, basic level"
    assert content["after"]["holder_id"] == member.user.pk


def test_the_new_record_is_counted_and_can_be_found_by_its_uuid(
    acme: Tenant, member: Caller
) -> None:
    member.post(PATH, micro_credential_body())

    row = MicroCredential.objects.get()
    found = Lookup.objects.get(key=row.uuid.bytes)
    assert (found.tenant_id, found.kind, found.object_id) == (acme.pk, "microcredential", row.pk)
    assert RowCount.objects.get(tenant=acme, kind="microcredential").rows == 1


def test_the_documented_example_needs_no_address(member: Caller) -> None:
    body = {
        "title": "string",
        "issued": "1990-01-01T00:00:00Z",
        "expires": "1990-01-01T00:00:00Z",
    }

    response = member.post(PATH, body)

    assert response.status_code == 200
    assert response.json()["website_url"] == ""
    assert MicroCredential.objects.get().website_url == ""


@pytest.mark.parametrize(
    ("sent", "instant"),
    [
        ("2024-03-01T09:00:00+05:30", datetime(2024, 3, 1, 3, 30, tzinfo=UTC)),
        ("2024-03-01t09:00:00z", datetime(2024, 3, 1, 9, tzinfo=UTC)),
        ("2024-03-01T09:00:00-00:00", datetime(2024, 3, 1, 9, tzinfo=UTC)),
        ("2024-02-29T23:59:59.25Z", datetime(2024, 2, 29, 23, 59, 59, 250000, tzinfo=UTC)),
        ("2024-03-01T09:00:00.123456Z", datetime(2024, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)),
        # PostgreSQL keeps microseconds; what is finer is cut off.
        ("2024-03-01T09:00:00.123456999Z", datetime(2024, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("0999-06-01T00:00:00Z", datetime(999, 6, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_kept_whatever_its_spelling(
    member: Caller, sent: str, instant: datetime
) -> None:
    response = member.post(PATH, micro_credential_body(issued=sent))

    assert response.status_code == 200
    assert datetime.fromisoformat(response.json()["issued"]) == instant
    assert response.json()["issued"].endswith("Z")
    assert MicroCredential.objects.get().issued_at == instant


def test_the_last_second_of_the_year_9999_is_kept(member: Caller) -> None:
    response = member.post(PATH, micro_credential_body(expires="9999-12-31T23:59:59Z"))

    assert response.status_code == 200
    assert response.json()["expires"] == "9999-12-31T23:59:59Z"
    assert MicroCredential.objects.get().expires_at.year == 9999


@pytest.mark.parametrize(
    "title",
    [
        "  two spaces before, one after ",
        "שלום, אבג — العربية",
        "👩🏽‍🔧 welding",
        "e\u0301 is not é",
        'quotes " and \\ and \u2028 and \x1f',
        "x" * 1000,
        "😀" * 1000,
    ],
)
def test_a_title_is_stored_as_sent(member: Caller, title: str) -> None:
    response = member.post(PATH, micro_credential_body(title=title))

    assert response.status_code == 200
    assert response.json()["title"] == title
    assert MicroCredential.objects.get().title == title


@pytest.mark.parametrize(
    "address",
    [
        "http://school.example",
        "HTTPS://School.Example/Path?q=%20#part",
        "https://школа.example/курс",
        "https://school.example/" + "x" * 2025,
    ],
)
def test_a_web_address_is_stored_as_sent(member: Caller, address: str) -> None:
    response = member.post(PATH, micro_credential_body(website_url=address))

    assert response.status_code == 200
    assert response.json()["website_url"] == address
    assert MicroCredential.objects.get().website_url == address


def test_fields_that_only_the_portal_sets_and_unknown_ones_are_ignored(
    acme: Tenant, globex: Tenant, member: Caller, colleague: Caller
) -> None:
    extra = {
        "id": 7,
        "uuid": "00000000-0000-4000-8000-000000000000",
        "tenant_id": globex.pk,
        "user_id": colleague.user.pk,
        "holder_id": colleague.user.pk,
        "state": 0,
        "created_time": "1990-01-01T00:00:00Z",
        "modified_time": None,
        "favourite_colour": ["green"],
    }

    response = member.post(PATH, micro_credential_body(**extra))

    assert response.status_code == 200
    row = MicroCredential.objects.get()
    assert (row.tenant_id, row.holder_id, row.state) == (acme.pk, member.user.pk, 1)
    assert row.pk != 7
    assert str(row.uuid) != extra["uuid"]
    assert row.created_at.year > 1990


def test_the_last_of_two_equal_keys_counts(member: Caller) -> None:
    response = member.post(
        PATH,
        '{"title": "first", "issued": "2024-03-01T09:00:00Z",'
        ' "expires": "2024-03-01T09:00:00Z", "title": "last"}',
    )

    assert response.status_code == 200
    assert MicroCredential.objects.get().title == "last"


@pytest.mark.parametrize("caller", ["issuer", "admin", "owner", "superuser"])
def test_a_greater_role_records_for_itself_too(
    request: pytest.FixtureRequest, member: Caller, caller: str
) -> None:
    someone: Caller = request.getfixturevalue(caller)

    response = someone.post(PATH, micro_credential_body(user_id=member.user.pk))

    assert response.json()["user_id"] == someone.user.pk
    assert MicroCredential.objects.get().holder_id == someone.user.pk


def test_an_integration_records_for_its_user_and_the_event_names_the_token(
    acme: Tenant,
) -> None:
    caller = with_key(make_member(acme, "ada"), "micro_credentials:write")

    response = caller.post(f"{PATH}/", micro_credential_body())

    assert response.status_code == 200
    event = Event.objects.get(object_kind="microcredential")
    assert MicroCredential.objects.get().holder_id == caller.user.pk
    assert (event.actor_kind, event.api_token_id) == ("api_token", ApiToken.objects.get().pk)


def test_a_token_that_may_only_read_records_nothing_and_is_told_the_scope(acme: Tenant) -> None:
    caller = with_key(make_member(acme, "ada"), "micro_credentials:read", "diplomas:write")

    response = caller.post(PATH, micro_credential_body())

    assert_problem(response, 403, "missing-scope")
    assert "micro_credentials:write" in response.json()["detail"]
    assert not MicroCredential.objects.exists()


def test_a_person_acts_in_the_tenant_of_the_token(acme: Tenant, globex: Tenant) -> None:
    make_member(acme, "ada")
    there = sign_in(make_member(globex, "ada"))

    response = there.post(PATH, micro_credential_body())

    assert response.json()["tenant_id"] == globex.pk
    assert MicroCredential.objects.get().tenant_id == globex.pk


def test_a_session_beside_the_token_says_another_tenant_of_the_person(
    acme: Tenant, globex: Tenant
) -> None:
    here, there = make_member(acme, "ada"), make_member(globex, "ada")
    session = {"X-Session-Token": tokens.sign_in(there.user, globex.pk)["session"]}

    response = sign_in(here).post(PATH, micro_credential_body(), headers=session)

    assert response.json()["tenant_id"] == globex.pk
    assert MicroCredential.objects.get().tenant_id == globex.pk


def test_a_superuser_who_is_no_member_cannot_hold_a_record(
    acme: Tenant, globex: Tenant, superuser: Caller
) -> None:
    answer = tokens.sign_in(superuser.user, globex.pk)

    response = Caller(f"Bearer {answer['access']}").post(PATH, micro_credential_body())

    assert_problem(response, 409, "not-a-member")
    assert not MicroCredential.objects.exists()
    assert not Event.objects.filter(object_kind="microcredential").exists()


@pytest.mark.parametrize("status", [Membership.Status.INACTIVE, None])
def test_a_person_without_an_active_membership_has_no_place_to_record(
    acme: Tenant, status: str | None
) -> None:
    user = User.objects.create_user("ada", "ada@nowhere.example")
    if status:
        Membership.objects.create(tenant=acme, user=user, status=status, is_primary=True)
    answer = tokens.sign_in(user, acme.pk)

    response = Caller(f"Bearer {answer['access']}").post(PATH, micro_credential_body())

    assert_problem(response, 404, "not-found")
    assert not MicroCredential.objects.exists()


def test_without_a_token_nothing_is_recorded(anonymous: Caller) -> None:
    response = anonymous.post(PATH, micro_credential_body())

    assert_problem(response, 401, "unauthorized")
    assert "WWW-Authenticate" in response.headers
    assert not MicroCredential.objects.exists()


def test_a_replayed_request_records_once_and_says_that_it_is_a_replay(member: Caller) -> None:
    again = {"headers": {"Idempotency-Key": "first-aid-2024"}}

    first = member.post(PATH, micro_credential_body(), **again)
    second = member.post(f"{PATH}/", micro_credential_body(), **again)

    assert (second.status_code, second.content) == (200, first.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert MicroCredential.objects.count() == 1
    assert Event.objects.filter(object_kind="microcredential").count() == 1
