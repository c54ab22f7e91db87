"""What anybody may ask for, signed in or not: pages, data and pictures beside the API."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from credentials_portal import problems
from credentials_portal.problems import MethodNotAllowed, Problem, Throttled
from credentials_portal.throttling import AddressThrottle


# Nobody is signed in, and a POST must be told 405, not that it lacks a CSRF cookie.
@method_decorator(csrf_exempt, name="dispatch")
class OpenView(View):
    """Answers GET and HEAD, limited by address; `headers()` go with all that brings none."""

    http_method_names = ["get", "head"]
    get: Callable[..., HttpResponse]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = self.answer(request, **kwargs)
        except Exception as error:
            problem = problems.as_problem(error)
            if problem.status >= 500:
                problems.log_unforeseen(error)
            response = self.refused(problem)
            response.headers["Cache-Control"] = "no-store"
        for name, value in self.headers().items():
            response.headers.setdefault(name, value)
        return response

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        throttle = AddressThrottle()
        if not throttle.allow_request(request, self):
            raise Throttled(headers={"Retry-After": str(max(1, int(throttle.wait())))})
        return self.get(request, **kwargs)

    def headers(self) -> Mapping[str, str]:
        raise NotImplementedError

    def refused(self, problem: Problem) -> HttpResponse:
        return problems.response(problem)
