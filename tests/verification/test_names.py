"""Whose name a page shows: by the choice of the tenant, and never an email address."""

import re
from typing import Any

import pytest

from credentials.core.public import holder_name, initials
from credentials.models import Course, MicroCredential
from tenants.models import Tenant
from tests.conftest import Caller
from tests.verification.conftest import Read, choose, make_award
from users.models import User

HOLDER = {"class": "holder"}


@pytest.mark.parametrize(
    ("choices", "name"),
    [
        ({}, "Ada Lovelace"),
        ({"public_name": "full_name"}, "Ada Lovelace"),
        ({"public_name": "initials"}, "A. L."),
        ({"public_name": "none"}, ""),
        # Not ours, however it came there: nothing is shown that might not have been meant.
        ({"public_name": "Initials"}, ""),
        ({"public_name": None}, ""),
        ({"public_name": ["full_name"]}, ""),
    ],
)
def test_name_is_shown_as_the_tenant_chose(
    read: Read,
    anonymous: Caller,
    acme: Tenant,
    record: MicroCredential,
    choices: dict[str, Any],
    name: str,
) -> None:
    choose(acme, **choices)

    page, path = read(record), f"/c/{record.uuid}"

    assert page.texts("p", **HOLDER) == ([f"Recorded by {name}"] if name else [])
    assert page.facts.get("Holder") == (None if name else "Name not shown")
    assert anonymous.get(f"{path}/data").json()["holder"] == (name or None)
    if name != "Ada Lovelace":
        for shown in (anonymous.get(path), anonymous.get(f"{path}/data")):
            assert "Lovelace" not in shown.text
            # As a word: a uuid may have these letters.
            assert not re.search(r"\bada\b", shown.text)


@pytest.mark.parametrize(
    ("choice", "username", "expected"),
    [
        ("full_name", "grace", "grace"),
        ("initials", "grace", "G."),
        ("none", "grace", ""),
        ("full_name", "grace@school.example", ""),
        ("initials", "grace@school.example", ""),
    ],
)
def test_an_award_without_a_member_has_its_username_for_a_name(
    read: Read, acme: Tenant, welding: Course, choice: str, username: str, expected: str
) -> None:
    choose(acme, public_name=choice)

    page = read(make_award(acme, None, welding, username=username))

    assert page.texts("p", **HOLDER) == ([f"Awarded to {expected}"] if expected else [])


def test_a_member_without_a_name_has_their_present_username(
    acme: Tenant, ada: User, welding: Course, read: Read
) -> None:
    award = make_award(acme, ada, welding, username="what_it_was")
    ada.first_name = ada.last_name = ""
    ada.save(update_fields=["first_name", "last_name"])

    assert read(award).texts("p", **HOLDER) == ["Awarded to ada"]


@pytest.mark.parametrize("first_name", ["", "ada@acme.example"])
def test_an_email_address_is_never_a_name(acme: Tenant, first_name: str) -> None:
    person = User(username="ada@acme.example", first_name=first_name)

    assert holder_name(acme, person) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "A. L."),
        ("ada  king   lovelace", "A. K. L."),
        ("Sofía Núñez", "S. N."),
        ("Олена Шевчук", "О. Ш."),  # noqa: RUF001 - Cyrillic
        ("نور الحداد", "ن. ا."),  # noqa: RUF001 - Arabic
        ("健二 田中", "健. 田."),
        ("E\u0301mile Zola", "E\u0301. Z."),
        ("\u200fنور", "ن."),
        ("(Bo) -- O'Hara", "B. O."),
        ("ßen", "SS."),
        ("🦺", ""),
        ("", ""),
    ],
)
def test_initials_are_the_first_letter_of_each_word(name: str, expected: str) -> None:
    assert initials(name) == expected
