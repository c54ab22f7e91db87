from django.urls import path

from users.views import MeView, TokenView

urlpatterns = [
    path("token", TokenView.as_view({"post": "sign_in"})),
    path("token/refresh", TokenView.as_view({"post": "refresh"})),
    path("logout", TokenView.as_view({"post": "logout"})),
    path("users/me", MeView.as_view({"get": "retrieve", "patch": "partial_update"})),
]
