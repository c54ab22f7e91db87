"""GET /users/{userId}/diplomas/{id}"""

from credentials.models import Diploma
from tenants.models import Tenant
from tests.answers import assert_problem
from tests.conftest import with_key
from tests.diplomas.conftest import OWN, RECORD, UNKNOWN, Person, of, opened
from tests.factories import diploma, diploma_file


def test_a_diploma_reads_by_id_and_uuid_at_me_and_the_number(member: Person, held: Diploma) -> None:
    answers = [
        member.get(f"{root}/{name}")
        for root in (OWN, of(member.user))
        for name in (held.pk, held.uuid)
    ]

    for response in answers:
        assert response.status_code == 200
        assert list(response.json()) == ["diploma", "presignedUrl"]
        assert list(response.json()["diploma"]) == RECORD
        assert response.json()["diploma"]["id"] == held.pk
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers


def test_the_upload_is_told_of_while_it_is_awaited(
    member: Person, acme: Tenant, held: Diploma
) -> None:
    diploma_file(held)
    assert "uploadUrl" not in member.get(f"{OWN}/{held.pk}").json()

    awaited = diploma_file(held, is_stored=False)

    answer = member.get(f"{OWN}/{held.pk}").json()
    assert opened(answer["uploadUrl"], "PUT") == (acme.uuid, awaited.uuid)
    assert opened(answer["presignedUrl"], "GET") == (acme.uuid, held.uuid)


def test_whoever_may_only_read_is_given_no_address_to_upload_to(
    member: Person, held: Diploma
) -> None:
    membership = member.user.memberships.get()
    reads = with_key(membership, "diplomas:read", name="reads")
    writes = with_key(membership, "diplomas:write", name="writes")
    diploma_file(held, is_stored=False)

    assert list(reads.get(f"{OWN}/{held.pk}").json()) == ["diploma", "presignedUrl"]
    assert "uploadUrl" in writes.get(f"{OWN}/{held.pk}").json()


def test_an_issuer_reads_a_members_and_a_colleague_does_not(
    issuer: Person, colleague: Person, member: Person, held: Diploma
) -> None:
    path = f"{of(member.user)}/{held.pk}"

    assert issuer.get(path).json()["diploma"]["id"] == held.pk
    assert_problem(colleague.get(path), 404, "not-found")


def test_a_diploma_is_below_its_holder_alone(
    acme: Tenant, issuer: Person, member: Person, colleague: Person, held: Diploma
) -> None:
    """Of everybody's, to the issuer too."""
    own = diploma(acme, issuer.user)
    unknown = issuer.get(f"{OWN}/{UNKNOWN}")

    for path in (f"{OWN}/{held.pk}", f"{of(colleague.user)}/{held.pk}", f"{of(member.user)}/0"):
        assert issuer.get(path).content == unknown.content
    assert_problem(unknown, 404, "not-found")
    assert_problem(member.get(f"{OWN}/{own.pk}"), 404, "not-found")
    assert issuer.get(f"{OWN}/{own.pk}").status_code == 200
