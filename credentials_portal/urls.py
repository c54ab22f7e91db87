"""Where everything is served: the API, its other spellings, its documentation, the admin."""

from collections.abc import Iterable

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from credentials.certifications.urls import urlpatterns as certifications
from credentials.diplomas.file_views import FileView
from credentials.diplomas.urls import titles
from credentials.diplomas.urls import urlpatterns as diplomas
from credentials.organization_credentials.image_views import ImageView
from credentials.organization_credentials.urls import urlpatterns as organization_credentials
from credentials_portal import api, docs, problem_pages


def other_spelling(operation: URLPattern) -> URLPattern:
    """With the final slash where the documents have none, and the other way round."""
    route = str(operation.pattern)
    other = route.removesuffix("/") if route.endswith("/") else f"{route}/"
    return path(other, operation.callback)


def mounted(root: str, operations: Iterable[URLPattern]) -> list[URLResolver]:
    """The operations below a root, in both spellings: a redirect would lose the body of a POST.

    In their order, both at once: a fixed word comes before the variable that could be it.
    """
    both = [spelled for each in operations for spelled in (each, other_spelling(each))]
    return [path(root, include(both))]


admin.autodiscover()
urlpatterns = [
    *mounted("api/v1/", api.OPERATIONS),
    *mounted("api/v1/", docs.urlpatterns),
    # The documented root of this family.
    *mounted("v1/", certifications),
    *mounted("api/", organization_credentials),
    path("problems/", problem_pages.index),
    path("problems/<slug:slug>", problem_pages.page),
    path("admin/", admin.site.urls),
    path("c/", include("credentials.verification.urls")),
    path("invitations/", include("users.invitation_urls")),
    path("images/<str:record>", ImageView.as_view()),
    path("files/<str:token>", FileView.as_view()),
    # The documented service of diplomas, at each of its roots; titles beside it as well.
    *mounted("api/v1/users-organizations/v1/rs/", diplomas),
    *mounted("users-organizations/v1/rs/", diplomas),
    *mounted("main/users-organizations/v1/rs/", diplomas),
    *mounted("main/", titles),
    *mounted("", titles),
]

handler400 = "credentials_portal.problems.bad_request_handler"
handler403 = "credentials_portal.problems.forbidden_handler"
handler404 = "credentials_portal.problems.not_found_handler"
handler500 = "credentials_portal.problems.server_error_handler"
