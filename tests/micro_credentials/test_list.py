"""GET /api/v1/user-micro-credentials"""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from credentials.models import MicroCredential
from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller, make_member, with_key
from tests.factories import micro_credential
from users.models import User

PATH = "/api/v1/user-micro-credentials"
SORTS = ["id", "title", "issued", "expires", "created_time"]


def titles(caller: Caller, **query: object) -> tuple[int, list[str]]:
    """The count and the titles of one page, in its order."""
    response = caller.get(PATH, query)
    assert response.status_code == 200, response.content
    answer = response.json()
    return answer["count"], [record["title"] for record in answer["results"]]


def archived(tenant: Tenant, holder: User, title: str) -> None:
    micro_credential(tenant, holder, title=title, state=MicroCredential.State.ARCHIVED)


def test_an_empty_list_has_the_whole_envelope(member: Caller) -> None:
    response = member.get(PATH)

    assert (response.status_code, response.json()) == (200, {"count": 0, "results": []})
    assert response.headers["Content-Type"] == "application/json"


def test_a_listed_record_is_the_one_that_its_own_address_answers(
    member: Caller, record: MicroCredential
) -> None:
    alone = member.get(f"/api/v1/user-micro-credential/{record.pk}")

    assert member.get(f"{PATH}/").json() == {"count": 1, "results": [alone.json()]}


def test_a_member_sees_only_their_own(
    acme: Tenant, globex: Tenant, member: Caller, colleague: Caller, outsider: Caller
) -> None:
    micro_credential(acme, member.user, title="mine")
    micro_credential(acme, colleague.user, title="theirs")
    micro_credential(globex, outsider.user, title="foreign")

    assert titles(member) == (1, ["mine"])
    assert titles(member, user_id=member.user.pk) == (1, ["mine"])


def test_a_member_may_not_ask_for_somebody_else_s(
    member: Caller, colleague: Caller, acme: Tenant
) -> None:
    micro_credential(acme, colleague.user)

    for somebody in (colleague.user.pk, 0, 2**63 - 1):
        assert_problem(member.get(PATH, {"user_id": somebody}), 403, "forbidden")


@pytest.mark.parametrize("role", ["issuer", "admin", "owner", "superuser"])
def test_issuer_and_above_see_the_tenant_s_and_no_other(
    request: pytest.FixtureRequest,
    acme: Tenant,
    globex: Tenant,
    member: Caller,
    colleague: Caller,
    outsider: Caller,
    role: str,
) -> None:
    caller = request.getfixturevalue(role)
    micro_credential(acme, member.user, title="a member's")
    micro_credential(acme, colleague.user, title="a colleague's")
    micro_credential(globex, outsider.user, title="foreign")

    assert titles(caller) == (2, ["a colleague's", "a member's"])
    assert titles(caller, user_id=member.user.pk) == (1, ["a member's"])
    assert titles(caller, user_id=outsider.user.pk) == (0, [])


@pytest.mark.parametrize("nobody", [0, 2**63 - 1])
def test_a_person_whom_there_is_not_has_no_records(
    acme: Tenant, issuer: Caller, nobody: int
) -> None:
    micro_credential(acme, issuer.user)

    assert titles(issuer, user_id=nobody) == (0, [])


def test_a_person_of_two_tenants_sees_those_of_the_token_s_tenant(
    acme: Tenant, globex: Tenant
) -> None:
    here, there = make_member(acme, "ada"), make_member(globex, "ada")
    micro_credential(acme, here.user, title="at acme")
    micro_credential(globex, there.user, title="at globex")

    assert titles(with_key(here, "micro_credentials:read")) == (1, ["at acme"])
    assert titles(with_key(there, "micro_credentials:write")) == (1, ["at globex"])


def test_pages_follow_each_other_without_a_gap_or_a_repetition(
    acme: Tenant, issuer: Caller
) -> None:
    for number in range(7):
        micro_credential(acme, issuer.user, title=f"{number}")

    pages = [titles(issuer, offset=offset, limit=3) for offset in (0, 3, 6, 7)]

    assert [count for count, _ in pages] == [7, 7, 7, 7]
    assert [page for _, page in pages] == [["6", "5", "4"], ["3", "2", "1"], ["0"], []]
    assert titles(issuer, offset=2**63 - 1, limit=500) == (7, [])


def test_a_page_has_250_records_unless_asked_and_500_at_most(acme: Tenant, issuer: Caller) -> None:
    instant = timezone.now()
    MicroCredential.objects.bulk_create(
        MicroCredential(
            tenant=acme,
            holder_id=issuer.user.pk,
            title=f"{number}",
            issued_at=instant,
            expires_at=instant,
        )
        for number in range(501)
    )

    for query, length in (({}, 250), ({"limit": 500}, 500), ({"limit": 1}, 1)):
        count, page = titles(issuer, **query)
        assert (count, len(page)) == (501, length)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"limit": 0}, ("/limit", "min_value")),
        ({"limit": 501}, ("/limit", "max_value")),
        ({"limit": 2**63}, ("/limit", "max_value")),
        ({"limit": "all"}, ("/limit", "invalid")),
        ({"limit": "1.5"}, ("/limit", "invalid")),
        ({"limit": "9" * 5000}, ("/limit", "max_string_length")),
        ({"offset": -1}, ("/offset", "min_value")),
        ({"offset": 2**63}, ("/offset", "max_value")),
        ({"offset": "\x00"}, ("/offset", "invalid")),
        ({"user_id": 2**63}, ("/user_id", "max_value")),
        ({"user_id": -1}, ("/user_id", "min_value")),
        ({"user_id": "me"}, ("/user_id", "invalid")),
        ({"sort_field": "tenant_id"}, ("/sort_field", "invalid_choice")),
        ({"sort_field": "id; drop table users_user"}, ("/sort_field", "invalid_choice")),
        ({"sort_order": "asc"}, ("/sort_order", "invalid_choice")),
        ({"sort_order": "DESC, 1"}, ("/sort_order", "invalid_choice")),
        ({"search": "a\x00b"}, ("/search", "null_characters_not_allowed")),
        ({"search": "x" * 201}, ("/search", "max_length")),
    ],
)
def test_a_query_out_of_bounds_is_refused_at_its_name(
    issuer: Caller, query: dict[str, object], fault: tuple[str, str]
) -> None:
    response = issuer.get(PATH, query)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [fault]


def test_every_fault_of_a_query_is_named_at_once(issuer: Caller) -> None:
    response = issuer.get(PATH, {"limit": 501, "offset": -1, "sort_order": "UP", "user_id": "x"})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [
        ("/limit", "max_value"),
        ("/offset", "min_value"),
        ("/sort_order", "invalid_choice"),
        ("/user_id", "invalid"),
    ]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize("field", SORTS)
def test_a_list_is_sorted_by_the_field_and_then_by_id(
    acme: Tenant, issuer: Caller, field: str, order: str
) -> None:
    for title, year in (("b", 2001), ("a", 2003), ("c", 2002), ("a", 2003), ("b", 2001)):
        instant = datetime(year, 1, 1, tzinfo=UTC)
        later = datetime(2030 - year % 10, 1, 1, tzinfo=UTC)
        micro_credential(acme, issuer.user, title=title, issued_at=instant, expires_at=later)

    answer = issuer.get(PATH, {"sort_field": field, "sort_order": order}).json()

    keys = [(record[field], record["id"]) for record in answer["results"]]
    assert len(keys) == 5
    assert keys == sorted(keys, reverse=order == "DESC")


def test_without_a_word_the_newest_comes_first(acme: Tenant, issuer: Caller) -> None:
    for title in ("first", "second", "third"):
        micro_credential(acme, issuer.user, title=title)

    assert titles(issuer) == (3, ["third", "second", "first"])
    assert titles(issuer, sort_order="ASC") == (3, ["first", "second", "third"])


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("weld", ["Welding"]),
        ("WELD", ["Welding"]),
        ("école", ["ÉCOLE de cuisine"]),
        ("ДЕЛО", ["дело"]),
        ("%", ["100% linen"]),
        ("0% l", ["100% linen"]),
        ("_", ["snake_case"]),
        ("e_c", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("k\\s", ["back\\slash"]),
        ("\\%", []),
        ("'", ["it's"]),
        ('"', ['a "quoted" one']),
        ("' or 1=1 --", []),
        ("%s", []),
        ("  ", ["two  spaces"]),
        ("👩🏽‍🔧", ["👩🏽‍🔧"]),
        ("nothing like it", []),
    ],
)
def test_a_search_finds_its_text_in_titles_whatever_the_case(
    acme: Tenant, issuer: Caller, search: str, found: list[str]
) -> None:
    for title in (
        *("Welding", "ÉCOLE de cuisine", "дело", "100% linen", "snake_case", "back\\slash"),
        *("it's", 'a "quoted" one', "two  spaces", "👩🏽‍🔧"),
    ):
        micro_credential(acme, issuer.user, title=title, website_url="https://nothing.example")

    assert titles(issuer, search=search) == (len(found), found)


def test_an_empty_search_finds_all(acme: Tenant, issuer: Caller) -> None:
    micro_credential(acme, issuer.user, title="Welding")

    assert titles(issuer, search="") == (1, ["Welding"])


def test_a_member_s_search_stays_among_their_own(
    acme: Tenant, member: Caller, colleague: Caller
) -> None:
    micro_credential(acme, member.user, title="Welding I")
    micro_credential(acme, colleague.user, title="Welding II")

    assert titles(member, search="welding") == (1, ["Welding I"])


def test_the_count_is_of_all_that_match_not_of_the_page(
    acme: Tenant, member: Caller, colleague: Caller, issuer: Caller
) -> None:
    for holder, title in ((member, "Welding"), (member, "Cooking"), (colleague, "Welding")):
        for _ in range(2):
            micro_credential(acme, holder.user, title=title)

    mine = {"user_id": member.user.pk}
    assert titles(issuer, limit=1)[0] == 6
    assert titles(issuer, limit=1, **mine)[0] == 4
    assert titles(issuer, limit=1, search="weld")[0] == 4
    assert titles(issuer, limit=1, search="weld", offset=9, **mine) == (2, [])
    assert titles(member, limit=1)[0] == 4


def test_archived_records_are_neither_listed_nor_counted(
    acme: Tenant, member: Caller, issuer: Caller
) -> None:
    micro_credential(acme, member.user, title="Welding")
    archived(acme, member.user, "Welding, withdrawn")

    for caller in (member, issuer):
        assert titles(caller) == (1, ["Welding"])
        assert titles(caller, search="weld") == (1, ["Welding"])
        assert titles(caller, user_id=member.user.pk) == (1, ["Welding"])


def test_an_unchanged_list_is_not_sent_again(acme: Tenant, member: Caller) -> None:
    micro_credential(acme, member.user)
    tag = member.get(PATH).headers["ETag"]

    assert member.get(PATH, headers={"If-None-Match": tag}).status_code == 304
    micro_credential(acme, member.user)
    assert member.get(PATH, headers={"If-None-Match": tag}).status_code == 200


def test_a_list_needs_a_token_and_its_scope(acme: Tenant, anonymous: Caller) -> None:
    stranger_to_the_family = with_key(make_member(acme, "ada"), "diplomas:read")

    assert_problem(anonymous.get(PATH), 401, "unauthorized")
    assert_problem(stranger_to_the_family.get(PATH), 403, "missing-scope")
