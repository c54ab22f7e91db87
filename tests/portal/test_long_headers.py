"""Headers that are legal and absurd: they cost nothing."""

import time

import pytest

from credentials_portal.etags import matches, parsed
from credentials_portal.json_format import is_deeper


@pytest.mark.parametrize("header", ["," * 120_000, '"a",' * 30_000, '"' * 120_000])
def test_tags_without_end_are_none(header: str) -> None:
    started = time.process_time()

    assert parsed(header) == []
    assert not matches(header, '"a"')
    assert time.process_time() - started < 0.1


def test_the_tag_is_found_among_as_many_as_anybody_keeps() -> None:
    tags = [f'"{number:032x}"' for number in range(100)]

    assert matches(", ".join(tags), tags[-1])


def nested(depth: int, innermost: object) -> object:
    for place in range(depth):
        innermost = {"a": innermost} if place % 2 else [innermost]
    return innermost


@pytest.mark.parametrize(
    ("depth", "innermost", "is_too_deep"),
    [
        (100, 1, False),
        (101, 1, True),
        (100, [], True),
        (99, [], False),
        (100, "[" * 200, False),
    ],
)
def test_a_body_has_100_levels_and_no_more(
    depth: int, innermost: object, is_too_deep: bool
) -> None:
    assert is_deeper(nested(depth, innermost), 100) is is_too_deep


def test_empty_lists_are_looked_at_once() -> None:
    body: dict[str, list[list[object]]] = {"name": [[] for _ in range(200_000)]}
    started = time.process_time()

    assert not is_deeper(body, 100)
    assert time.process_time() - started < 1
