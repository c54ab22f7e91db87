"""Request limits per user, API token or anonymous address."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from credentials_portal.middleware import client_address

logger = logging.getLogger("credentials_portal.throttling")

WINDOW_SECONDS = 60


def redis_error() -> type[Exception]:
    """Asked for once something has failed: a portal without Redis never loads its client."""
    from redis.exceptions import RedisError

    return RedisError


class CallerThrottle(BaseThrottle):
    """A fixed window of one minute: one counter a caller, so that its cost does not grow.

    DRF's own throttles keep a list with a time for each request of the window.
    """

    def allow_request(self, request: Request | HttpRequest, view: Any) -> bool:
        kind, caller = self.caller(request)
        limit = settings.THROTTLE_PER_MINUTE[kind]
        if not limit:
            return True
        window = int(time.time()) // WINDOW_SECONDS
        return self.count(f"throttle:{kind}:{caller}:{window}") <= limit

    @staticmethod
    def count(key: str) -> int:
        """Counts this request. Without Redis nobody is refused: the portal outlives its cache."""
        try:
            return 1 if cache.add(key, 1, WINDOW_SECONDS) else cache.incr(key)
        except ValueError:  # It expired between the two calls: a new window has begun.
            return 1
        except redis_error() as error:
            logger.warning("throttle counters unreachable", exc_info=error)
            return 0

    def caller(self, request: Any) -> tuple[str, Any]:
        identity: Any = request.auth
        if identity is None:
            return "address", client_address(request)
        if identity.token_id is not None:
            return "token", identity.token_id
        return "user", identity.user_id

    def wait(self) -> float:
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS


class AddressThrottle(CallerThrottle):
    """For pages, where nobody is signed in: counted with the API's anonymous callers."""

    def caller(self, request: Any) -> tuple[str, Any]:
        return "address", client_address(request)


class SignInThrottle(CallerThrottle):
    """Sign-in and refresh are counted by address, whoever the caller claims to be."""

    def caller(self, request: Any) -> tuple[str, Any]:
        return "sign_in", client_address(request)
