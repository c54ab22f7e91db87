"""POST /api/v1/token"""

from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests.answers import assert_problem, faults
from tests.conftest import PASSWORD, Caller, make_member
from tests.factories import micro_credential_body
from users.models import SignIn, User

PATH = "/api/v1/token"
LIST = "/api/v1/user-micro-credentials"


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "Ada")


def acting_with(response: Any) -> Caller:
    assert response.status_code == 200, response.content
    return Caller(f"Bearer {response.json()['access']}")


@pytest.mark.parametrize(
    "name",
    [
        {"username": "Ada"},
        {"username": "aDA"},
        {"username": "ada@ACME.example"},
        {"email": "Ada@acme.example"},
        {"email": "ADA@ACME.EXAMPLE"},
    ],
)
def test_a_person_signs_in_by_username_or_email_in_any_case(
    ada: Membership, anonymous: Caller, name: dict[str, str]
) -> None:
    response = anonymous.post(PATH, name | {"password": PASSWORD})

    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {"access", "refresh", "session", "token_type", "expires_in"}
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    session = SignIn.objects.get()
    assert (session.user_id, session.tenant_id, session.ended_at) == (
        ada.user_id,
        ada.tenant_id,
        None,
    )
    assert session.expires_at > timezone.now()
    assert acting_with(response).get("/api/v1/users/me").json()["username"] == "Ada"


def test_a_decomposed_letter_is_the_same_letter(acme: Tenant, anonymous: Caller) -> None:
    make_member(acme, "élodie")

    response = anonymous.post(PATH, {"username": "e\u0301lodie", "password": PASSWORD})

    assert response.status_code == 200


def test_an_email_is_its_owners_even_when_it_is_somebody_elses_username(
    ada: Membership, anonymous: Caller
) -> None:
    User.objects.create_user("ada@acme.example", "other@acme.example", "another passphrase")

    response = anonymous.post(PATH, {"email": "ada@acme.example", "password": PASSWORD})

    assert acting_with(response).get("/api/v1/users/me").json()["id"] == ada.user_id


def test_a_username_is_its_owners_even_when_it_is_somebody_elses_email(
    ada: Membership, anonymous: Caller
) -> None:
    other = User.objects.create_user("ada@acme.example", "other@acme.example", "another passphrase")

    response = anonymous.post(
        PATH, {"username": "ada@acme.example", "password": "another passphrase"}
    )

    assert acting_with(response).get("/api/v1/users/me").json()["id"] == other.pk


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/password", "required"), ("/username", "required")]),
        ({"password": PASSWORD}, [("/username", "required")]),
        ({"username": "Ada"}, [("/password", "required")]),
        ({"username": "Ada", "email": "a@b.example", "password": "x"}, [("/username", "required")]),
        (
            {"username": "", "password": "", "tenant": ""},
            [("/password", "blank"), ("/tenant", "blank"), ("/username", "blank")],
        ),
        (
            {"username": None, "password": None},
            [("/password", "null"), ("/username", "null")],
        ),
        (
            {"username": 1, "password": ["x"], "tenant": True},
            [("/password", "invalid"), ("/tenant", "invalid"), ("/username", "invalid")],
        ),
        (
            {"username": "A\0", "password": "\0"},
            [
                ("/password", "null_characters_not_allowed"),
                ("/username", "null_characters_not_allowed"),
            ],
        ),
        (
            {"email": "x" * 255, "password": "x" * 1001, "tenant": "x" * 64},
            [("/email", "max_length"), ("/password", "max_length"), ("/tenant", "max_length")],
        ),
    ],
)
def test_bad_input_is_400_with_every_fault_at_once(
    ada: Membership, anonymous: Caller, body: Any, expected: list[tuple[str, str]]
) -> None:
    response = anonymous.post(PATH, body)

    assert_problem(response, 400, "invalid-input")
    assert faults(response) == expected
    assert not SignIn.objects.exists()


def test_no_tenant_named_means_the_primary_one(
    ada: Membership, globex: Tenant, anonymous: Caller
) -> None:
    second = make_member(globex, "Ada")
    members.change(second, is_primary=True, by=OPERATOR)

    response = anonymous.post(PATH, {"username": "Ada", "password": PASSWORD})

    made = acting_with(response).post(LIST, micro_credential_body())
    assert made.json()["tenant_id"] == globex.pk


@pytest.mark.parametrize("slug", ["globex", "2024", "deadbeef" * 4])
def test_the_tenant_named_by_its_slug_is_where_the_tokens_act(
    ada: Membership, anonymous: Caller, slug: str
) -> None:
    other = members.create_tenant(slug=slug, name="Other", by=OPERATOR)
    make_member(other, "Ada")

    response = anonymous.post(PATH, {"username": "Ada", "password": PASSWORD, "tenant": slug})

    made = acting_with(response).post(LIST, micro_credential_body())
    assert made.json()["tenant_id"] == other.pk


@pytest.mark.parametrize("name", ["globex", "no-such", "Acme", "a b", "9" * 60])
def test_a_foreign_and_an_unknown_tenant_are_the_same_404(
    ada: Membership, globex: Tenant, anonymous: Caller, name: str
) -> None:
    sent = {"username": "Ada", "password": PASSWORD}
    unknown = anonymous.post(PATH, sent | {"tenant": "unknown"})

    response = anonymous.post(PATH, sent | {"tenant": name})

    assert_problem(response, 404, "not-found")
    assert response.content == unknown.content
    assert not SignIn.objects.exists()


def test_a_wrong_password_is_401_before_the_tenant_is_looked_at(
    ada: Membership, anonymous: Caller
) -> None:
    for tenant in ("acme", "unknown"):
        sent = {"username": "Ada", "password": "wrong", "tenant": tenant}
        assert_problem(anonymous.post(PATH, sent), 401, "wrong-credentials")


def test_a_person_without_any_tenant_signs_in_and_finds_no_organization(
    platform: None, anonymous: Caller
) -> None:
    User.objects.create_user("nomad", "nomad@x.example", PASSWORD)

    caller = acting_with(anonymous.post(PATH, {"username": "nomad", "password": PASSWORD}))

    assert caller.get("/api/v1/users/me").status_code == 200
    assert_problem(caller.get(LIST), 404, "not-found")


def test_a_superuser_signs_in_to_any_tenant(acme: Tenant, anonymous: Caller) -> None:
    User.objects.create_superuser("root", "root@x.example", PASSWORD)
    sent = {"username": "root", "password": PASSWORD, "tenant": "acme"}

    assert acting_with(anonymous.post(PATH, sent)).get(LIST).status_code == 200


def test_a_password_is_taken_as_it_is(acme: Tenant, anonymous: Caller) -> None:
    spaced = "  pass phrase with spaces  "
    User.objects.create_user("spaced", password=spaced)

    def sign_in(password: str) -> int:
        sent = {"username": "spaced", "password": password}
        return int(anonymous.post(PATH, sent).status_code)

    assert (sign_in(spaced.strip()), sign_in(spaced)) == (401, 200)


def refused(anonymous: Caller, name: str, hashed: list[str]) -> tuple[int, bytes, int]:
    """Status, body, and how many passwords were hashed on the way."""
    hashed.clear()
    response = anonymous.post(PATH, {"username": name, "password": "wrong"})
    return response.status_code, response.content, len(hashed)


def test_unknown_and_disabled_accounts_cost_and_answer_the_same_as_a_wrong_password(
    acme: Tenant, ada: Membership, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    disabled = make_member(acme, "disabled", Role.OWNER).user
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    keyless = make_member(acme, "keyless").user
    keyless.set_unusable_password()
    keyless.save(update_fields=["password"])
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)

    wrong = refused(anonymous, "Ada", hashed)

    assert (wrong[0], wrong[2]) == (401, 1)
    for name in ("nobody", "nobody@x.example", "disabled", "keyless", "disabled@acme.example"):
        assert refused(anonymous, name, hashed) == wrong, name


def test_a_person_who_may_not_sign_in_is_401_with_the_right_password_too(
    ada: Membership, anonymous: Caller
) -> None:
    User.objects.filter(pk=ada.person_id).update(is_active=False)

    response = anonymous.post(PATH, {"username": "Ada", "password": PASSWORD})

    assert_problem(response, 401, "wrong-credentials")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert not SignIn.objects.exists()


def test_an_inactive_person_may_still_sign_in(ada: Membership, anonymous: Caller) -> None:
    """`state` hides what a person holds; `is_active` is what says whether they may sign in."""
    User.objects.filter(pk=ada.person_id).update(state=User.State.INACTIVE)

    assert anonymous.post(PATH, {"username": "Ada", "password": PASSWORD}).status_code == 200


def test_a_bad_token_beside_the_password_is_401(ada: Membership) -> None:
    response = Caller("Bearer stale").post(PATH, {"username": "Ada", "password": PASSWORD})

    assert_problem(response, 401, "invalid-token")
