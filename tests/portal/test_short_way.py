"""Which requests pass which middleware, and that the answer is as good by either way."""

import pytest
from django.conf import settings

from tests.conftest import Caller

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/api/v1/users/me", "/api/v1/schema", "/problems/", "/nowhere"])
def test_every_answer_has_its_length_and_the_security_headers(anonymous: Caller, path: str) -> None:
    response = anonymous.get(path)

    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["X-Request-ID"]
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("path", ["/api/v1/users/me", "/problems/"])
def test_a_host_that_is_not_ours_is_refused_by_either_way(anonymous: Caller, path: str) -> None:
    response = anonymous.get(path, headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert response.json()["type"] == "/problems/malformed-body"
    assert response.headers["X-Request-ID"]


def test_browsers_middleware_is_all_in_the_list_that_django_checks() -> None:
    assert set(settings.BROWSER_MIDDLEWARE) < set(settings.MIDDLEWARE)


def test_the_api_asks_for_no_session_and_the_admin_does(
    anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("Sessions", "Authentication", "Messages"):
        kind = getattr(__import__("credentials_portal.browsers", fromlist=[name]), name)
        call = kind.__call__

        def spy(self: object, request: object, call: object = call, name: str = name) -> object:
            asked.append(name)
            return call(self, request)  # type: ignore[operator]

        monkeypatch.setattr(kind, "__call__", spy)

    for path in (
        "/api/v1/users/me",
        "/v1/me",
        "/users-organizations/v1/rs/users/me/diplomas",
        "/main/titles",
        "/titles",
        "/files/token",
    ):
        assert anonymous.get(path).status_code in {401, 403}
    assert asked == []
    anonymous.get("/admin/login/")
    assert asked == ["Sessions", "Authentication", "Messages"]
