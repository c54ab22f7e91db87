from typing import Any

from django.urls import path

from credentials.diplomas.title_views import TitleView
from credentials.diplomas.views import DiplomaView

MANY: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

titles = [
    path("titles", TitleView.as_view(MANY)),
    path("titles/<str:record>", TitleView.as_view(ONE)),
]
urlpatterns = [
    path("users/<str:user_id>/diplomas", DiplomaView.as_view(MANY)),
    path("users/<str:user_id>/diplomas/<str:record>", DiplomaView.as_view(ONE)),
    *titles,
]
