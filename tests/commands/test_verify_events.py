"""verify_events and seal_events: what operators are told, and the exit code."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants import events
from tenants.events import OPERATOR
from tenants.models import Chain, Event, Tenant
from tests.conftest import Caller
from tests.tenants.tampering import tamper

Told = dict[str, Any]


def verify(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Told:
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("verify_events", "--json", *arguments)
        assert ended.value.code == code
    else:
        call_command("verify_events", "--json", *arguments)
    told: Told = json.loads(capsys.readouterr().out)
    return told


def words(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("verify_events", *arguments)
    return capsys.readouterr().out


def test_every_tenant_is_checked(
    acme: Tenant, globex: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    told = verify(capsys)

    heads = {each["tenant"]: each.pop("head") for each in told["tenants"]}
    assert heads == {
        chain.tenant.slug: bytes(chain.head).hex()
        for chain in Chain.objects.select_related("tenant")
    }
    since = {each["tenant"]: each["waited"].pop("since") for each in told["tenants"]}
    assert list(since) == ["acme", "globex"]
    assert all(moment.endswith("Z") for moment in since.values())
    for each in told["tenants"]:
        assert each == {
            "tenant": each["tenant"],
            "events": 1,
            "erased": 0,
            "expected_head_place": None,
            "waited": {"events": 1},
            "unsealed": 0,
            "fault_count": 0,
            "faults": [],
        }
    assert told["fault_count"] == 0
    assert "had waited" not in words(capsys)


def test_a_fault_is_named_and_the_exit_code_is_1(
    acme: Tenant, globex: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("seal_events")
    assert capsys.readouterr().out == "Sealed 2 events.\n"
    event = Event.objects.get(tenant=acme)
    tamper(f"update tenants_event set action = 'forged' where id = {event.pk}")

    assert verify(capsys, "--tenant", "globex")["fault_count"] == 0
    told = verify(capsys, code=1)

    fault = {
        "kind": "changed",
        "text": "the event is not what was sealed",
        "event_id": event.pk,
        "place": 1,
    }
    assert [each["faults"] for each in told["tenants"]] == [[fault], []]
    with pytest.raises(SystemExit):
        words(capsys)
    out = capsys.readouterr().out
    assert "acme: 1 events: 1 FAULTS." in out
    assert f"changed: event {event.pk} at place 1: the event is not what was sealed." in out


def test_erased_is_no_fault(
    acme: Tenant, member: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    event = Event.objects.filter(tenant=acme).earliest("id")
    events.erase(acme.pk, [event.pk], person=member.user, by=OPERATOR)

    assert verify(capsys)["tenants"][0]["erased"] == 1
    assert ", 1 of them erased: no fault." in words(capsys)


def test_a_head_that_was_noted_finds_a_cut_end(
    acme: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = verify(capsys)["tenants"][0]["head"]
    events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)

    expecting = ("--tenant", "acme", "--expect-head")
    assert verify(capsys, *expecting, noted.upper())["tenants"][0]["expected_head_place"] == 1
    assert "The expected head is there: 1 events came after it." in words(capsys, *expecting, noted)
    (each,) = verify(capsys, *expecting, "ab" * 32, code=1)["tenants"]
    assert [fault["kind"] for fault in each["faults"]] == ["cut"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--expect-head", "ab" * 32], "--expect-head needs --tenant"),
        (["--tenant", "acme", "--expect-head", "abc"], "64 hexadecimal digits"),
        (["--tenant", "nobody"], "nobody"),
    ],
)
def test_a_mistake_is_told_in_a_line(acme: Tenant, arguments: list[str], line: str) -> None:
    with pytest.raises(CommandError, match=line):
        call_command("verify_events", *arguments)


def test_sealing_tells_how_many(acme: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seal_events", "--json")
    assert json.loads(capsys.readouterr().out) == {"sealed": 1}
