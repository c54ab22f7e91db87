"""Django's middleware for browsers, where browsers go: the admin.

A request of the API carries its token; sessions, cookies and messages would only cost it time.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from credentials_portal.middleware import ADMIN


class InAdmin(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(ADMIN):
            return super().__call__(request)
        return self.get_response(request)


class Sessions(InAdmin, SessionMiddleware):
    pass


class Authentication(InAdmin, AuthenticationMiddleware):
    pass


class Messages(InAdmin, MessageMiddleware):
    pass
