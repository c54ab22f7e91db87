from collections.abc import Callable
from typing import Any

import pytest

from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Tenant
from tests.commands.conftest import answer, call, refusal

ACME = ("create_tenant", "--slug", "acme", "--name", "Acme · Ünï")


def test_it_answers_with_the_new_tenant_and_writes_one_event(platform: None) -> None:
    told = answer(*ACME)

    tenant = Tenant.objects.get()
    assert told == {
        "id": tenant.pk,
        "uuid": str(tenant.uuid),
        "slug": "acme",
        "name": "Acme · Ünï",
    }
    event = Event.objects.get()
    assert (event.action, event.object_kind, event.actor_kind) == ("created", "tenant", "operator")
    assert (event.tenant_id, event.object_id) == (tenant.pk, tenant.pk)


def test_the_same_call_again_changes_nothing_and_answers_the_same(platform: None) -> None:
    told = answer(*ACME)

    assert answer(*ACME) == told
    assert (Tenant.objects.count(), Event.objects.count()) == (1, 1)


def test_without_json_it_says_so_in_words(platform: None) -> None:
    printed = call(*ACME)

    assert printed == f"Tenant acme (Acme · Ünï) has the id {Tenant.objects.get().pk}.\n"


def test_another_name_for_a_known_slug_is_refused_and_the_name_stays(platform: None) -> None:
    answer(*ACME)

    line = refusal("create_tenant", "--slug", "acme", "--name", "Apex")

    assert line == (
        "The tenant 'acme' exists with the name 'Acme · Ünï';"
        " give that name, or choose another slug."
    )
    assert Tenant.objects.get().name == "Acme · Ünï"


@pytest.mark.parametrize(
    ("slug", "name", "line"),
    [
        ("Ac me", "Acme", "slug: Use a-z, 0-9 and hyphens."),
        ("-", " \t", "slug: Use a-z, 0-9 and hyphens. name: This field cannot be blank."),
        ("acme", "a\0b", "--name must be valid UTF-8 text."),
        ("acme", "a\udcffb", "--name must be valid UTF-8 text."),
        (
            "acme",
            "n" * 256,
            "name: Ensure this value has at most 255 characters (it has 256).",
        ),
    ],
)
def test_bad_input_is_named_all_at_once_and_nothing_is_made(
    platform: None, slug: str, name: str, line: str
) -> None:
    assert refusal("create_tenant", "--slug", slug, "--name", name) == line
    assert not Tenant.objects.exists()


def test_of_two_calls_at_once_one_makes_it_and_both_answer_the_same(
    first: Callable[[Callable[[], Any]], None],
) -> None:
    first(lambda: members.create_tenant(slug="acme", name="Acme · Ünï", by=OPERATOR))

    told = answer(*ACME)

    with walls.platform_work():
        assert told["id"] == Tenant.objects.get().pk
        assert Event.objects.count() == 1
