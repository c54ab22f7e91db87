"""The cast is made before the test, and committed: as it is for requests that are served."""

import pytest

from tenants import walls
from tenants.models import Role, Tenant
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.together import committed_acme

acme = committed_acme


@pytest.fixture
def callers(acme: Tenant) -> dict[str, Caller]:
    """The key is the holder's, and may do all they may."""
    with walls.platform_work():
        holder = make_member(acme, "holder")
        return {
            "holder": sign_in(holder),
            "issuer": sign_in(make_member(acme, "issuer", Role.ISSUER)),
            "admin": sign_in(make_member(acme, "admin", Role.ADMIN)),
            "key": with_key(holder),
            "anonymous": Caller(),
        }
