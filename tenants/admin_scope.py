"""Admin pages run in the scope of the person at the keyboard."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class AdminScopeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
