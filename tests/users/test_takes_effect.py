"""What one process ends, every other process ends within 5 seconds, access tokens included."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tenants.models import ApiToken, Membership, Role, Tenant
from tests.clock import FIVE_SECONDS, Clock
from tests.conftest import Caller, make_member, sign_in, with_key
from users.models import SignIn, User

LIST = "/api/v1/user-micro-credentials"

# As another process writes them: straight to the database, past every cache of this one.
ENDINGS: dict[str, tuple[Callable[[], Any], int, int]] = {
    # what happens, then the status for a person and for an API token
    "login disabled": (lambda: User.objects.update(is_active=False), 401, 401),
    "signed out": (lambda: SignIn.objects.update(ended_at=timezone.now()), 401, 200),
    "token revoked": (lambda: ApiToken.objects.update(revoked_at=timezone.now()), 200, 401),
    "tenant suspended": (lambda: Tenant.objects.update(status="suspended"), 403, 403),
    "membership ended": (lambda: Membership.objects.update(status="inactive"), 404, 404),
    "role lowered": (lambda: Membership.objects.update(role=Role.MEMBER), 403, 403),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_end_takes_effect_within_5_seconds(
    acme: Tenant, globex: Tenant, member: Caller, clock: Clock, ending: str
) -> None:
    ada = make_member(acme, "ada", Role.ISSUER)
    person, integration = sign_in(ada), with_key(ada)
    # Only an issuer lists what others hold.
    query = {"user_id": member.user.pk}
    for caller in (person, integration):
        assert caller.get(LIST, query).status_code == 200
    happen, for_person, for_integration = ENDINGS[ending]

    happen()
    clock.move(FIVE_SECONDS)

    assert person.get(LIST, query).status_code == for_person
    assert integration.get(LIST, query).status_code == for_integration
