from django.urls import path

from credentials.micro_credentials.views import MicroCredentialView, PublicMicroCredentialView

urlpatterns = [
    path("user-micro-credentials", MicroCredentialView.as_view({"get": "list", "post": "create"})),
    path(
        "user-micro-credential/<str:record>",
        MicroCredentialView.as_view(
            {
                "get": "retrieve",
                "put": "update",
                "patch": "partial_update",
                "delete": "destroy",
            }
        ),
    ),
    path(
        "public/user-micro-credential/<str:record>",
        PublicMicroCredentialView.as_view({"get": "retrieve"}),
    ),
]
