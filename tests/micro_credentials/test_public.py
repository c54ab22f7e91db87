"""GET /api/v1/public/user-micro-credential/{id}"""

import uuid

import pytest

from credentials.models import MicroCredential
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.factories import micro_credential
from users import people
from users.models import User

PATH = "/api/v1/public/user-micro-credential"
EVERYONE = ["anonymous", "member", "colleague", "issuer", "admin", "owner", "outsider", "superuser"]
SEES_INACTIVE = {"member", "issuer", "admin", "owner", "superuser"}


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(state=User.State.INACTIVE)
    people.forget()


def test_anyone_reads_the_whole_record_without_a_token(
    anonymous: Caller, member: Caller, record: MicroCredential
) -> None:
    own = member.get(f"/api/v1/user-micro-credential/{record.pk}")

    response = anonymous.get(f"{PATH}/{record.pk}")

    assert (response.status_code, response.json()) == (200, own.json())
    for name in (record.uuid, str(record.uuid).upper()):
        assert anonymous.get(f"{PATH}/{name}").content == response.content
        assert anonymous.get(f"{PATH}/{name}/").content == response.content


@pytest.mark.parametrize("caller", EVERYONE)
def test_a_token_takes_nothing_away(
    request: pytest.FixtureRequest, record: MicroCredential, caller: str
) -> None:
    response = request.getfixturevalue(caller).get(f"{PATH}/{record.uuid}")

    assert (response.status_code, response.json()["id"]) == (200, record.pk)


@pytest.mark.parametrize("caller", EVERYONE)
def test_the_record_of_an_inactive_person_is_for_the_holder_and_the_tenant_s_issuers(
    request: pytest.FixtureRequest, record: MicroCredential, caller: str
) -> None:
    someone: Caller = request.getfixturevalue(caller)
    deactivate(record.holder)

    for name in (record.pk, record.uuid):
        response = someone.get(f"{PATH}/{name}")
        if caller in SEES_INACTIVE:
            assert (response.status_code, response.json()["id"]) == (200, record.pk)
        else:
            assert_problem(response, 403, "person-inactive")
            assert "Welding" not in response.text


def test_an_issuer_of_another_tenant_is_a_stranger(
    acme: Tenant, globex: Tenant, record: MicroCredential
) -> None:
    # Issuer elsewhere, and here no more than a member.
    make_member(acme, "ada")
    elsewhere = sign_in(make_member(globex, "ada", Role.ISSUER))
    deactivate(record.holder)

    assert_problem(elsewhere.get(f"{PATH}/{record.pk}"), 403, "person-inactive")


def test_an_issuer_signed_in_at_another_tenant_is_still_an_issuer_here(
    acme: Tenant, globex: Tenant, record: MicroCredential
) -> None:
    make_member(acme, "ada", Role.ISSUER)
    elsewhere = sign_in(make_member(globex, "ada"))
    deactivate(record.holder)

    assert elsewhere.get(f"{PATH}/{record.pk}").status_code == 200


@pytest.mark.parametrize(
    ("tenant", "scope", "status"),
    [
        ("acme", "micro_credentials:read", 200),
        ("acme", "micro_credentials:write", 200),
        ("acme", "diplomas:write", 403),
        ("globex", "micro_credentials:read", 403),
    ],
)
def test_a_holder_s_api_token_is_the_holder_in_its_tenant_and_scope_only(
    request: pytest.FixtureRequest, acme: Tenant, tenant: str, scope: str, status: int
) -> None:
    holder = make_member(acme, "ada")
    record = micro_credential(acme, holder.user)
    place = request.getfixturevalue(tenant)
    membership = holder if place == acme else make_member(place, "ada")
    caller = with_key(membership, scope)
    deactivate(holder.user)

    assert caller.get(f"{PATH}/{record.pk}").status_code == status


@pytest.mark.parametrize("inactive", [False, True])
@pytest.mark.parametrize(
    "authorization",
    ["Bearer bad", "Bearer", "Api-Token cp_unknown", "Basic YTpi", "bad", "Bearer cp_unknown"],
)
def test_a_bad_token_is_401_here_too(
    record: MicroCredential, authorization: str, inactive: bool
) -> None:
    if inactive:
        deactivate(record.holder)

    for name in (record.pk, record.pk + 1):
        response = Caller(authorization).get(f"{PATH}/{name}")
        assert_problem(response, 401, "invalid-token")
        assert "WWW-Authenticate" in response.headers


def test_what_there_is_not_is_404_before_anything_else(
    anonymous: Caller, member: Caller, acme: Tenant, record: MicroCredential
) -> None:
    gone = micro_credential(acme, member.user, state=MicroCredential.State.ARCHIVED)
    deactivate(record.holder)

    for caller in (anonymous, member):
        for name in (gone.pk, gone.uuid, uuid.uuid4(), 0, 2**63, "nonsense", "%00"):
            assert_problem(caller.get(f"{PATH}/{name}"), 404, "not-found")


def test_a_uuid_of_something_else_is_no_record(anonymous: Caller, acme: Tenant) -> None:
    membership = make_member(acme, "ada")

    for other in (acme.uuid, membership.uuid, membership.user.uuid):
        assert_problem(anonymous.get(f"{PATH}/{other}"), 404, "not-found")


def test_a_suspended_tenant_s_public_records_stay_public(
    acme: Tenant, anonymous: Caller, member: Caller, owner: Caller, record: MicroCredential
) -> None:
    members.set_status(acme, Tenant.Status.SUSPENDED, by=OPERATOR)

    for caller in (anonymous, member, owner):
        assert caller.get(f"{PATH}/{record.pk}").json()["id"] == record.pk
    assert_problem(member.get("/api/v1/user-micro-credentials"), 403, "tenant-suspended")


def test_a_person_who_may_not_sign_in_but_is_active_stays_public(
    anonymous: Caller, record: MicroCredential
) -> None:
    User.objects.filter(pk=record.holder_id).update(is_active=False)

    assert anonymous.get(f"{PATH}/{record.pk}").status_code == 200


def test_a_person_who_goes_inactive_is_gone_for_strangers_at_once_and_comes_back(
    anonymous: Caller, member: Caller, record: MicroCredential
) -> None:
    path, me = f"{PATH}/{record.pk}", "/api/v1/users/me"
    tag = anonymous.get(path).headers["ETag"]

    assert member.patch(me, {"state": 0}).status_code == 200
    hidden = anonymous.get(path, headers={"If-None-Match": tag})
    assert member.patch(me, {"state": 1}).status_code == 200
    back = anonymous.get(path, headers={"If-None-Match": tag})

    assert_problem(hidden, 403, "person-inactive")
    assert "ETag" not in hidden.headers
    assert (back.status_code, back.content) == (304, b"")


def test_a_known_state_is_not_sent_again_and_caches_must_ask(
    anonymous: Caller, member: Caller, record: MicroCredential
) -> None:
    first = anonymous.get(f"{PATH}/{record.pk}")
    asked = {"If-None-Match": first.headers["ETag"]}

    assert anonymous.get(f"{PATH}/{record.uuid}", headers=asked).status_code == 304
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Authorization" in first.headers["Vary"]
    member.patch(f"/api/v1/user-micro-credential/{record.pk}", {"title": "Cooking"})
    changed = anonymous.get(f"{PATH}/{record.pk}", headers=asked)
    assert (changed.status_code, changed.json()["title"]) == (200, "Cooking")


def test_head_answers_like_get_without_a_body(anonymous: Caller, record: MicroCredential) -> None:
    get = anonymous.get(f"{PATH}/{record.pk}")

    head = anonymous.request("head", f"{PATH}/{record.pk}")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]
