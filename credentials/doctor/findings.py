"""What a look at one part came to."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """`advice`: what to do; blank where nothing is to be done."""

    verdict: Verdict
    text: str
    advice: str = ""


Look = Callable[[], Finding]


def ok(text: str) -> Finding:
    return Finding(Verdict.OK, text)


def warn(text: str, advice: str) -> Finding:
    return Finding(Verdict.WARN, text, advice)


def fail(text: str, advice: str) -> Finding:
    return Finding(Verdict.FAIL, text, advice)


def one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
