"""Each command of the pages about the API answers as its page shows."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials import demo
from tests.docs.blocks import DOCS, blocks
from tests.docs.comparing import Comparison
from tests.docs.shell import Printed, Shell

PAGES = sorted((DOCS / "api").glob("*.md"))
FAMILIES = {
    "micro-credentials",
    "program-credentials",
    "organization-credentials",
    "certifications",
    "diplomas",
}


def examples(text: str) -> Iterator[tuple[int, str, str]]:
    """Each command of a block, the line on which it begins, and what is shown below it."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        start = at
        assert lines[at].startswith("$ "), lines[at]
        command = lines[at][2:]
        at += 1
        while command.endswith("\\") or not is_whole(command):
            command += f"\n{lines[at]}"
            at += 1
        shown = []
        while at < len(lines) and not lines[at].startswith("$ "):
            shown.append(lines[at])
            at += 1
        yield start, command, "\n".join(shown)


def is_whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return False
    return True


def check(comparison: Comparison, shown: str, printed: Printed) -> None:
    if not printed.head:
        comparison.check(shown, printed.text)
        return
    head, _, body = shown.partition("\n\n")
    first, *headers = head.splitlines()
    assert first == printed.head
    for line in headers:
        name, _, value = line.partition(": ")
        assert comparison.same_text(value, printed.headers[name]) or name == "etag", line
    comparison.check(body, printed.text)


def test_every_family_has_its_page() -> None:
    assert {page.stem for page in PAGES} == {"README", "wallet-and-events", *FAMILIES}


@pytest.mark.django_db(transaction=True)
def test_every_example_answers_as_its_page_shows(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = tmp_path / "files"
    demo.load()
    for page in PAGES:
        shell, comparison = Shell(live_server.url), Comparison()
        ran = 0
        for block in blocks(page):
            if block.language != "console":
                continue
            for line, command, shown in examples(block.text):
                place = f"{page.name}:{block.line + 1 + line}"
                try:
                    check(comparison, shown, shell.run(command))
                except Exception as fault:
                    raise AssertionError(f"{place}: {command}: {fault}") from fault
                ran += 1
        assert ran > 5, page.name


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ('{"a": 1}', '{"a": 2}'),
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": "x"}', '{"a": "y"}'),
        ('{"a": "x…"}', '{"a": "y"}'),
        ('{"a": null}', '{"a": "x"}'),
        ('{"a": "2026-01-15T09:00:00Z"}', '{"a": "2026-01-19T09:00:00Z"}'),
        ("[1, 2]", "[1]"),
        ("", '{"a": 1}'),
        ("Master of Cranes", "Master of Crates"),
    ],
)
def test_another_answer_is_told_from_the_one_that_is_shown(shown: str, told: str) -> None:
    with pytest.raises(AssertionError):
        Comparison().check(shown, told)


def test_one_uuid_of_a_page_is_one_thing() -> None:
    comparison = Comparison()
    page, here, other = (f"{digit * 8}-1111-1111-1111-111111111111" for digit in "123")

    comparison.check(
        f'{{"a": "{page}", "url": "/c/{page}"}}', f'{{"a": "{here}", "url": "/c/{here}"}}'
    )
    with pytest.raises(AssertionError):
        comparison.check(f'{{"a": "{page}"}}', f'{{"a": "{other}"}}')
