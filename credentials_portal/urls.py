"""Where everything is served: the API, its other spellings, its documentation, the admin."""

from collections.abc import Iterable

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from credentials_portal import api, docs, problem_pages


def other_spelling(operations: Iterable[URLPattern]) -> list[URLPattern]:
    """With the final slash where the documents have none, and the other way round."""
    return [
        path(route.removesuffix("/") if route.endswith("/") else f"{route}/", operation.callback)
        for operation in operations
        for route in [str(operation.pattern)]
    ]


def mounted(root: str, operations: list[URLPattern]) -> list[URLResolver]:
    """The operations below a root, in both spellings: a redirect would lose the body of a POST."""
    return [path(root, include(operations)), path(root, include(other_spelling(operations)))]


urlpatterns = [
    *mounted("api/v1/", api.OPERATIONS),
    *mounted("api/v1/", docs.urlpatterns),
    path("problems/", problem_pages.index),
    path("problems/<slug:slug>", problem_pages.page),
    path("admin/", admin.site.urls),
]

handler400 = "credentials_portal.problems.bad_request_handler"
handler403 = "credentials_portal.problems.forbidden_handler"
handler404 = "credentials_portal.problems.not_found_handler"
handler500 = "credentials_portal.problems.server_error_handler"
