"""What anybody may ask for, signed in or not: pages, data and pictures beside the API."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from credentials_portal import problems
from credentials_portal.problems import MethodNotAllowed, Problem, Throttled
from credentials_portal.throttling import AddressThrottle, CallerThrottle

READ_ONLY: dict[str, type[CallerThrottle]] = {"GET": AddressThrottle, "HEAD": AddressThrottle}


# Nobody is signed in: there is no session to forge a request in, and a POST to what is only read
# must be told 405, not that it lacks a CSRF cookie.
@method_decorator(csrf_exempt, name="dispatch")
class OpenView(View):
    """Answers the methods of `throttles`, limited by address.

    `headers()` go with every answer that brings none of its own, refusals too.
    """

    throttles: ClassVar[dict[str, type[CallerThrottle]]] = READ_ONLY

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = self.answer(request, **kwargs)
        except Exception as error:
            problem = self.problem(error)
            if problem.status >= 500:
                problems.log_unforeseen(error)
            response = self.refused(problem)
            response.headers["Cache-Control"] = "no-store"
        for name, value in self.headers().items():
            response.headers.setdefault(name, value)
        return response

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        limited_by = self.throttles.get(request.method or "")
        if limited_by is None:
            raise MethodNotAllowed(headers={"Allow": ", ".join(self.throttles)})
        throttle = limited_by()
        if not throttle.allow_request(request, self):
            raise Throttled(headers={"Retry-After": str(max(1, int(throttle.wait())))})
        return self.handler(request)(request, **kwargs)

    def handler(self, request: HttpRequest) -> Callable[..., HttpResponse]:
        return self.post if request.method == "POST" else self.get

    get: Callable[..., HttpResponse]
    post: Callable[..., HttpResponse]

    def problem(self, error: Exception) -> Problem:
        return problems.as_problem(error)

    def headers(self) -> Mapping[str, str]:
        raise NotImplementedError

    def refused(self, problem: Problem) -> HttpResponse:
        return problems.response(problem)
