from django.urls import path

from credentials.verification.documents import DocumentView
from credentials.verification.views import DataView, PageView

page, data, document = PageView.as_view(), DataView.as_view(), DocumentView.as_view()

urlpatterns = [
    path("<str:record>", page),
    path("<str:record>/", page),
    path("<str:record>/data", data),
    path("<str:record>/data/", data),
    path("<str:record>/document", document),
    path("<str:record>/document/", document),
    # What is left of an address that was cut or mistyped: the same 404.
    path("", page),
    path("<path:record>", page),
]
