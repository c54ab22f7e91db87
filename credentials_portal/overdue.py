"""Ends connections whose request does not come to an end.

The server's own read of a body knows no limit, and nothing can interrupt it.
"""

import contextlib
import os
import socket
import struct
import sys
import threading
import time
from pathlib import Path

from django.conf import settings

from credentials_portal import underway

LONGEST_PAUSE = 5  # seconds between two looks
LAST_SENT = struct.Struct("=44xI")  # tcpi_last_data_sent of Linux's struct tcp_info
OPEN_FILES = Path("/proc/self/fd")


def watch(port: int) -> None:
    """From now on, in this process, which serves at that port."""
    if sys.platform == "linux":
        threading.Thread(target=_watch, args=(port, settings.MAX_BODY_SECONDS), daemon=True).start()


def _watch(port: int, seconds: int) -> None:
    while True:
        time.sleep(min(LONGEST_PAUSE, seconds / 4))
        waiting, working = underway.started_before(time.monotonic() - seconds)
        # The server does not say whose connection is whose. One on which nothing was sent for so
        # long has a request at least as old: when all of those wait for their clients, so does it.
        if waiting and not working:
            for descriptor in OPEN_FILES.iterdir():
                with contextlib.suppress(OSError):
                    _end_if_silent(int(descriptor.name), port, seconds)


def _end_if_silent(descriptor: int, port: int, seconds: int) -> None:
    copy = os.dup(descriptor)
    try:
        connection = socket.socket(fileno=copy)
    except OSError:  # a file, or whatever else
        os.close(copy)
        return
    with connection:
        if connection.family not in {socket.AF_INET, socket.AF_INET6}:
            return
        # Those to the database and other services have a port of their own.
        if connection.getsockname()[1] != port:
            return
        if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return
        facts = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, LAST_SENT.size)
        (silent_ms,) = LAST_SENT.unpack(facts)
        if silent_ms >= seconds * 1000:
            connection.shutdown(socket.SHUT_RDWR)
