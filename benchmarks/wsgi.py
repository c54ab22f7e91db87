"""The portal, and beside it the bare views, as one application."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.http import HttpResponse

from benchmarks.bare import PREFIX, BareHandler
from credentials_portal import gate
from credentials_portal.wsgi import application as portal

bare = BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if not environ["PATH_INFO"].startswith(PREFIX):
        return cast("Iterable[bytes]", portal(environ, start_response))
    # The portal's gate, for many threads that work at once would measure something else.
    with gate.entered():
        response = bare(environ, start_response)
        response.close()
        return [cast("HttpResponse", response).content]
