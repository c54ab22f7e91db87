"""The Authorization header, in every spelling that the documented APIs use."""

from dataclasses import replace

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from tenants import api_tokens
from tenants.access import Identity
from users import tokens

API_TOKEN_SCHEMES = {"api-token", "token", "api-key"}


class TokenAuthentication(BaseAuthentication):
    """A person's access token, or an integration's API token; a bad one is 401 everywhere."""

    def authenticate(self, request: Request) -> tuple[Identity, Identity] | None:
        # META: `headers` parses all of them first, which every request would wait for.
        header = request.META.get("HTTP_AUTHORIZATION", "").strip()
        if not header:
            return None
        scheme, _, secret = header.rpartition(" ")
        scheme, secret = scheme.strip().lower(), secret.strip()
        if scheme == "bearer" and not secret.startswith(api_tokens.PREFIX):
            identity = self.identify_person(request, secret)
        elif scheme == "bearer" or scheme in API_TOKEN_SCHEMES or not scheme:
            identity = self.identify_integration(secret)
        else:
            raise tokens.InvalidToken("This Authorization scheme is not supported.")
        return identity, identity

    @staticmethod
    def identify_person(request: Request, token: str) -> Identity:
        """A session token beside the access token says in which tenant the person acts."""
        identity = tokens.identify(token)
        if session := request.META.get("HTTP_X_SESSION_TOKEN"):
            tenant_id = tokens.identify_session(session, identity)
            return replace(identity, tenant_id=tenant_id)
        return identity

    @staticmethod
    def identify_integration(key: str) -> Identity:
        identity = api_tokens.identify(key)
        if identity is None:
            raise tokens.InvalidToken
        return identity

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="credentials-portal"'
