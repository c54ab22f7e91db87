"""The images that a document may show: those that were uploaded here."""

import re

from django.conf import settings

FOLDER = "/images/"
UPLOADED = re.compile(r"/images/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def own_image(address: str) -> str:
    """Its whole address; blank for an image from elsewhere, whose host would learn of the visit."""
    path = address.removeprefix(settings.PUBLIC_URL)
    return settings.PUBLIC_URL + path if UPLOADED.fullmatch(path) else ""
