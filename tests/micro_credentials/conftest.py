from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants.models import Event, EventContent, Lookup, RowCount, StoredAnswer, Tenant
from tests.conftest import Caller
from tests.factories import micro_credential

WRITTEN = (MicroCredential, Event, EventContent, Lookup, RowCount, StoredAnswer)


@pytest.fixture
def record(acme: Tenant, member: Caller) -> MicroCredential:
    """The member's own."""
    return micro_credential(acme, member.user)


@pytest.fixture
def kept(platform: None) -> Callable[[], Any]:
    """Everything that a write could leave behind, to be compared before and after."""
    return lambda: {
        model.__name__: list(model._base_manager.order_by("pk").values()) for model in WRITTEN
    }
