"""GET …/: the organization's definitions, by pages."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from credentials.models import CredentialDefinition, IssuerProfile
from tenants.models import Tenant
from tests.answers import assert_problem, faults
from tests.conftest import Caller
from tests.factories import definition, issuer_profile
from tests.organization_credentials.conftest import ISSUERS, LIST, at, listed, result

LITERAL = [
    *(
        "100%",
        "a_b",
        "back\\slash",
        "it's",
        '"quoted"',
        "{}",
        "$1",
        ":x",
        "%s",
        "--",
        "😀",
        "Ünder",
    ),
]


def names(response: Any) -> list[str]:
    return [record["name"] for record in listed(response)]


def test_public_ones_of_the_organization_newest_first(
    member: Caller, acme: Tenant, globex: Tenant
) -> None:
    rows = [definition(acme, name=f"{n}") for n in range(3)]
    definition(acme, name="private", is_public=False)
    definition(globex, name="foreign")

    page = result(member.get(LIST))

    assert [record["name"] for record in page.pop("data")] == ["2", "1", "0"]
    assert page == {
        "next": None,
        "previous": None,
        "count": 3,
        "num_pages": 1,
        "page_number": 1,
        "max_page_size": 100,
    }
    assert listed(member.get(LIST))[2] == result(member.get(at(rows[0].uuid)))


def test_private_ones_are_shown_to_the_admin_who_asks_for_them(
    admin: Caller, issuer: Caller, acme: Tenant
) -> None:
    definition(acme, name="public")
    definition(acme, name="private", is_public=False)

    assert names(admin.get(LIST)) == ["public"]
    assert names(admin.get(LIST, {"include_private": "False"})) == ["public"]
    for word in ("true", "True", "TRUE"):
        assert names(admin.get(LIST, {"include_private": word})) == ["private", "public"]
    assert_problem(issuer.get(LIST, {"include_private": "true"}), 403, "forbidden")
    assert names(issuer.get(LIST, {"include_private": "false"})) == ["public"]


@pytest.mark.parametrize("kind", ["definitions", "issuers"])
def test_pages_follow_each_other_and_keep_the_query(
    member: Caller, acme: Tenant, school: IssuerProfile, kind: str
) -> None:
    make = definition if kind == "definitions" else issuer_profile
    for n in range(7):
        make(acme, name=f"W {n} & %")
    path = LIST if kind == "definitions" else ISSUERS
    query = {"page_size": 3, "search": "w", "course": "", "unknown": "é"}

    seen, address = [], f"{path}?page_size=3&search=w+&course=&unknown=%C3%A9"
    assert names(member.get(path, query))
    while address:
        page = result(member.get(address))
        seen.append([record["name"] for record in page["data"]])
        assert (page["count"], page["num_pages"], page["page_number"]) == (7, 3, len(seen))
        address = page["next"]
        if address:
            asked = parse_qs(urlsplit(address).query, keep_blank_values=True)
            assert asked == {
                "page_size": ["3"],
                "search": ["w "],
                "course": [""],
                "unknown": ["é"],
                "page": [str(len(seen) + 1)],
            }
            assert address.startswith(f"http://testserver{path}?")
    assert seen == [[f"W {n} & %" for n in part] for part in ((6, 5, 4), (3, 2, 1), (0,))]
    back = result(member.get(page["previous"]))
    assert [record["name"] for record in back["data"]] == seen[1]
    assert result(member.get(back["previous"]))["previous"] is None


@pytest.mark.parametrize("path", [LIST, ISSUERS, at("assertions", "")])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        *(
            ({"page": page}, 400)
            for page in ("0", "-1", "abc", " ", "1.0", "1e3", "\uff11", "9" * 30)
        ),
        *(({"page": page}, 404) for page in ("2", str(10**9), str(9 * 10**15))),
        *(({"page_size": size}, 400) for size in ("0", "-1", "x", "+1", "9" * 5000)),
        *(({"page_size": size}, 200) for size in ("", "1", "100", "101", "1000", "9" * 30)),
    ],
)
def test_page_and_size_are_whole_numbers_and_a_page_past_the_end_is_not_there(
    member: Caller, path: str, query: dict[str, str], status: int
) -> None:
    response = member.get(path, query)

    assert response.status_code == status
    if status == 400:
        assert [pointer for pointer, _ in faults(response)] == [f"/{next(iter(query))}"]
    if status == 404:
        assert_problem(response, 404, "not-found")


def test_page_of_more_than_100_is_one_of_100(member: Caller, acme: Tenant) -> None:
    school = issuer_profile(acme)
    for _ in range(101):
        definition(acme, issuer=school)

    for size in ("100", "1000"):
        page = result(member.get(LIST, {"page_size": size}))
        assert (len(page["data"]), page["num_pages"], page["count"]) == (100, 2, 101)
        assert len(listed(member.get(page["next"]))) == 1
    assert len(listed(member.get(LIST))) == 10


@pytest.mark.parametrize("field", ["name", "description"])
@pytest.mark.parametrize("text", LITERAL)
def test_search_takes_every_character_as_it_is(
    member: Caller, acme: Tenant, field: str, text: str
) -> None:
    found = definition(acme, **({"name": "Welder"} | {field: f"x{text}y"}))
    definition(acme, name="100x a-b backslash its quoted", description="other")

    for asked in (text, text.upper(), text.lower()):
        assert [each["entity_id"] for each in listed(member.get(LIST, {"search": asked}))] == [
            str(found.uuid)
        ]


def test_search_and_the_other_filters_all_hold(
    member: Caller, acme: Tenant, globex: Tenant, school: IssuerProfile
) -> None:
    both = definition(acme, name="Both", courses=["c", "d"], programs=["p"])
    definition(acme, name="Course", courses=["c"])
    definition(acme, name="Program", programs=["c", "p"])
    definition(acme, name="Gone", courses=["c"], is_public=False)
    definition(globex, name="Foreign", courses=["c"], programs=["p"])

    for query, expected in (
        ({"course": "c"}, ["Course", "Both"]),
        ({"program": "p"}, ["Program", "Both"]),
        ({"program": "c"}, ["Program"]),
        ({"course": "c", "program": "p"}, ["Both"]),
        ({"course": "c", "search": "o"}, ["Course", "Both"]),
        ({"course": "c", "search": "ot"}, ["Both"]),
        # Names are compared to the byte.
        *(({"course": other}, []) for other in ("C", " c", "c ", " ", "c%", "_", "e")),
    ):
        assert names(member.get(LIST, query)) == expected, query
    CredentialDefinition.objects.filter(pk=both.pk).update(deleted_at=both.created_at)
    assert names(member.get(LIST, {"course": "d"})) == []


@pytest.mark.parametrize("name", ["search", "course", "program", "recipient"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 256, "max_length"),
        ("x" * 10_000, "max_length"),
        ("a\0b", "null_characters_not_allowed"),
    ],
)
def test_too_long_a_text_and_nul_are_refused(
    member: Caller, name: str, text: str, code: str
) -> None:
    path = at("assertions", "") if name == "recipient" else LIST

    response = member.get(path, {name: text})

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == [(f"/{name}", code)]


@pytest.mark.parametrize("name", ["include_private", "include_revoked", "include_expired"])
@pytest.mark.parametrize("word", [" ", "1", "yes", "truE ", "null", "\uff54rue"])
def test_flags_are_true_or_false(admin: Caller, name: str, word: str) -> None:
    path = LIST if name == "include_private" else at("assertions", "")

    response = admin.get(path, {name: word})

    assert_problem(response, 400, "invalid-input")
    assert [pointer for pointer, _ in faults(response)] == [f"/{name}"]


def test_unchanged_list_is_not_sent_again(member: Caller, acme: Tenant) -> None:
    known = {"If-None-Match": member.get(LIST).headers["ETag"]}

    assert member.get(LIST, headers=known).status_code == 304

    definition(acme)
    assert len(listed(member.get(LIST, headers=known))) == 1
