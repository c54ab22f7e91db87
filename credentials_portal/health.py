"""For load balancers and people on call."""

from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg_pool import PoolTimeout

from credentials_portal import problems


class HealthMiddleware:
    """Answers before everything else: a probe knows neither our host name nor TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return problems.response(problems.MethodNotAllowed(headers={"Allow": "GET, HEAD"}))
        return probe(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration. 503 otherwise."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except (DatabaseError, PoolTimeout):
        return problems.response(problems.Unavailable("The database cannot be reached."))
    if needed_migrations() - applied.keys():
        return problems.response(problems.Unavailable("Migrations are waiting to be applied."))
    return JsonResponse({"status": "ready"})


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
}


@cache
def needed_migrations() -> frozenset[tuple[str, str]]:
    """Read from the disk once: the code of a running process does not change."""
    return frozenset(MigrationLoader(None).graph.nodes)
