from django.urls import path

from users.invitation_pages import InvitationPage

page = InvitationPage.as_view()

urlpatterns = [
    path("<str:token>", page),
    path("<str:token>/", page),
]
