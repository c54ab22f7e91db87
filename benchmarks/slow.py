"""GET one while 20 clients send their bodies slowly, beside GET one without them."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from statistics import median

from benchmarks.cases import API
from benchmarks.load import Load, LoadError
from benchmarks.rounds import Measured

CLIENTS, BYTES_PER_SECOND = 20, 1000
PAUSE_SECONDS = 0.1
LENGTH = 1_000_000  # less than most views take, and more than is sent while measuring
MOST = 2.0


@contextlib.contextmanager
def clients(port: int) -> Iterator[None]:
    """They send until the block ends. Raises LoadError when the server ended a connection."""
    head = (
        f"POST {API}/user-micro-credentials HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {LENGTH}\r\n\r\n"
    )
    enough = threading.Event()
    lost: list[OSError] = []
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(CLIENTS)
        ]
        for connection in connections:
            connection.sendall(head.encode())

        def send() -> None:
            piece = b" " * int(BYTES_PER_SECOND * PAUSE_SECONDS)
            try:
                while not enough.wait(PAUSE_SECONDS):
                    for connection in connections:
                        connection.sendall(piece)
            except OSError as error:
                lost.append(error)

        sender = threading.Thread(target=send)
        sender.start()
        try:
            yield
        finally:
            enough.set()
            sender.join()
    if lost:
        raise LoadError(f"a slow client lost its connection: {lost[0]}")


def beside_none(load: Load, *, rounds: int, seconds: int) -> tuple[dict[str, Measured], float]:
    """Both ways in turn, and the median of the p99 with them as a multiple of that without."""
    alone, among = f"{load.name}, alone", f"{load.name}, {CLIENTS} slow clients"
    measured = {alone: Measured(), among: Measured()}
    times = []
    for _ in range(rounds):
        without = load.run(seconds)
        with clients(load.port):
            beside = load.run(seconds)
        for name, result in ((alone, without), (among, beside)):
            measured[name].results.append(result)
            measured[name].ratios.append(result.per_second / without.per_second)
        times.append(beside.p99_ms / without.p99_ms)
    return measured, median(times)
