"""What every endpoint does around its own work: caller, access, limits, transaction, answer."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, cast

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from credentials_portal import logs, problems
from credentials_portal.etags import conditional
from credentials_portal.form_fields import validated
from credentials_portal.middleware import client_address
from tenants import access as accesses
from tenants import changes, idempotency, walls
from tenants.access import Access, Identity, Open
from tenants.events import Actor
from tenants.models import Role

SAFE_METHODS = ("GET", "HEAD")
Handler = Callable[..., Any]


class PortalView(ViewSet):
    """A view declares its family and, for each action, the least role; it handles, and no more.

    Reads run outside a transaction and open their scope themselves (see `walls.read`); without a
    scope they see no rows. Writes run in one transaction in the caller's tenant.
    """

    family: ClassVar[str | None] = None  # whose scopes an API token needs
    roles: ClassVar[dict[str, Role | Open]] = {}
    # Actions that write one new row and need to ask nothing before: they return a `Creation`.
    creations: ClassVar[frozenset[str]] = frozenset()
    # Actions whose answers hold signed addresses, and so are neither stored nor tagged.
    untagged: ClassVar[frozenset[str]] = frozenset()
    needs_session: ClassVar[bool] = False  # of a person: the session token beside the access token
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    read_cache = "private, no-cache"

    identity: Identity | None
    kwargs: dict[str, Any]
    _access: Access | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        self.identity = self._access = None
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            response = self.answer(self.request)
        except Exception as error:
            response = self.handle_exception(error)
        return self.finalize_response(self.request, cast("Any", response), *args, **kwargs)

    def answer(self, request: Request) -> HttpResponse:
        handler: Handler | None = getattr(self, (request.method or "").lower(), None)
        if handler is None or request.method not in self.allowed_methods:
            raise problems.MethodNotAllowed
        self.identity = self.authenticated(request)
        self.check_throttles(request)
        self.admit(request)
        self.request_id = logs.request_id.get()
        if request.method in SAFE_METHODS:
            response = self.rendered(request, handler(request, **self.kwargs))
            return conditional(request, response, self.read_cache)
        return self.write(request, handler)

    # --- Who may

    def authenticated(self, request: Request) -> Identity | None:
        try:
            return cast("Identity | None", request.auth)
        except problems.Unauthorized:
            # Guesses at tokens count against the address, like any other anonymous request.
            request.auth = None
            self.check_throttles(request)
            raise

    def admit(self, request: Request) -> None:
        """Refuse a caller who lacks the token, the tenant, the scope or the role, in that order."""
        least = self.roles.get(self.action)
        if least is None:
            raise problems.Forbidden("This action names no role.")
        if least is Open.ANYONE:
            return
        if self.identity is None:
            self.refuse_anonymous()
        if self.needs_session and not self.caller.token_id:
            self.demand_session(request)
        if isinstance(least, Role):
            self.access.demand(least)
            accesses.demand_scope(
                self.caller, self.family, write=request.method not in SAFE_METHODS
            )
        elif self.caller.token_id:
            # An integration is nobody outside its organization, nor once its user has left it.
            _ = self.access

    def demand_session(self, request: Request) -> None:
        """It was checked with the access token, if it is there."""
        if not request.META.get("HTTP_X_SESSION_TOKEN"):
            raise problems.Unauthorized("Send a session token, too, in the x-session-token header.")

    def refuse_anonymous(self) -> None:
        raise problems.Unauthorized

    @property
    def caller(self) -> Identity:
        if self.identity is None:
            raise problems.Unauthorized
        return self.identity

    @property
    def access(self) -> Access:
        if self._access is None:
            self._access = self.find_access()
        return self._access

    def find_access(self) -> Access:
        """In the order of the contract: URL, session token, the token's tenant, primary."""
        return accesses.find_access(self.caller, self.kwargs.get("organization"))

    @property
    def actor(self) -> Actor:
        caller = self.caller
        return Actor(
            kind="api_token" if caller.token_id else "user",
            user_id=caller.user_id,
            token_id=caller.token_id,
            address=client_address(self.request._request),
            request_id=self.request_id,
        )

    # --- Writes

    def write(self, request: Request, handler: Handler) -> HttpResponse:
        """One transaction; a refusal undoes the handler's writes and keeps the stored answer.

        The handler runs inside a savepoint. What is unforeseen undoes everything.
        """
        key = self.idempotency_key(request)
        if self.action in self.creations:
            return self.create_at_once(request, handler, key)
        opening = (*(key.opening() if key else ()), walls.SAVEPOINT)
        with walls.work(self.scope(), *opening) as opened:
            if key and (first := key.stored(*opened[:2])):
                return first
            try:
                with walls.refusable():
                    response: HttpResponse = handler(request, **self.kwargs)
            except Exception as error:
                response = self.refusal(error)
            walls.finish(*([key.storing(self.rendered(request, response))] if key else []))
        return response

    def create_at_once(
        self, request: Request, handler: Handler, key: idempotency.Key | None
    ) -> HttpResponse:
        """The same in one round trip, where the handler asks the database nothing.

        It gives what is to be created, and what must be given for it; only a refusal needs a
        transaction to be stored in.
        """
        opening = key.opening() if key else ()
        try:
            creation: changes.Creation = handler(request, **self.kwargs)
            making = (creation.statement(key), *creation.then())
            answers = walls.at_once(self.scope(), *opening, *making)
        except Exception as error:
            response = self.refusal(error)
        else:
            if key and (first := key.stored(*answers[:2])):
                return first
            rows = answers[len(opening)]
            if rows or not creation.given:
                ((_, json),) = rows
                status, kind = creation.status, changes.JSON
                return HttpResponse(json.encode(), status=status, content_type=kind)
            response = self.refusal(creation.given.otherwise)
        if key:
            with walls.work(self.scope(), *opening) as opened:
                if first := key.stored(*opened):
                    return first
                walls.finish(key.storing(self.rendered(request, response)))
        return response

    def refusal(self, error: Exception) -> HttpResponse:
        """The answer to a caller's mistake; what is unforeseen is raised on."""
        if problems.as_problem(error).status >= 500:
            raise error
        return self.handle_exception(error)

    def scope(self) -> walls.Scope:
        return walls.tenant(self.access.tenant_id)

    def idempotency_key(self, request: Request) -> idempotency.Key | None:
        if request.method != "POST" or self.family is None:
            return None
        value = idempotency.key_value(request.META.get("HTTP_IDEMPOTENCY_KEY"))
        if value is None:
            return None
        ids = {name: str(value).lower() for name, value in sorted(self.kwargs.items())}
        return idempotency.Key(
            tenant_id=self.access.tenant_id,
            user_id=self.caller.user_id,
            operation=idempotency.operation(f"{type(self).__name__}.{self.action} {ids}"),
            value=value,
            payload_hash=idempotency.payload_hash(request.data),
        )

    def rendered(self, request: Request, response: HttpResponse) -> HttpResponse:
        if isinstance(response, Response) and not response.is_rendered:
            self.finalize_response(request, response, *self.args, **self.kwargs)
            response.render()
        return response

    def valid(self, serializer: type[Serializer[Any]], data: Any, **options: Any) -> dict[str, Any]:
        """What the caller sent, checked. Raises every fault at once (400)."""
        checker = serializer(**options) if options else shared(serializer)
        values: dict[str, Any] = validated(checker, data)
        return values


@cache
def shared(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    """One for all requests: checking leaves nothing behind; DRF copies each field of a new one."""
    return serializer()
