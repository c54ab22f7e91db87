"""The pages behind each problem's `type`."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from credentials_portal.problems import known_problems, type_uri

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
</style><h1>{title}</h1>{body}</html>"""


def index(request: HttpRequest) -> HttpResponse:
    """All problems that the API answers with."""
    rows = format_html_join(
        "",
        '<li>{} <a href="{}">{}</a></li>',
        ((kind.status, type_uri(kind.slug), kind.title) for kind in known_problems()),
    )
    return shown("Problems", format_html("<ul>{}</ul>", rows))


def page(request: HttpRequest, slug: str) -> HttpResponse:
    for kind in known_problems():
        if kind.slug == slug:
            body = "<p>HTTP status {}</p><p>{}</p><p><a href='/problems/'>All problems</a></p>"
            return shown(kind.title, format_html(body, kind.status, kind.detail))
    raise Http404


def shown(title: str, body: SafeString) -> HttpResponse:
    return HttpResponse(format_html(PAGE, title=title, body=body))
