"""python -m benchmarks.portal PORT: the bare views beside the portal, by its own web server."""

import sys

from credentials_portal.serving import serve

WORKERS = 2

if __name__ == "__main__":
    serve(
        "127.0.0.1",
        int(sys.argv[1]),
        WORKERS,
        when_answering=lambda: None,
        application="benchmarks.wsgi.application",
    )
