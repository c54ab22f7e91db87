"""GET /api/v1/user-micro-credential/{id}"""

import uuid

import pytest

from credentials.models import MicroCredential
from tenants.models import Membership, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential

PATH = "/api/v1/user-micro-credential"


def test_the_holder_reads_the_whole_record(member: Caller, record: MicroCredential) -> None:
    response = member.get(f"{PATH}/{record.pk}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    answer = response.json()
    assert answer == {
        "id": record.pk,
        "uuid": str(record.uuid),
        "tenant_id": record.tenant_id,
        "user_id": member.user.pk,
        "title": "Welding, basic level",
        "issued": "2024-03-01T09:00:00Z",
        "expires": "2027-03-01T09:00:00Z",
        "website_url": "",
        "state": 1,
        "created_time": answer["created_time"],
        "modified_time": answer["modified_time"],
    }


def test_a_record_has_an_integer_and_a_uuid_and_both_spellings_of_its_path(
    member: Caller, record: MicroCredential
) -> None:
    expected = member.get(f"{PATH}/{record.pk}").content

    for name in (record.uuid, str(record.uuid).upper()):
        assert member.get(f"{PATH}/{name}").content == expected
        assert member.get(f"{PATH}/{name}/").content == expected
    assert member.get(f"{PATH}/{record.pk}/").content == expected
    for other in (record.uuid.hex, f"{{{record.uuid}}}", f"0{record.pk}"):
        assert member.get(f"{PATH}/{other}").status_code == 404


@pytest.mark.parametrize("role", ["issuer", "admin", "owner", "superuser"])
def test_issuer_and_above_read_a_member_s_record(
    request: pytest.FixtureRequest, record: MicroCredential, role: str
) -> None:
    caller = request.getfixturevalue(role)

    response = caller.get(f"{PATH}/{record.pk}")

    assert (response.status_code, response.json()["id"]) == (200, record.pk)


def test_another_member_of_the_tenant_is_refused(
    colleague: Caller, record: MicroCredential
) -> None:
    assert_problem(colleague.get(f"{PATH}/{record.pk}"), 403, "forbidden")
    assert_problem(colleague.get(f"{PATH}/{record.uuid}"), 403, "forbidden")


def test_without_a_token_even_an_unknown_record_is_401(
    anonymous: Caller, record: MicroCredential
) -> None:
    for name in (record.pk, record.pk + 1, "nonsense"):
        response = anonymous.get(f"{PATH}/{name}")
        assert_problem(response, 401, "unauthorized")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_another_family_is_told_the_scope_it_lacks(
    acme: Tenant, record: MicroCredential
) -> None:
    membership = Membership.objects.get(tenant=acme, user_id=record.holder_id)

    refused = with_key(membership, "diplomas:write").get(f"{PATH}/{record.pk}")
    allowed = with_key(membership, "micro-credentials:read", name="b").get(f"{PATH}/{record.pk}")

    assert_problem(refused, 403, "missing-scope")
    assert "micro_credentials:read" in refused.json()["detail"]
    assert allowed.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "0",
        "-1",
        "1.0",
        "1e3",
        str(2**63 - 1),
        str(2**63),
        "9" * 400,
        "%31%00",
        "%00",
        "\u0661",  # a digit, but not an ASCII one
        "%ff",
        "null",
        "00000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-00000000000g",
        "' or 1=1 --",
        "..%2f..%2fusers%2fme",
    ],
)
def test_a_name_of_no_record_is_404(member: Caller, record: MicroCredential, name: str) -> None:
    unknown = member.get(f"{PATH}/{record.pk + 1}")

    response = member.get(f"{PATH}/{name}")

    assert_problem(response, 404, "not-found")
    assert response.json() == unknown.json()


def test_an_archived_record_is_as_unknown_to_everyone_as_one_that_never_was(
    acme: Tenant, member: Caller, issuer: Caller, owner: Caller, superuser: Caller
) -> None:
    gone = micro_credential(acme, member.user, state=MicroCredential.State.ARCHIVED)
    never = member.get(f"{PATH}/{uuid.uuid4()}")

    for caller in (member, issuer, owner, superuser):
        for name in (gone.pk, gone.uuid):
            response = caller.get(f"{PATH}/{name}")
            assert_problem(response, 404, "not-found")
            assert response.content == never.content


def test_an_unchanged_record_is_not_sent_again(member: Caller, record: MicroCredential) -> None:
    path = f"{PATH}/{record.pk}"
    tag = member.get(path).headers["ETag"]

    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = member.get(path, headers={"If-None-Match": asked})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag
        assert "private" in response.headers["Cache-Control"]
    for asked in ('"other"', "", "nonsense"):
        assert member.get(path, headers={"If-None-Match": asked}).status_code == 200


def test_a_changed_record_has_another_tag(member: Caller, record: MicroCredential) -> None:
    path = f"{PATH}/{record.pk}"
    tag = member.get(path).headers["ETag"]

    member.patch(path, {"title": "Welding, advanced"})
    response = member.get(path, headers={"If-None-Match": tag})

    assert response.status_code == 200
    assert response.headers["ETag"] != tag
    assert response.json()["title"] == "Welding, advanced"


def test_a_tag_opens_nothing_to_those_who_may_not_read(
    member: Caller, colleague: Caller, outsider: Caller, anonymous: Caller, record: MicroCredential
) -> None:
    tag = {"If-None-Match": member.get(f"{PATH}/{record.pk}").headers["ETag"]}

    for caller, status in ((colleague, 403), (outsider, 404), (anonymous, 401)):
        assert caller.get(f"{PATH}/{record.pk}", headers=tag).status_code == status


def test_a_person_of_two_tenants_reads_each_with_that_tenant_s_token(
    acme: Tenant, globex: Tenant
) -> None:
    here, there = make_member(acme, "ada"), make_member(globex, "ada")
    record = micro_credential(globex, there.user)

    assert with_key(there).get(f"{PATH}/{record.pk}").status_code == 200
    assert_problem(with_key(here).get(f"{PATH}/{record.pk}"), 404, "not-found")
