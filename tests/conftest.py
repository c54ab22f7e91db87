"""The fixed cast: acme and globex, and one client for each role."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache as throttle_counters
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler
from django.utils import timezone

from credentials_portal.handler import ShortWay
from tenants import api_tokens, flights, members, scopes, walls
from tenants.events import OPERATOR
from tenants.models import Membership, Role, Tenant
from tests import cast, databases
from users import people
from users.models import User

PASSWORD = "a long and winding passphrase"


class Handler(ShortWay, ClientHandler):
    """As the portal's own."""


@cache
def handler(middleware: tuple[str, ...]) -> ClientHandler:
    """One for all requests: loading the middleware scans every static file."""
    loaded = Handler(enforce_csrf_checks=False)
    loaded.load_middleware()
    return loaded


@dataclass
class Caller:
    """A client with one Authorization header; its requests see only what the portal lets them."""

    authorization: str = ""
    user: Any = None
    session: str = ""  # a person's token, for where it is asked for; not sent by itself

    def request(self, method: str, path: str, data: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", {}))
        if self.authorization:
            headers.setdefault("Authorization", self.authorization)
        if method != "get":
            options.setdefault("content_type", "application/json")
        # A request never inherits the eyes of the test around it.
        blind = walls.work(walls.NOBODY) if connection.in_atomic_block else nullcontext()
        with blind:
            client = Client(raise_request_exception=False)
            client.handler = handler(tuple(settings.MIDDLEWARE))
            return getattr(client, method)(path, data, headers=headers, **options)

    @property
    def both(self) -> dict[str, str]:
        """The header of a person's session token; an integration has none."""
        return {"X-Session-Token": self.session} if self.session else {}

    def get(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.request("get", path, data, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.request("post", path, {} if data is None else data, **options)

    def put(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.request("put", path, data, **options)

    def patch(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.request("patch", path, data, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.request("delete", path, **options)


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: None, django_db_blocker: Any) -> Iterator[None]:
    """This process's database, in the place of one that every process migrates."""
    own = connection.settings_dict["TEST"]["NAME"]
    with ExitStack() as made:
        with django_db_blocker.unblock():
            made.enter_context(databases.migrated(own))
        connection.settings_dict["NAME"] = own
        TransactionTestCase._fixture_teardown = databases.empty  # type: ignore[attr-defined]
        # One connection sees the statements of all tests: none shall be planned each time anew.
        flights.MOST_PREPARED = 2_000
        yield
        with django_db_blocker.unblock():
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            made.close()


@pytest.fixture(autouse=True)
def forgetful(settings: Any) -> Iterator[None]:
    """No test sees what another left in a cache; passwords are cheap."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    throttle_counters.clear()
    people.forget()
    yield
    throttle_counters.clear()
    people.forget()


@pytest.fixture
def platform(db: None) -> Iterator[None]:
    """The test itself sees every tenant's rows."""
    with walls.platform_work():
        yield


@pytest.fixture
def acme(platform: None) -> Tenant:
    return members.create_tenant(slug="acme", name="Acme", by=OPERATOR)


@pytest.fixture
def globex(platform: None) -> Tenant:
    return members.create_tenant(slug="globex", name="Globex", by=OPERATOR)


@pytest.fixture
def join(platform: None) -> Callable[..., Membership]:
    """Make a person a member: `join(acme, "ada", Role.ADMIN)`."""
    return make_member


def make_member(tenant: Tenant, username: str, role: Role = Role.MEMBER) -> Membership:
    """In platform work. A new person's address is verified, as when an operator gives it."""
    email = f"{username}@{tenant.slug}.example"
    if membership := cast.new_member(tenant, username, email, PASSWORD, role):
        return membership
    user = User.objects.filter(username=username).first() or User.objects.create_user(
        username, email, PASSWORD, email_verified_at=timezone.now()
    )
    return members.add_member(tenant, user.pk, role, by=OPERATOR)


def sign_in(membership: Membership) -> Caller:
    """A client with a real access token, made without the cost of a password."""
    access, session = cast.tokens(membership.person_id, membership.tenant_id)
    return Caller(f"Bearer {access}", membership.user, session)


def with_key(membership: Membership, *scope_names: str, name: str = "ci") -> Caller:
    """A client with an API token; no scope named means all."""
    granted = scopes.parse(list(scope_names or ["all"]))
    _, key = api_tokens.create(membership, name=name, scopes=granted, expires_at=None, by=OPERATOR)
    return Caller(f"Api-Token {key}", membership.user)


@contextmanager
def undone() -> Iterator[None]:
    """Rows as they were: one cast serves several requests."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    people.forget()


@pytest.fixture
def anonymous(db: None) -> Caller:
    return Caller()


@pytest.fixture
def member(acme: Tenant) -> Caller:
    return sign_in(make_member(acme, "member"))


@pytest.fixture
def colleague(acme: Tenant) -> Caller:
    """Another member of acme, of the smallest role."""
    return sign_in(make_member(acme, "colleague"))


@pytest.fixture
def issuer(acme: Tenant) -> Caller:
    return sign_in(make_member(acme, "issuer", Role.ISSUER))


@pytest.fixture
def admin(acme: Tenant) -> Caller:
    return sign_in(make_member(acme, "admin", Role.ADMIN))


@pytest.fixture
def owner(acme: Tenant) -> Caller:
    return sign_in(make_member(acme, "owner", Role.OWNER))


@pytest.fixture
def outsider(globex: Tenant) -> Caller:
    """A member of globex only; even its owner is a stranger to acme."""
    return sign_in(make_member(globex, "outsider", Role.OWNER))


@pytest.fixture
def superuser(acme: Tenant) -> Caller:
    membership = make_member(acme, "root")
    User.objects.filter(pk=membership.person_id).update(is_superuser=True, is_staff=True)
    membership.user.refresh_from_db()
    return sign_in(membership)
