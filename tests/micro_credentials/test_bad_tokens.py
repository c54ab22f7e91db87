"""A token that is not what it should be opens nothing."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.conf import settings

from credentials.models import MicroCredential
from tenants.models import Membership, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, with_key
from tests.factories import micro_credential_body
from users import tokens

Claims = dict[str, Any]
PATHS = {
    "get": "/api/v1/user-micro-credential",
    "put": "/api/v1/user-micro-credential",
    "patch": "/api/v1/user-micro-credential",
    "delete": "/api/v1/user-micro-credential",
    "post": "/api/v1/user-micro-credentials",
}


def signed(claims: Claims, *, key: str = "", algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or str(settings.SIMPLE_JWT["SIGNING_KEY"]), algorithm=algorithm)


def part(content: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def tampered(token: str, **claims: Any) -> str:
    """Other claims under the old signature."""
    header, _, signature = token.split(".")
    return f"{header}.{part({**read(token), **claims})}.{signature}"


def read(token: str) -> Claims:
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


BAD: dict[str, Callable[[dict[str, str]], str]] = {
    "a refresh token": lambda good: good["refresh"],
    "a session token": lambda good: good["session"],
    "expired": lambda good: signed({**read(good["access"]), "exp": 1_700_000_000}),
    "for another tenant and person": lambda good: tampered(good["access"], sub="1", tenant=1),
    "for ever": lambda good: tampered(good["access"], exp=9_999_999_999),
    "signed with another key": lambda good: signed(read(good["access"]), key="k" * 64),
    "signed with the empty key": lambda good: tampered(good["access"]).rpartition(".")[0] + ".",
    "signed in another way": lambda good: signed(read(good["access"]), algorithm="HS512"),
    "unsigned": lambda good: f"{part({'alg': 'none'})}.{part(read(good['access']))}.",
    "of another issuer": lambda good: signed({**read(good["access"]), "iss": "elsewhere"}),
    "for another audience": lambda good: signed({**read(good["access"]), "aud": "elsewhere"}),
    "of no sign-in": lambda good: signed({**read(good["access"]), "sid": None}),
    "of a malformed sign-in": lambda good: signed({**read(good["access"]), "sid": "1 or 1=1"}),
    "of an unknown sign-in": lambda good: signed({**read(good["access"]), "sid": uuid.uuid4().hex}),
    "cut off": lambda good: good["access"][:-4],
    "dots alone": lambda good: "..",
    "very long": lambda good: "x" * 10_000,
    "an unknown key": lambda good: "cp_" + "x" * 43,
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_a_bad_token_is_401_by_every_method_and_changes_nothing(
    acme: Tenant,
    member: Caller,
    record: MicroCredential,
    kept: Callable[[], Any],
    make: Callable[[dict[str, str]], str],
) -> None:
    caller = Caller(f"Bearer {make(tokens.sign_in(member.user, acme.pk))}")
    before = kept()

    for method, path in PATHS.items():
        address = path if method == "post" else f"{path}/{record.pk}"
        body = [micro_credential_body(title="New")] if method in {"post", "put", "patch"} else []
        response = caller.request(method, address, *body)
        assert_problem(response, 401, "invalid-token")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert kept() == before


def test_a_bad_session_is_401_however_good_the_token_beside_it(
    acme: Tenant,
    globex: Tenant,
    member: Caller,
    outsider: Caller,
    record: MicroCredential,
    kept: Callable[[], Any],
) -> None:
    mine = tokens.sign_in(member.user, acme.pk)
    another_s = tokens.sign_in(outsider.user, globex.pk)["session"]
    before = kept()

    for session in (
        *(mine["access"], mine["refresh"], another_s, "nonsense", mine["session"][:-4]),
        *(tampered(mine["session"], tenant=globex.pk), tampered(mine["session"], tenant=None)),
    ):
        headers = {"X-Session-Token": session}
        for method, path in PATHS.items():
            address = path if method == "post" else f"{path}/{record.pk}"
            body = [micro_credential_body()] if method in {"post", "put", "patch"} else []
            response = member.request(method, address, *body, headers=headers)
            assert_problem(response, 401, "invalid-token")
    assert kept() == before


def test_the_same_helpers_make_a_token_that_is_good(
    acme: Tenant, member: Caller, record: MicroCredential
) -> None:
    good = tokens.sign_in(member.user, acme.pk)["access"]

    for token in (good, signed(read(good))):
        path = f"{PATHS['get']}/{record.pk}"
        assert Caller(f"Bearer {token}").get(path).status_code == 200


@pytest.mark.parametrize("scheme", ["Api-Token", "Token", "Api-Key", "Bearer", "api-token", ""])
def test_a_key_opens_in_every_documented_spelling_and_a_changed_one_in_none(
    acme: Tenant, record: MicroCredential, scheme: str
) -> None:
    membership = Membership.objects.get(tenant=acme, user_id=record.holder_id)
    key = with_key(membership).authorization.split()[-1]
    path = f"{PATHS['get']}/{record.pk}"

    assert Caller(f"{scheme} {key}".strip()).get(path).status_code == 200
    for bad in (key[:-1], f"{key}x", key.upper()):
        assert_problem(Caller(f"{scheme} {bad}".strip()).get(path), 401, "invalid-token")
