from typing import Any

from django.urls import path

from credentials.certifications.me import CallerView
from credentials.certifications.member_views import OrganizationMemberView
from credentials.certifications.organization_views import OneOrganizationView, OwnOrganizationsView
from credentials.certifications.result_views import (
    ExpirationsView,
    OrganizationResultsView,
    OwnResultsView,
)
from credentials.certifications.role_views import AssignmentView, JobRoleView, QualificationView
from credentials.certifications.type_views import CertificationTypeView
from credentials.certifications.verification_views import VerificationView
from credentials.certifications.views import (
    CertificationView,
    OrganizationCertificationsView,
    OwnCertificationsView,
)

MANY: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update"}
NEW: dict[str, Any] = {"post": "create"}
ORGANIZATION = "organizations/<str:organization>/"

urlpatterns = [
    path("certifications", OwnCertificationsView.as_view(MANY)),
    path("certifications/<str:record>", CertificationView.as_view({**ONE, "delete": "destroy"})),
    path("certifications/<str:record>/verification", VerificationView.as_view(NEW)),
    path("me", CallerView.as_view({"get": "retrieve"})),
    path("organizations", OwnOrganizationsView.as_view({"get": "list"})),
    path("organizations/<str:organization>", OneOrganizationView.as_view(ONE)),
    path(f"{ORGANIZATION}organization-members", OrganizationMemberView.as_view(MANY)),
    path(f"{ORGANIZATION}organization-members/<str:record>", OrganizationMemberView.as_view(ONE)),
    path(f"{ORGANIZATION}certifications", OrganizationCertificationsView.as_view(MANY)),
    path(f"{ORGANIZATION}certification-types", CertificationTypeView.as_view(MANY)),
    path(f"{ORGANIZATION}certification-types/<str:record>", CertificationTypeView.as_view(ONE)),
    path(f"{ORGANIZATION}job-roles", JobRoleView.as_view(MANY)),
    path(f"{ORGANIZATION}job-roles/<str:record>", JobRoleView.as_view(ONE)),
    path(
        f"{ORGANIZATION}organization-members/<str:member>/job-roles/<str:record>",
        AssignmentView.as_view({"put": "update", "delete": "destroy"}),
    ),
    path(f"{ORGANIZATION}qualifications", QualificationView.as_view(MANY)),
    path(f"{ORGANIZATION}qualifications/<str:record>", QualificationView.as_view(ONE)),
    path("qualification-results", OwnResultsView.as_view({"get": "list"})),
    path(f"{ORGANIZATION}qualification-results", OrganizationResultsView.as_view({"get": "list"})),
    path(f"{ORGANIZATION}expirations", ExpirationsView.as_view({"get": "list"})),
]
