"""The portal, and beside it the bare views, as one application."""

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.bare import PREFIX, BareHandler
from credentials_portal.wsgi import application as portal

bare = BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = bare if environ["PATH_INFO"].startswith(PREFIX) else portal
    return handler(environ, start_response)
