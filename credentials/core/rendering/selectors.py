"""To whom a style rule applies, said again: elements, classes, ids and their order."""

import re
from collections.abc import Iterable
from typing import Any

from credentials.core.rendering.properties import COUNTED, FEATURES, MEDIA, STATES
from credentials.core.rendering.values import Refused, said

MAX_TOKENS = 200  # of a list of selectors
NAME = re.compile(r"-?[^\W\d][\w-]{0,99}")
NTH = re.compile(r"even|odd|[+-]?\d{0,4}n(?:\s?[+-]\s?\d{1,4})?|[+-]?\d{1,4}")
COMBINATORS = frozenset("*>+~,.:")


def selector_said(tokens: list[Any]) -> str:
    """Raises Refused. What makes no sense is left to the browser, which skips it."""
    if len(tokens) > MAX_TOKENS:
        raise Refused
    selector = "".join(part_said(before, token) for before, token in pairs(tokens)).strip()
    if not selector:
        raise Refused
    return selector


def part_said(before: Any, token: Any) -> str:
    after_colon = before == ":"
    match token.type:
        case "whitespace" | "comment":
            return " "
        case "ident" if after_colon and token.lower_value in STATES:
            return str(token.lower_value)
        case "ident" if not after_colon and NAME.fullmatch(token.value):
            return str(token.value)
        case "hash" if NAME.fullmatch(token.value):
            return f"#{token.value}"
        case "literal" if token.value in COMBINATORS:
            return str(token.value)
        case "function" if after_colon and token.lower_name in COUNTED:
            return f"{token.lower_name}({nth_said(token.arguments)})"
    raise Refused


def pairs(tokens: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    before = None
    for token in tokens:
        yield before, token
        before = token


def nth_said(tokens: Iterable[Any]) -> str:
    parts = []
    for token in tokens:
        match token.type:
            case "whitespace" | "comment":
                parts.append(" ")
            case "ident" | "literal":
                parts.append(token.value)
            case "number":
                parts.append(token.representation)
            case "dimension":
                parts.append(f"{token.representation}{token.unit}")
            case _:
                raise Refused
    formula = " ".join("".join(parts).lower().split())
    if not NTH.fullmatch(formula):
        raise Refused
    return formula


def media_said(tokens: Iterable[Any]) -> str:
    """`print`, or widths and the like joined by `and`."""
    parts = []
    for token in tokens:
        match token.type:
            case "whitespace" | "comment":
                parts.append(" ")
            case "ident" if token.lower_value in MEDIA:
                parts.append(token.lower_value)
            case "literal" if token.value == ",":
                parts.append(",")
            case "() block":
                parts.append(f"({feature_said(token.content)})")
            case _:
                raise Refused
    return "".join(parts).strip()


def feature_said(tokens: Iterable[Any]) -> str:
    match [token for token in tokens if token.type not in {"whitespace", "comment"}]:
        case [name, colon, *value] if name.type == "ident" and colon == ":" and value:
            if name.lower_value in FEATURES:
                return f"{name.lower_value}: {said(value)}"
    raise Refused
