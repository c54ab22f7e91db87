"""The page behind each problem's `type`."""

from django.http import Http404, HttpRequest, JsonResponse

from credentials_portal.problems import known_problems, type_uri


def page(request: HttpRequest, slug: str) -> JsonResponse:
    for kind in known_problems():
        if kind.slug == slug:
            facts = {"type": type_uri(slug), "title": kind.title, "status": kind.status}
            return JsonResponse({**facts, "detail": kind.detail})
    raise Http404
