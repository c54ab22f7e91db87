"""Exit 0 when the portal on this container's port answers `/healthz` with 200, else say why not."""

import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_SECONDS = 4


def trouble(port: int) -> str | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"/healthz does not answer: {error!r}"
    finally:
        connection.close()
    return None if status == 200 else f"/healthz answered {status}"


if __name__ == "__main__":
    sys.exit(trouble(int(sys.argv[1])))
