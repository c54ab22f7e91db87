"""Browsers of people who administer: a superuser, and staff of one tenant or of two."""

import csv
import io
import re
from contextlib import nullcontext
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from credentials.models import (
    CertificationType,
    Course,
    JobRole,
    Program,
    Qualification,
    UserCredential,
)
from credentials.program_credentials.awards import Note
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests import cast
from tests.certifications.role_factories import job_role, qualification, requirement
from tests.conftest import handler, make_member
from tests.factories import award, certification_type, course, program
from users.models import User


class Browser:
    """A signed-in browser; its requests see only what the portal lets them."""

    def __init__(self, user: User | None = None) -> None:
        self.user: Any = user
        self.client = Client()
        self.client.handler = handler(tuple(settings.MIDDLEWARE))
        if user:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = cast.browser_session(user)

    def get(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.send("get", path, data, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.send("post", path, data or {}, **options)

    def send(self, method: str, path: str, data: Any, **options: Any) -> Any:
        path = path if path.startswith("/") else f"/admin/{path}"
        with walls.work(walls.NOBODY) if connection.in_atomic_block else nullcontext():
            return getattr(self.client, method)(path, data, **options)

    def rows(self, path: str) -> list[Any]:
        """What a list page shows."""
        response = self.get(path)
        assert response.status_code == 200
        return list(response.context["cl"].result_list)


def staff(membership: Membership) -> Browser:
    membership.user.is_staff = True
    membership.user.save(update_fields=["is_staff"])
    return Browser(membership.user)


def page_text(response: Any) -> str:
    """The page without what differs each time it is shown."""
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", response.content.decode())


def errors(response: Any) -> str:
    """All that a form page complains about; the page itself is a 200."""
    assert response.status_code == 200
    return str(response.context["errors"])


def exported(browser: Browser, path: str, query: str = "") -> list[dict[str, str]]:
    """The rows of a list's CSV file."""
    response = browser.post(f"{path}export/{query}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def acme_owner(acme: Tenant) -> Browser:
    return staff(make_member(acme, "olivia", Role.OWNER))


@pytest.fixture
def acme_admin(acme: Tenant, acme_owner: Browser) -> Browser:
    return staff(make_member(acme, "adam", Role.ADMIN))


@pytest.fixture
def acme_issuer(acme: Tenant, acme_owner: Browser) -> Browser:
    return staff(make_member(acme, "ivan", Role.ISSUER))


@pytest.fixture
def globex_owner(globex: Tenant) -> Membership:
    return make_member(globex, "gloria", Role.OWNER)


@pytest.fixture
def staff_of_two(acme: Tenant, globex: Tenant, globex_owner: Membership) -> Browser:
    """Primary tenant acme."""
    browser = staff(make_member(acme, "tilda", Role.ADMIN))
    members.add_member(globex, browser.user.pk, Role.ADMIN, by=OPERATOR)
    return browser


@pytest.fixture
def root(acme: Tenant) -> Browser:
    """A superuser, of no tenant."""
    user = User.objects.create_superuser("root", "root@portal.example", "unused and long")
    return Browser(user)


@pytest.fixture
def metalwork(acme: Tenant) -> Program:
    return program(acme)


@pytest.fixture
def welding(acme: Tenant) -> Course:
    return course(acme)


@pytest.fixture
def ada(acme: Tenant) -> Membership:
    return make_member(acme, "ada")


@pytest.fixture
def held(ada: Membership, welding: Course) -> UserCredential:
    return award("ada", welding, Note("grade", "Final Grade", "0.85"))


@pytest.fixture
def kind(acme: Tenant) -> CertificationType:
    return certification_type(acme)


@pytest.fixture
def standard() -> CertificationType:
    return certification_type(None, slug="standard", title="Standard one")


@pytest.fixture
def needed(acme: Tenant, kind: CertificationType, standard: CertificationType) -> Qualification:
    return qualification(acme, requirement(kind), requirement(kind, standard, verified_only=True))


@pytest.fixture
def leader(acme: Tenant, needed: Qualification) -> JobRole:
    return job_role(acme, needed)
