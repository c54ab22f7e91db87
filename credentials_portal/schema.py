"""The OpenAPI document."""

from drf_spectacular.openapi import AutoSchema


class PortalSchema(AutoSchema):  # type: ignore[misc]
    pass
