"""One line a family."""

from credentials.micro_credentials.urls import urlpatterns as micro_credentials

urlpatterns = [*micro_credentials]
