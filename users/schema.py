"""What the OpenAPI document says of signing in and of one's own profile."""

from credentials_portal.documented import answers, answers_nothing, documents, operation, takes
from credentials_portal.problems import Forbidden, LoginLocked, NotFound, TenantSuspended
from users.login import WrongPassword
from users.serializers import (
    PersonSerializer,
    RefreshSerializer,
    SignInSerializer,
    TokensSerializer,
)

REFRESH = {"refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl"}
TOKENS = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl",
    **REFRESH,
    "session": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoic2Vzc2lvbiJ9.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 600,
}
PERSON = {
    "id": 345,
    "uuid": "0b9d7f2c-51a7-4c0e-8e0a-3f8d0f6c1f55",
    "username": "ada",
    "email": "ada@acme.example",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "state": 1,
}

documented_tokens = documents(
    "Sign-in",
    sign_in=operation(
        "sign_in",
        "Sign in",
        description="Trade a username or an email, and a password, for tokens. They are for the "
        "organization named by `tenant`, else for the person's primary one.",
        request=takes(
            SignInSerializer, {"username": "ada", "password": "a long and winding passphrase"}
        ),
        responses={
            200: answers(TokensSerializer, TOKENS, "The tokens"),
            401: [WrongPassword()],
            403: [TenantSuspended()],
            404: [NotFound()],
            429: [LoginLocked()],
        },
    ),
    refresh=operation(
        "refresh_tokens",
        "Trade a refresh token for new tokens",
        description="A refresh token is good for one use. When a used one comes back later than "
        "10 seconds after its use, the sign-in ends with all its tokens.",
        request=takes(RefreshSerializer, REFRESH),
        responses={200: answers(TokensSerializer, TOKENS, "The new tokens")},
    ),
    logout=operation(
        "sign_out",
        "Sign out",
        description="Ends the sign-in of this refresh token, with all its tokens.",
        request=takes(RefreshSerializer, REFRESH),
        responses={204: answers_nothing("Signed out")},
    ),
)

documented_me = documents(
    "People",
    retrieve=operation(
        "get_me",
        "Get one's own profile",
        responses={
            200: answers(PersonSerializer, PERSON, "The caller"),
            # To API tokens alone, which are nobody outside their organization.
            403: [TenantSuspended()],
            404: [NotFound()],
        },
    ),
    partial_update=operation(
        "change_me",
        "Change one's own names, state or password",
        description="`state` 0 hides one's public credentials. A new `password` needs the "
        "`old_password`, and ends every other sign-in.",
        request=takes(PersonSerializer, {"first_name": "Ada", "last_name": "Lovelace"}),
        responses={
            200: answers(PersonSerializer, PERSON, "The caller as changed"),
            403: [Forbidden("An API token cannot change its user's account."), TenantSuspended()],
            404: [NotFound()],
            429: [LoginLocked()],
        },
    ),
)
