"""A person's names in JSON that somebody wrote: as values, never as what a value is called."""

import json
import re
from collections.abc import Iterable
from functools import cache

from django.apps import apps

# Does `said`, a JSON text in lower case, hold one of them? Parameters: those of `wanted`.
IS_IN = """exists (select from unnest({texts}::text[], {patterns}::text[]) as t(text, pattern)
    where position(t.text in {said}) > 0 and {said} ~ t.pattern)"""


def wanted(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Each as JSON has it, whole: the name "Ada" is not found in "Adaptive welding".

    And a pattern of each, as an account may be called "title", "admin" or "active": the names of
    fields, and the words of those that have a choice of them, are nobody's.
    """
    quoted = [json.dumps(text, ensure_ascii=False).lower() for text in texts]
    fixed = "|".join(_of_a_choice())
    return quoted, [rf'(?<!"(?:{fixed})"\s*:\s*){re.escape(each)}(?!\s*:)' for each in quoted]


@cache
def _of_a_choice() -> list[str]:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return sorted({str(field.name) for field in fields if field.choices})
