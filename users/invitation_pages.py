"""The page behind an invitation's link, where the invited person makes an account.

Nobody is signed in here: the link is the secret. It needs no CSRF token, for whoever could forge
the request would have to know the link, and has it then.
"""

import base64
import functools
import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from credentials_portal import problems
from credentials_portal.logs import request_id
from credentials_portal.middleware import client_address
from credentials_portal.open_views import READ_ONLY, OpenView
from credentials_portal.problems import MalformedBody, Problem, TenantSuspended
from credentials_portal.throttling import CallerThrottle, SignInThrottle
from tenants import walls
from tenants.events import Actor
from tenants.models import Tenant
from users import inviting
from users.invitation_forms import AccountForm
from users.inviting import Invitation

REFUSALS = {
    400: ("This cannot be read", "Open the link again and fill the form in once more."),
    403: ("The organization is suspended", "Ask the organization that invited you."),
    404: (
        "This invitation cannot be used",
        "It was used already, was withdrawn or has become too old, or its address was cut. Ask the"
        " organization that invited you for a new one.",
    ),
    405: ("This page cannot be asked that way", "Open the link in a browser."),
    429: ("Too many requests", "Many came from your network at once. Try again in a minute."),
    503: ("The portal is not ready", "Nothing is lost. Try again shortly."),
}
UNFORESEEN = ("The page could not be made", "The fault is the portal's. Try again shortly.")


class InvitationPage(OpenView):
    http_method_names = ["get", "head", "post"]
    throttles: ClassVar[dict[str, type[CallerThrottle]]] = {**READ_ONLY, "POST": SignInThrottle}

    def headers(self) -> Mapping[str, str]:
        return headers()

    def problem(self, error: Exception) -> Problem:
        if isinstance(error, SuspiciousOperation | MultiPartParserError):
            return MalformedBody()
        return super().problem(error)

    def refused(self, problem: Problem) -> HttpResponse:
        return refused(problem)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return asked(found(token), AccountForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = found(token)
        if invitation.has_account:
            return asked(invitation, AccountForm())
        with walls.platform_work():
            form = AccountForm(request.POST)
            form.is_valid()
        if not form.errors:
            self.make_account(request, token, form)
        if form.errors:
            return asked(invitation, form, status=400)
        return page(
            "joined", organization=invitation.row.tenant, username=form.cleaned_data["username"]
        )

    def make_account(self, request: HttpRequest, token: str, form: AccountForm) -> None:
        told = form.cleaned_data
        by = Actor("user", address=client_address(request), request_id=request_id.get())
        try:
            with walls.platform_work():
                inviting.claim(token, told["username"], told["password"], by=by)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except IntegrityError as error:
            # Somebody else was a moment earlier.
            problem = problems.constraint_problem(error)
            if problem.status >= 500:
                raise
            form.add_error(None, problem.detail)


def found(token: str) -> Invitation:
    with walls.platform_work():
        invitation = inviting.find(token)
    if invitation.row.tenant.status == Tenant.Status.SUSPENDED:
        raise TenantSuspended
    return invitation


def asked(invitation: Invitation, form: AccountForm, status: int = 200) -> HttpResponse:
    row = invitation.row
    name = "known" if invitation.has_account else "account"
    return page(name, status, organization=row.tenant, email=row.email, form=form)


def page(name: str, status: int = 200, **context: Any) -> HttpResponse:
    context = {**context, "style": style()}
    return HttpResponse(render_to_string(f"invitations/{name}.html", context), status=status)


def refused(problem: Problem) -> HttpResponse:
    title, detail = REFUSALS.get(problem.status, UNFORESEEN)
    response = page("refused", problem.status, title=title, detail=detail)
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


@functools.cache
def style() -> SafeString:
    return render_to_string("invitations/style.css")


@functools.cache
def headers() -> dict[str, str]:
    """The style is allowed by its digest; nothing else is loaded or framed, no script runs."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    )
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        # The address is a secret.
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
