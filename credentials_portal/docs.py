"""The OpenAPI document, and the page that shows it, all from packaged files."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from rest_framework.request import Request
from rest_framework.views import APIView

from credentials_portal.etags import conditional

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Credentials Portal API</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{style}">
<div id="docs"></div>
<script src="{swagger}"></script>
<script src="{script}"></script></html>
"""
# With a validator, Swagger UI would send the document's address to an outside service.
SCRIPT = """SwaggerUIBundle({
  url: "%s",
  dom_id: "#docs",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
# The page neither loads from nor talks to anybody but this portal. Swagger UI styles inline.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class DocumentationView(APIView):
    """No operation of the API itself."""

    schema = None
    http_method_names = ["get", "head"]


class DocumentView(DocumentationView):
    """JSON, or YAML for who asks for it by `Accept` or `?format=yaml`."""

    def get(self, request: Request) -> HttpResponse:
        asked = request.query_params.get("format") or request.headers.get("Accept", "")
        yaml = "yaml" in asked and "json" not in asked
        renderer = OpenApiYamlRenderer2 if yaml else OpenApiJsonRenderer2
        response = HttpResponse(rendered(renderer), content_type=renderer.media_type)
        response = conditional(request, response, "no-cache")
        patch_vary_headers(response, ["Accept"])
        return response


@functools.cache
def rendered(renderer: Callable[[], Any]) -> bytes:
    """It does not change while the process lives, and takes a while to make."""
    # So does loading what makes it, which most processes are never asked for.
    from credentials_portal.schema import PortalGenerator

    content: bytes = renderer().render(PortalGenerator().get_schema(public=True), None, {})
    return content


class DocsView(DocumentationView):
    """Swagger UI."""

    def get(self, request: Request) -> HttpResponse:
        page = PAGE.format(
            icon=asset("favicon-32x32.png"),
            style=asset("swagger-ui.css"),
            swagger=asset("swagger-ui-bundle.js"),
            script=reverse("docs_script"),
        )
        return HttpResponse(page, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})


def asset(name: str) -> str:
    return static(f"drf_spectacular_sidecar/swagger-ui-dist/{name}")


class DocsScriptView(DocumentationView):
    """Apart from the page, which so needs no inline script."""

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(SCRIPT % reverse("schema"), content_type="text/javascript")


urlpatterns = [
    path("schema", DocumentView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
    path("docs.js", DocsScriptView.as_view(), name="docs_script"),
]
