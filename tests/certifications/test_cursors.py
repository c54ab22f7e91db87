"""Pages by cursor: nothing twice and nothing missed while others write; a cursor is of one list."""

import base64
import random
import string
from collections.abc import Iterator
from typing import Any

import pytest

from credentials.certifications import changing
from credentials.models import Certification
from tenants.events import OPERATOR
from tenants.models import Role, Tenant
from tests.answers import assert_problem, faults
from tests.certifications.conftest import ORGANIZATION, OWN, TYPES, membership
from tests.conftest import Caller, make_member, sign_in
from tests.factories import certification, certification_type

GLOBEX = "/api/v1/organizations/globex/certifications"


@pytest.fixture
def many(member: Caller, acme: Tenant) -> list[str]:
    """Seven records of the member, newest first."""
    rows = [certification(acme, member.user, external_source="hr") for _ in range(7)]
    return [str(row.uuid) for row in reversed(rows)]


def cursor_of(caller: Caller, path: str = OWN, **query: Any) -> str:
    page = caller.get(path, {"limit": 2, **query}).json()["page"]
    assert page["has_more"] is True
    return str(page["next_cursor"])


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_are_the_whole_in_parts(member: Caller, many: list[str], limit: int) -> None:
    found, cursor, pages = [], None, 0
    while True:
        query = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = member.get(OWN, query).json()
        found += [record["id"] for record in answer["data"]]
        pages += 1
        cursor = answer["page"]["next_cursor"]
        assert answer["page"]["has_more"] is (cursor is not None)
        if cursor is None:
            break

    assert found == many
    # No empty page at the end of a whole number of them.
    assert pages == -(-7 // limit)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("path", [OWN, ORGANIZATION])
def test_paging_while_others_write_gives_nothing_twice_and_misses_nothing(
    path: str, seed: int, acme: Tenant, issuer: Caller
) -> None:
    """Filtered by what archives change, so that rows leave the list as well as enter it."""
    draw = random.Random(f"{path} {seed}")  # noqa: S311 - reproducible, not secret
    rows = {
        str(row.uuid): row
        for row in (certification(acme, issuer.user) for _ in range(draw.randint(5, 25)))
    }
    steadfast, found, cursor = set(rows), [], None
    while True:
        query = {"limit": draw.randint(1, 4), "lifecycle_status": "active"}
        answer = issuer.get(path, query | ({"cursor": cursor} if cursor else {})).json()
        found += [record["id"] for record in answer["data"]]
        if (cursor := answer["page"]["next_cursor"]) is None:
            break
        for _ in range(draw.randint(0, 3)):
            certification(acme, issuer.user)
        for gone in draw.sample(sorted(rows), draw.randint(0, 2)):
            # The row that the cursor names, too.
            gone = draw.choice([gone, found[-1]])
            if gone in rows:
                changing.archive(rows.pop(gone), by=OPERATOR)
                if gone not in found:
                    steadfast.discard(gone)

    assert len(found) == len(set(found))
    assert steadfast <= set(found)
    # What came later stands before the first page; it is for the next reading.
    assert set(found) <= {str(row.uuid) for row in Certification.objects.all()}
    order = list(Certification.objects.order_by("-id").values_list("uuid", flat=True))
    assert found == [str(each) for each in order if str(each) in found]


def test_the_limit_may_change_from_page_to_page(member: Caller, many: list[str]) -> None:
    query = {"limit": 5, "cursor": cursor_of(member)}

    assert [each["id"] for each in member.get(OWN, query).json()["data"]] == many[2:]


def refused(response: Any) -> None:
    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [("/cursor", "invalid")]


def test_a_cursor_of_another_list(
    issuer: Caller, member: Caller, many: list[str], acme: Tenant
) -> None:
    for _ in range(3):
        certification(acme, issuer.user)
        certification_type(acme, slug=f"kind-{_}")
    paths = (OWN, ORGANIZATION, TYPES)
    cursors = {path: cursor_of(issuer, path) for path in paths}

    for path in paths:
        for origin, cursor in cursors.items():
            response = issuer.get(path, {"cursor": cursor})
            if path == origin:
                assert response.status_code == 200
            else:
                refused(response)


def test_a_cursor_of_another_tenant(acme: Tenant, globex: Tenant) -> None:
    caller = sign_in(make_member(acme, "ada", Role.ISSUER))
    make_member(globex, "ada", Role.ISSUER)
    for tenant in (acme, globex):
        for _ in range(3):
            certification(tenant, caller.user)

    refused(caller.get(GLOBEX, {"cursor": cursor_of(caller, ORGANIZATION)}))
    refused(caller.get(ORGANIZATION, {"cursor": cursor_of(caller, GLOBEX)}))


def test_a_cursor_of_other_filters(member: Caller, many: list[str]) -> None:
    plain, narrowed = cursor_of(member), cursor_of(member, external_source="hr")
    other = {"organization_member_id": str(membership(member).uuid)}

    refused(member.get(OWN, {"cursor": plain, "external_source": "hr"}))
    refused(member.get(OWN, {"cursor": narrowed}))
    refused(member.get(OWN, {"cursor": narrowed, "external_source": "hr", **other}))
    again = {"cursor": narrowed, "external_source": "hr", "limit": 3}
    assert member.get(OWN, again).status_code == 200


def test_a_truncated_cursor(member: Caller, many: list[str]) -> None:
    cursor = cursor_of(member)

    for length in range(1, len(cursor)):
        refused(member.get(OWN, {"cursor": cursor[:length]}))


def test_a_cursor_with_a_flipped_bit(member: Caller, many: list[str]) -> None:
    """In what is signed, and in the letters that spell it."""
    cursor = cursor_of(member)
    signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    for bent in flipped(signed):
        refused(member.get(OWN, {"cursor": base64.urlsafe_b64encode(bent).decode().rstrip("=")}))
    for spelled in flipped(cursor.encode()):
        refused(member.get(OWN, {"cursor": spelled.decode("latin-1")}))


def flipped(content: bytes) -> Iterator[bytes]:
    for place in range(len(content)):
        for bit in (1, 4, 32, 128):
            yield content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


def test_the_last_letter_has_one_spelling(member: Caller, many: list[str]) -> None:
    """Some of its bits stand for nothing, and are checked all the same."""
    cursor = cursor_of(member)
    letters = string.ascii_letters + string.digits + "-_"

    taken = [
        letter
        for letter in letters
        if member.get(OWN, {"cursor": cursor[:-1] + letter}).status_code == 200
    ]
    assert taken == [cursor[-1]]


@pytest.mark.parametrize(
    "cursor", ["x", "=", "1", "MQ", "\u0661", "a b", "%00", "../../", "null", "x" * 500]
)
def test_a_cursor_of_nobody_s_making(member: Caller, cursor: str) -> None:
    refused(member.get(OWN, {"cursor": cursor}))


def test_a_cursor_that_is_too_long(member: Caller) -> None:
    response = member.get(OWN, {"cursor": "x" * 501})

    assert faults(response) == [("/cursor", "max_length")]
