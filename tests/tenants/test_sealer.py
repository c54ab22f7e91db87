"""While a portal is served, events are sealed by themselves."""

import logging
import time

import pytest

from credentials_portal import sealer
from tenants import events, members, sealing, walls
from tenants.events import OPERATOR
from tenants.models import Event, Seal, Tenant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(db: None, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setattr(sealer, "PAUSE", 0.01)
    with walls.platform_work():
        return members.create_tenant(slug="acme", name="Acme", by=OPERATOR)


def wait_until_all_are_sealed() -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with walls.platform_work():
            if Seal.objects.count() == Event.objects.count():
                return
    raise AssertionError("Not sealed in time.")


def test_what_is_written_is_sealed_soon(acme: Tenant) -> None:
    with sealer.at_work():
        wait_until_all_are_sealed()
        with walls.platform_work():
            events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)
        wait_until_all_are_sealed()


def test_a_failure_is_logged_and_does_not_end_it(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seal_all, failures = sealing.seal_all, iter(["the database is away"])

    def fail_once() -> int:
        for failure in failures:
            raise RuntimeError(failure)
        return seal_all()

    monkeypatch.setattr(sealing, "seal_all", fail_once)
    with caplog.at_level(logging.ERROR), sealer.at_work():
        wait_until_all_are_sealed()

    assert [record.message for record in caplog.records] == [
        "Events could not be sealed; trying again."
    ]


def test_it_ends_with_what_it_is_beside(acme: Tenant) -> None:
    with sealer.at_work():
        wait_until_all_are_sealed()
    with walls.platform_work():
        events.record("seen", acme, tenant_id=acme.pk, by=OPERATOR)

    with walls.platform_work():
        assert Seal.objects.count() == Event.objects.count() - 1
