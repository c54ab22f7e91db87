from typing import Any

from django.urls import path

from credentials.program_credentials.catalogue import CourseView, ProgramView
from credentials.program_credentials.views import (
    BulkView,
    CourseCredentialView,
    ProgramCredentialView,
    UserCredentialView,
)

MANY: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update"}

urlpatterns = [
    path("user_credentials/", UserCredentialView.as_view(MANY)),
    path("user_credentials/bulk/", BulkView.as_view({"post": "create"})),
    path("user_credentials/<str:record>", UserCredentialView.as_view(ONE)),
    path("program_credentials/", ProgramCredentialView.as_view({"get": "list"})),
    path("course_credentials/", CourseCredentialView.as_view({"get": "list"})),
    path("programs/", ProgramView.as_view(MANY)),
    path("programs/<str:record>", ProgramView.as_view({**ONE, "delete": "destroy"})),
    path("courses/", CourseView.as_view(MANY)),
    path("courses/<str:record>", CourseView.as_view({**ONE, "delete": "destroy"})),
]
