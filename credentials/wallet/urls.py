from django.urls import path

from credentials.wallet.views import SearchView, WalletView

urlpatterns = [
    path("users/<str:user_id>/credentials", WalletView.as_view({"get": "list"})),
    path("credentials", SearchView.as_view({"get": "list"})),
]
