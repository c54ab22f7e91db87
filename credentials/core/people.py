"""Endpoints whose path names a person, in one of several spellings."""

from dataclasses import replace

from rest_framework.request import Request

from credentials.core.views import CredentialView
from tenants import idempotency
from tenants.idempotency import Key


class PersonInPathView(CredentialView):
    """The subclass finds out who it is before the request is handled."""

    person_id: int

    def idempotency_key(self, request: Request) -> Key | None:
        """All spellings of a path are one."""
        key = super().idempotency_key(request)
        if key is None:
            return None
        path = f"{key.operation} of {self.person_id}"
        return replace(key, operation=idempotency.operation(path))
