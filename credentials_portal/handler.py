"""The short way of the API's requests through the middleware."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.utils.module_loading import import_string

# The API's roots: its own, and the documented ones of families.
API = ("/api/", "/v1/", "/users-organizations/", "/main/", "/titles", "/files/")
MAX_PARAMETERS = 20  # of a Content-Type
Way = Callable[[HttpRequest], Any]


class ShortWay(BaseHandler):
    """Programs carry their token: sessions, cookies, static files would only cost them time."""

    _middleware_chain: Way
    _get_response: Way

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async)
        whole = self._middleware_chain
        short: Way = convert_exception_to_response(self._get_response)
        for name in reversed(settings.MIDDLEWARE):
            if name not in settings.BROWSER_MIDDLEWARE:
                short = convert_exception_to_response(import_string(name)(short))

        def chosen(request: HttpRequest) -> Any:
            return (short if request.path_info.startswith(API) else whole)(request)

        self._middleware_chain = chosen


class PortalHandler(ShortWay, WSGIHandler):
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Django reads the Content-Type before any middleware could refuse it.

        At each semicolon it looks at the whole again: a long one would take minutes.
        """
        told = environ.get("CONTENT_TYPE", "")
        if told.count(";") > MAX_PARAMETERS:
            environ["CONTENT_TYPE"] = told.partition(";")[0]
        return super().__call__(environ, start_response)
