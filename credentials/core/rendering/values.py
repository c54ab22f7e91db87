"""The right-hand side of a declaration, said again token by token."""

import re
from collections.abc import Iterable
from typing import Any

from credentials.core.rendering.properties import ARITHMETIC, FUNCTIONS, UNITS

MAX_DEPTH = 8  # of functions in functions
MAX_NUMBER = 10_000
NUMBER = re.compile(r"[-+]?(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})")
WORD = re.compile(r"-?[A-Za-z][A-Za-z0-9-]{0,60}")
COLOR = re.compile(r"[0-9A-Fa-f]{3,8}")
# In a string these say what they are; "<" above all could end the style element.
UNQUOTED = re.compile(r'["\\<>&\x00-\x1f\x7f\ud800-\udfff]')
MAX_STRING_LENGTH = 1000


class Refused(Exception):  # noqa: N818 - a refusal, which the caller turns into silence
    """Something in it is not allowed: the whole is left out."""


def said(tokens: Iterable[Any], depth: int = MAX_DEPTH, *, arithmetic: bool = False) -> str:
    """Raises Refused for any token that is not known to be harmless."""
    if not depth:
        raise Refused
    return "".join(token_said(token, depth, arithmetic) for token in tokens).strip()


def token_said(token: Any, depth: int, arithmetic: bool) -> str:
    match token.type:
        case "whitespace" | "comment":
            return " "
        case "ident" if WORD.fullmatch(token.value):
            return str(token.value)
        case "number" | "percentage" | "dimension":
            return number_said(token)
        case "hash" if COLOR.fullmatch(token.value):
            return f"#{token.value}"
        case "string" if len(token.value) <= MAX_STRING_LENGTH:
            return string_said(token.value)
        case "literal" if token.value in (",/+-*" if arithmetic else ",/"):
            return str(token.value)
        case "function" if token.lower_name in FUNCTIONS:
            inner = arithmetic or token.lower_name in ARITHMETIC
            return f"{token.lower_name}({said(token.arguments, depth - 1, arithmetic=inner)})"
        case "() block" if arithmetic:
            return f"({said(token.content, depth - 1, arithmetic=True)})"
        case "[] block":
            return f"[{words_said(token.content)}]"
    raise Refused


def number_said(token: Any) -> str:
    number = str(token.representation)
    if not NUMBER.fullmatch(number) or abs(token.value) > MAX_NUMBER:
        raise Refused
    match token.type:
        case "percentage":
            return f"{number}%"
        case "dimension" if token.lower_unit in UNITS:
            return f"{number}{token.lower_unit}"
        case "number":
            return number
    raise Refused


def string_said(value: str) -> str:
    return f'"{UNQUOTED.sub(lambda found: f"{chr(92)}{ord(found[0]):x} ", value)}"'


def words_said(tokens: Iterable[Any]) -> str:
    """Names of lines in a grid."""
    words = [token for token in tokens if token.type not in {"whitespace", "comment"}]
    if any(token.type != "ident" or not WORD.fullmatch(token.value) for token in words):
        raise Refused
    return " ".join(token.value for token in words)
