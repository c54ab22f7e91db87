from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from credentials_portal.problems import Forbidden
from credentials_portal.throttling import SignInThrottle
from tenants import access, members, walls
from tenants.access import Identity, Open
from tenants.models import Role
from tenants.views import Handler, PortalView
from users import login, people, tokens
from users.models import User
from users.schema import documented_me, documented_tokens
from users.serializers import (
    PersonSerializer,
    RefreshSerializer,
    SignInSerializer,
    TokensSerializer,
    refused,
)


class GlobalView(PortalView):
    """About people, who are of no tenant. Handlers own their transactions.

    What must outlive a refusal (a counted wrong password, an ended sign-in) is committed by then.
    """

    def write(self, request: Request, handler: Handler) -> HttpResponse:
        response: HttpResponse = handler(request, **self.kwargs)
        return response


@documented_tokens
class TokenView(GlobalView):
    serializer_class = TokensSerializer
    throttle_classes = [SignInThrottle]
    roles: ClassVar[dict[str, Role | Open]] = {
        "sign_in": Open.ANYONE,
        "refresh": Open.ANYONE,
        "logout": Open.ANYONE,
    }

    def sign_in(self, request: Request) -> HttpResponse:
        """Trade a name and a password for tokens."""
        sent = self.valid(SignInSerializer, request.data)
        name = sent.get("username") or login.username_of(sent["email"])
        user = login.check_password(request, name, sent["password"])
        login.welcome(request._request, user)
        tenant_id = self.tenant_of(user, sent.get("tenant"))
        return unstored(tokens.sign_in(user, tenant_id))

    def refresh(self, request: Request) -> HttpResponse:
        """Trade a refresh token for new tokens; it is good for one use."""
        return unstored(tokens.refresh(self.valid(RefreshSerializer, request.data)["refresh"]))

    def logout(self, request: Request) -> HttpResponse:
        """End the sign-in of this refresh token, with all its tokens."""
        tokens.logout(self.valid(RefreshSerializer, request.data)["refresh"])
        return HttpResponse(status=204)

    @staticmethod
    def tenant_of(user: User, asked: str | None) -> int | None:
        """The tenant asked for, else the primary one, which may be none and may be suspended."""
        identity = Identity(user.pk, user.username, is_superuser=user.is_superuser)
        if asked is not None:
            return access.find_access_by_slug(identity, asked).tenant_id
        return access.primary_tenant(identity)


@documented_me
class MeView(GlobalView):
    serializer_class = PersonSerializer
    roles: ClassVar[dict[str, Role | Open]] = {
        "retrieve": Open.SIGNED_IN,
        "partial_update": Open.SIGNED_IN,
    }

    def retrieve(self, request: Request) -> HttpResponse:
        """The caller's own profile."""
        return Response(PersonSerializer(people.get(self.caller.user_id)).data)

    def partial_update(self, request: Request) -> HttpResponse:
        """Change names, state, or the password."""
        if self.caller.token_id:
            # The account is the person's in every organization; an integration is of one.
            raise Forbidden("An API token cannot change its user's account.")
        user = people.get(self.caller.user_id)
        sent = PersonSerializer(user, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(sent.validated_data)
        old, new = changes.pop("old_password", None), changes.pop("password", None)
        if new is not None:
            self.check_old_password(request, user, old)
        with walls.platform_work():
            # Not the token's organization, which the person may have left.
            tenant_id = members.home_of(user.pk)
            person = people.change(user.pk, changes, by=self.actor, tenant_id=tenant_id)
            if new is not None:
                people.set_password(person, new, keep_sign_in=self.caller.session_id)
                people.note(person, "password_changed", by=self.actor, tenant_id=tenant_id)
        return Response(PersonSerializer(person).data)

    def check_old_password(self, request: Request, user: User, old: str) -> None:
        try:
            login.check_password(request, user.username, old)
        except login.WrongPassword:
            raise refused("old_password", "wrong", "This is not the old password.") from None


def unstored(answer: dict[str, Any]) -> HttpResponse:
    return Response(answer, headers={"Cache-Control": "no-store"})
