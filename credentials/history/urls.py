from django.urls import path

from credentials.history.views import EventView

urlpatterns = [path("events", EventView.as_view({"get": "list"}))]
