"""A key that signs no more is known for a while: nobody is signed out, no link ends early."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from credentials.diplomas import links
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests import factories
from tests.admin.conftest import Browser
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in
from tests.factories import micro_credential
from tests.portal.test_settings import PRODUCTION, STRONG, read, refusal
from users import inviting, tokens

ME = "/api/v1/users/me"
WALLET = "/api/v1/users/me/credentials"
FORMER, NEXT = "A former key of more than fifty characters; it signs no more.", STRONG[::-1]


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


@pytest.fixture
def former(ada: Membership, settings: Any) -> dict[str, str]:
    """Tokens as they were signed by a key that is no longer the portal's."""
    issued = tokens.sign_in(ada.user, ada.tenant_id)
    key, audience = settings.SIMPLE_JWT["SIGNING_KEY"], settings.SIMPLE_JWT["AUDIENCE"]
    return {
        name: jwt.encode(
            jwt.decode(issued[name], key, algorithms=["HS256"], audience=audience), FORMER
        )
        for name in ("access", "refresh", "session")
    }


@pytest.fixture
def rotate(settings: Any) -> Callable[..., None]:
    """`rotate()`: a new SECRET_KEY, beside which the one of today is known still."""

    def change(*, keeps: bool = True) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keeps else []
        settings.SECRET_KEY = NEXT

    return change


def test_tokens_of_a_former_key_open_what_they_opened(
    former: dict[str, str], settings: Any
) -> None:
    settings.FORMER_JWT_SIGNING_KEYS = [NEXT, FORMER]
    caller = Caller(f"Bearer {former['access']}")

    told = caller.get(ME, headers={"X-Session-Token": former["session"]})
    refreshed = Caller().post("/api/v1/token/refresh", {"refresh": former["refresh"]})

    assert (told.status_code, refreshed.status_code) == (200, 200)
    key, audience = settings.SIMPLE_JWT["SIGNING_KEY"], settings.SIMPLE_JWT["AUDIENCE"]
    for name in former:
        assert jwt.decode(refreshed.json()[name], key, algorithms=["HS256"], audience=audience), (
            "signed by the key of today"
        )


@pytest.mark.parametrize("known", [[], [NEXT]])
def test_tokens_of_an_unknown_key_open_nothing(
    former: dict[str, str], settings: Any, known: list[str]
) -> None:
    settings.FORMER_JWT_SIGNING_KEYS = known

    assert_problem(Caller(f"Bearer {former['access']}").get(ME), 401, "invalid-token")
    answer = Caller().post("/api/v1/token/refresh", {"refresh": former["refresh"]})
    assert_problem(answer, 401, "invalid-token")


def test_a_token_of_a_former_key_ends_at_its_time_and_is_for_us_alone(
    former: dict[str, str], settings: Any
) -> None:
    settings.FORMER_JWT_SIGNING_KEYS = [FORMER]
    claims = jwt.decode(former["access"], options={"verify_signature": False})

    for changed in ({"exp": claims["iat"] - 1}, {"iss": "https://evil.example"}, {"aud": "other"}):
        token = jwt.encode(claims | changed, FORMER)
        assert_problem(Caller(f"Bearer {token}").get(ME), 401, "invalid-token")


@pytest.mark.parametrize("keeps", [True, False])
def test_a_cursor_goes_on_under_the_next_key_while_the_former_is_known(
    ada: Membership, rotate: Callable[..., None], keeps: bool
) -> None:
    for _ in range(2):
        micro_credential(ada.tenant, ada.user)
    caller = sign_in(ada)
    cursor = caller.get(WALLET, {"limit": 1}).json()["page"]["next_cursor"]

    rotate(keeps=keeps)
    answer = caller.get(WALLET, {"limit": 1, "cursor": cursor})

    assert answer.status_code == (200 if keeps else 400)


@pytest.mark.parametrize("keeps", [True, False])
def test_an_address_of_a_file_opens_under_the_next_key_while_the_former_is_known(
    ada: Membership, rotate: Callable[..., None], keeps: bool
) -> None:
    held = factories.diploma(ada.tenant, ada.user, title=factories.diploma_title(ada.tenant))
    address = links.download_address(ada.tenant.uuid, held.uuid, None)

    rotate(keeps=keeps)
    answer = Caller().get(f"/files/{address.rpartition('/')[2]}")

    assert answer.status_code == (404 if keeps else 403)  # 404: no file has come yet


@pytest.mark.parametrize("keeps", [True, False])
def test_an_invitation_is_open_under_the_next_key_while_the_former_is_known(
    acme: Tenant, rotate: Callable[..., None], keeps: bool
) -> None:
    row = members.invite(acme, "nova@mail.example", Role.MEMBER, by=OPERATOR)
    link = inviting.link(row)
    assert link

    rotate(keeps=keeps)
    answer = Caller().get(f"/invitations/{link.url.rpartition('/')[2]}")

    assert answer.status_code == (200 if keeps else 404)


@pytest.mark.parametrize("keeps", [True, False])
def test_who_is_signed_in_to_the_admin_stays_so_while_the_former_key_is_known(
    superuser: Caller, rotate: Callable[..., None], keeps: bool
) -> None:
    browser = Browser(superuser.user)
    assert browser.client.get("/admin/").status_code == 200

    rotate(keeps=keeps)

    assert browser.client.get("/admin/").status_code == (200 if keeps else 302)


def test_former_keys_are_read_from_the_environment() -> None:
    settings = read(**PRODUCTION, SECRET_KEY_FALLBACKS=f"{NEXT}, {FORMER}")
    before = read(**PRODUCTION | {"SECRET_KEY": NEXT})

    assert settings["SECRET_KEY_FALLBACKS"] == [NEXT, FORMER]
    # Tokens' own key was derived from the former one.
    assert before["SIMPLE_JWT"]["SIGNING_KEY"] in settings["FORMER_JWT_SIGNING_KEYS"]
    own = read(**PRODUCTION, JWT_SIGNING_KEY=STRONG, JWT_SIGNING_KEY_FALLBACKS=NEXT)
    assert own["FORMER_JWT_SIGNING_KEYS"] == [NEXT]
    assert read(**PRODUCTION)["FORMER_JWT_SIGNING_KEYS"] == []


@pytest.mark.parametrize("name", ["SECRET_KEY_FALLBACKS", "JWT_SIGNING_KEY_FALLBACKS"])
@pytest.mark.parametrize("value", ["hunter2", f"{STRONG},hunter2", "a" * 60])
def test_a_weak_former_key_is_refused_by_name(name: str, value: str) -> None:
    message = refusal(**PRODUCTION | {name: value})

    assert name in message
    assert value not in message
