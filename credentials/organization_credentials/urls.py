from typing import Any

from django.urls import path

from credentials.organization_credentials.assertion_views import AssertionView
from credentials.organization_credentials.issuer_views import IssuerView
from credentials.organization_credentials.issuing import BulkIssueView, IssueView, SignalView
from credentials.organization_credentials.public_assertions import PublicAssertionView
from credentials.organization_credentials.views import DefinitionView

PERSON = "credentials/orgs/<str:org>/users/<str:user_id>/"
MANY: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "delete": "destroy"}
NEW: dict[str, Any] = {"post": "create"}

# Fixed words before the variable that could be one of them.
urlpatterns = [
    path(PERSON, DefinitionView.as_view(MANY)),
    path(f"{PERSON}issuers/", IssuerView.as_view(MANY)),
    path(f"{PERSON}issuers/<str:entity_id>", IssuerView.as_view(ONE)),
    path(f"{PERSON}assertions/", AssertionView.as_view({"get": "list"})),
    path(
        f"{PERSON}assertions/<str:entity_id>",
        AssertionView.as_view({"get": "retrieve", "put": "update"}),
    ),
    path(f"{PERSON}signals/", SignalView.as_view(NEW)),
    path(f"{PERSON}<str:entity_id>", DefinitionView.as_view(ONE)),
    path(f"{PERSON}<str:entity_id>/assertions/", IssueView.as_view(NEW)),
    path(f"{PERSON}<str:entity_id>/assertions/bulk/", BulkIssueView.as_view(NEW)),
    path(
        "credentials/public/assertions/<str:entity_id>",
        PublicAssertionView.as_view({"get": "retrieve"}),
    ),
]
