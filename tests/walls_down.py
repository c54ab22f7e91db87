"""Each of the first two walls between tenants, switched off."""

from typing import Any

import pytest

from credentials.core.records import Filter
from credentials.core.views import CredentialView
from tenants import walls

# Of a tenant's own, and of those that it shares with the platform.
NAMES_TENANT = ("r.tenant_id = %s", "r.owner in (0, %s)")


def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """All work is platform work: row-level security hides nothing."""
    monkeypatch.setattr(walls, "tenant", lambda tenant_id: walls.PLATFORM)


def first(monkeypatch: pytest.MonkeyPatch, *views: type[CredentialView]) -> None:
    """Queries forget to name the tenant."""
    also = Filter.also

    def careless(self: Filter, condition: str, *parameters: Any) -> Filter:
        if condition in NAMES_TENANT:
            return also(self, "true")
        return also(self, condition, *parameters)

    monkeypatch.setattr(Filter, "also", careless)
    for view in views:
        monkeypatch.setattr(view, "queryset", Careless(view.queryset))


class Careless:
    def __init__(self, queryset: Any) -> None:
        self.queryset = queryset

    def filter(self, **conditions: Any) -> Any:
        del conditions["tenant_id"]
        return self.queryset.filter(**conditions)
