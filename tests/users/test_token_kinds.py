"""Only a token of the right kind, whole, fresh and our own opens anything."""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from tenants.models import Tenant
from tests.answers import assert_problem
from tests.clock import Clock
from tests.conftest import Caller, make_member
from tests.factories import micro_credential_body
from users import tokens

ME = "/api/v1/users/me"
LIST = "/api/v1/user-micro-credentials"
Tokens = dict[str, Any]


@pytest.fixture
def issued(acme: Tenant) -> Tokens:
    membership = make_member(acme, "ada")
    return tokens.sign_in(membership.user, membership.tenant_id)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(claims: dict[str, Any], *, key: str = "", algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or str(settings.SIMPLE_JWT["SIGNING_KEY"]), algorithm=algorithm)


def segment(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def with_claims(**changes: Any) -> Callable[[Tokens], str]:
    """An access token signed by us that says something else; None leaves the claim out."""

    def make(issued: Tokens) -> str:
        claims = claims_of(issued["access"]) | changes
        return signed({name: value for name, value in claims.items() if value is not None})

    return make


def unsigned(issued: Tokens) -> str:
    claims = claims_of(issued["access"])
    return f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(claims)}."


def none_with_old_signature(issued: Tokens) -> str:
    _, payload, signature = issued["access"].split(".")
    return f"{segment({'alg': 'none', 'typ': 'JWT'})}.{payload}.{signature}"


def tampered(issued: Tokens) -> str:
    header, _, signature = issued["access"].split(".")
    return f"{header}.{segment(claims_of(issued['access']) | {'sub': '1'})}.{signature}"


HOUR_AGO = int((timezone.now() - timedelta(hours=1)).timestamp())

BAD: dict[str, Callable[[Tokens], str]] = {
    "no algorithm": unsigned,
    "no algorithm, old signature": none_with_old_signature,
    "another algorithm": lambda issued: signed(claims_of(issued["access"]), algorithm="HS512"),
    "another key": lambda issued: signed(claims_of(issued["access"]), key="k" * 64),
    "tampered": tampered,
    "cut off": lambda issued: str(issued["access"])[:-1],
    "expired": with_claims(exp=HOUR_AGO),
    "without expiry": with_claims(exp=None),
    "expiry no number": with_claims(exp="tomorrow"),
    "another issuer": with_claims(iss="https://evil.example"),
    "without issuer": with_claims(iss=None),
    "another audience": with_claims(aud="another-api"),
    "without audience": with_claims(aud=None),
    "without kind": with_claims(token_type=None),
    "unknown kind": with_claims(token_type="root"),
    "without id": with_claims(jti=None),
    "without sign-in": with_claims(sid=None),
    "sign-in no uuid": with_claims(sid="1"),
    "sign-in a number": with_claims(sid=1),
    "sign-in a list": with_claims(sid=["x"]),
    "unknown sign-in": with_claims(sid=str(uuid.uuid4())),
    "without person": with_claims(sub=None),
    "person no number": with_claims(sub="ada"),
    "session as access": lambda issued: str(issued["session"]),
    "refresh as access": lambda issued: str(issued["refresh"]),
    "garbage": lambda issued: "garbage",
    "dots": lambda issued: "..",
    "not base64": lambda issued: "é.ü.ß",
    "a list": lambda issued: f"{segment([])}.{segment([])}.x",
    "very long": lambda issued: "a" * 20_000 + ".b.c",
    "none": lambda issued: "null",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_access_token_is_401_even_where_none_is_needed(issued: Tokens, kind: str) -> None:
    caller = Caller(f"Bearer {BAD[kind](issued)}")
    public = f"/api/v1/public/user-micro-credential/{uuid.uuid4()}"

    for response in (caller.get(ME), caller.patch(ME, {"first_name": "A"}), caller.get(public)):
        assert_problem(response, 401, "invalid-token")
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="credentials-portal"'


def test_the_token_that_the_bad_ones_were_made_of_is_good(issued: Tokens) -> None:
    for token in (issued["access"], with_claims()(issued)):
        assert Caller(f"Bearer {token}").get(ME).status_code == 200


def test_an_access_token_ends_after_10_minutes(issued: Tokens, clock: Clock) -> None:
    caller = Caller(f"Bearer {issued['access']}")
    clock.move(timedelta(minutes=9))
    assert caller.get(ME).status_code == 200

    clock.move(timedelta(minutes=1, seconds=1))

    assert_problem(caller.get(ME), 401, "invalid-token")


def test_an_access_token_without_a_scheme_is_no_api_token(issued: Tokens) -> None:
    for header in ("{}", "Token {}", "Api-Token {}"):
        assert_problem(Caller(header.format(issued["access"])).get(ME), 401, "invalid-token")


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_another_kind_in_place_of_the_session_token_is_401(issued: Tokens, kind: str) -> None:
    caller = Caller(f"Bearer {issued['access']}")

    response = caller.get(ME, headers={"X-Session-Token": issued[kind]})

    assert_problem(response, 401, "invalid-token")


def test_the_session_token_of_another_person_is_401(issued: Tokens, colleague: Caller) -> None:
    response = colleague.get(LIST, headers={"X-Session-Token": issued["session"]})

    assert_problem(response, 401, "invalid-token")


def test_a_session_token_alone_is_no_token(issued: Tokens, anonymous: Caller) -> None:
    response = anonymous.get(LIST, headers={"X-Session-Token": issued["session"]})

    assert_problem(response, 401, "unauthorized")


def test_the_tenant_of_the_session_token_comes_before_that_of_the_access_token(
    acme: Tenant, globex: Tenant, issued: Tokens
) -> None:
    elsewhere = make_member(globex, "ada")
    session = tokens.sign_in(elsewhere.user, globex.pk)["session"]
    caller = Caller(f"Bearer {issued['access']}")

    plain = caller.post(LIST, micro_credential_body())
    beside = caller.post(LIST, micro_credential_body(), headers={"X-Session-Token": session})

    assert (plain.json()["tenant_id"], beside.json()["tenant_id"]) == (acme.pk, globex.pk)
