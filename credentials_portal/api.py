"""Each operation once, at its documented spelling; the OpenAPI document is made of this."""

from django.urls import include, path

from credentials.urls import urlpatterns as credentials
from users.urls import urlpatterns as users

OPERATIONS = [*users, *credentials]

urlpatterns = [path("api/v1/", include(OPERATIONS))]
