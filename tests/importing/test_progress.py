"""A bar for people at a terminal; nothing for anybody else."""

import os
import pty
import sys
from typing import Any

import pytest

from credentials.core.importing import progress


def shown(monkeypatch: pytest.MonkeyPatch, *, is_wanted: bool) -> str:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with progress.bar("Applying", 2_000, is_wanted=is_wanted) as advance:
            advance(1_000)
            advance(1_000)
        # Something to read in any case.
        terminal.write("end")
    text = b""
    # A terminal hands over what has arrived by now, not all that was written.
    while not text.endswith(b"end"):
        text += os.read(ours, 65_536)
    os.close(ours)
    return text.decode()


def test_at_a_terminal_a_bar_counts_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, is_wanted=True)

    assert "Applying" in text
    assert "2000/2000" in text


def test_nothing_is_shown_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, is_wanted=False) == "end"


def test_nothing_is_shown_where_nobody_looks(capsys: Any) -> None:
    with progress.bar("Applying", 2, is_wanted=True) as advance:
        advance(2)

    assert capsys.readouterr().err == ""
