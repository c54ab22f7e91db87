"""A crowd of any size, the same each time, made in batches that need not come in one go."""

from datetime import date
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db.models import Model

from credentials.demo import crowd
from credentials.demo.crowd import Crowd
from credentials.models import (
    Assertion,
    Certification,
    Diploma,
    MicroCredential,
    UserCredential,
)
from tenants.models import Event, EventContent, Membership, Role, Tenant
from tests.commands.conftest import answer, call, refusal
from tests.conftest import undone, with_key
from users.models import User

FAMILIES: tuple[type[Model], ...] = (
    *(MicroCredential, UserCredential, Assertion, Certification, Diploma),
)
LATE = {"created_at", "modified_at", "id", "tenant_id", "holder_id", "membership_id"}


def make(size: int, *words: str) -> dict[str, Any]:
    return answer("create_demo_data", "--size", str(size), "--as-of", "2026-06-30", *words)


def rows() -> list[dict[str, Any]]:
    """But for numbers, and when they came."""
    every = [row for model in FAMILIES for row in model._default_manager.order_by("uuid").values()]
    named = ("title_id", "program_id", "definition_id", "certification_type_id", "type_owner")
    return [
        {name: value for name, value in row.items() if name not in LATE | set(named)}
        for row in every
    ]


def test_everybody_has_a_credential_of_every_family(platform: None) -> None:
    told = make(120)

    assert (told["tenant"], told["people"], told["made"]) == ("crowd", 120, 120)
    assert set(told["credentials"].values()) == {120}
    assert [model._default_manager.count() for model in FAMILIES] == [120] * 5
    assert Membership.objects.filter(role=Role.OWNER).count() == 1
    assert UserCredential.objects.filter(status="revoked").exists()
    assert not User.objects.exclude(password="!").exists()
    assert len({(user.first_name, user.last_name) for user in User.objects.all()}) > 100


def test_the_same_numbers_make_the_same_crowd(platform: None) -> None:
    with undone():
        make(30)
        first = rows()
    make(30)

    assert rows() == first


def test_again_it_makes_nothing_and_a_larger_size_what_is_missing(
    platform: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "AT_ONCE", 7)
    with undone():
        make(25)
        whole = rows()
    make(10)

    assert make(10)["made"] == 0
    assert make(25)["made"] == 15
    assert rows() == whole


def test_ended_in_the_middle_it_goes_on(platform: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "AT_ONCE", 5)
    whole, calls = crowd._run, []

    def killed(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 4:
            raise KeyboardInterrupt
        whole(*arguments)

    monkeypatch.setattr(crowd, "_run", killed)
    with pytest.raises(KeyboardInterrupt):
        crowd.make(Crowd("crowd", 20, date(2026, 6, 30)), lambda _: None)
    monkeypatch.setattr(crowd, "_run", whole)
    assert Diploma.objects.count() == 10

    assert make(20)["made"] == 10
    assert Diploma.objects.count() == User.objects.count() == 20


def test_the_history_tells_of_each_and_verifies(platform: None) -> None:
    make(12)

    assert Event.objects.filter(action="created").exclude(object_kind="tenant").count() == 60
    assert EventContent.objects.filter(content__contains="holder_id").count() == 48
    (checked,) = answer("verify_events")["tenants"]
    assert checked["fault_count"] == 0


def test_without_history_there_is_none(platform: None) -> None:
    make(3, "--without-history")

    assert list(Event.objects.values_list("object_kind", flat=True)) == ["tenant"]
    assert Diploma.objects.count() == 3


def test_the_portal_serves_them(platform: None) -> None:
    make(5)
    owner = with_key(Membership.objects.get(role=Role.OWNER))
    root = f"/api/v1/organizations/{Tenant.objects.get().uuid}"

    people = owner.get(f"{root}/organization-members").json()["data"]
    held = owner.get(f"{root}/certifications").json()["data"]

    assert len(people) == len(held) == 5
    record = MicroCredential.objects.first()
    assert record
    assert owner.get(f"/c/{record.uuid}").status_code == 200


def test_what_cannot_be_is_refused(platform: None, settings: Any) -> None:
    for size in ("0", "10000001"):
        assert refusal("create_demo_data", "--size", size) == "--size must be 1 to 10,000,000."
    with pytest.raises(CommandError, match="a day is written"):
        call("create_demo_data", "--size", "1", "--as-of", "yesterday")
    make(1)
    Tenant.objects.update(name="A real organization")
    assert "exists with the name" in refusal("create_demo_data", "--size", "1")
    settings.PRODUCTION = True
    assert refusal("create_demo_data", "--size", "1").startswith(
        "The demo is refused in production"
    )
