"""What an ASGI server tells of a request, as PEP 3333 wants it told."""

import sys
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
CONSTANT: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
WITHOUT_PREFIX = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def from_scope(scope: dict[str, Any]) -> Environ:
    """All but `wsgi.input`."""
    server, port = scope["server"]
    environ = CONSTANT | {
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": scope["client"][0],
        "REQUEST_METHOD": scope["method"],
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.url_scheme": scope["scheme"],
    }
    for header, value in scope["headers"]:
        if name := name_of(header):
            told = value.decode("latin-1")
            if name in environ:
                told = environ[name] + ("; " if name == "HTTP_COOKIE" else ",") + told
            environ[name] = told
    return environ


# Few: a name may have 64 KiB, and is the client's choice.
@lru_cache(maxsize=128)
def name_of(header: bytes) -> str:
    # X_Forwarded_For would read as X-Forwarded-For, which a proxy has checked.
    if b"_" in header:
        return ""
    name = header.decode("latin-1").upper().replace("-", "_")
    return name if name in WITHOUT_PREFIX else f"HTTP_{name}"
