"""A person's names in JSON that somebody wrote: as values, never as what a value is called."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from credentials.persons.reach import WAITING, things
from tenants.models import Membership
from users.models import User

# Does `said`, a JSON text in lower case, hold one of them? Parameters: those of `wanted`.
IS_IN = """exists (select from unnest({texts}::text[], {patterns}::text[]) as t(text, pattern)
    where position(t.text in {said}) > 0 and {said} ~ t.pattern)"""


def wanted(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Each as JSON has it, whole: the name "Ada" is not found in "Adaptive welding".

    And a pattern of each, as an account may be called "title", "admin", "active" or "welding": the
    names of fields, the words of those that have a choice of them, and what things are called are
    nobody's.
    """
    quoted = [json.dumps(text, ensure_ascii=False).lower() for text in texts]
    fixed = "|".join(sorted(_of_a_choice() | _of_things()))
    # The value itself, or one of a list.
    before = rf'(?<!"(?:{fixed})"\s*:\s*(?:\[[^]]*)?)'
    return quoted, [rf"{before}{re.escape(each)}(?!\s*:)" for each in quoted]


@cache
def _of_a_choice() -> set[str]:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return {str(field.name) for field in fields if field.choices}


@cache
def _of_things() -> set[str]:
    """What is called so in an organization, and in no row that is or may become a person's, though
    their titles and labels may bear the same names.
    """
    named: list[type[models.Model]] = [User, Membership, *WAITING]
    called = {name for model in things() for name in _texts(model)}
    return called - {name for model in named for name in _texts(model)}


def _texts(model: type[models.Model]) -> Iterator[str]:
    for each in model._meta.concrete_fields:
        if isinstance(each, models.CharField | models.TextField | ArrayField):
            yield each.name
