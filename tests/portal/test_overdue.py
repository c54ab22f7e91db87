"""Which connections are ended for silence; looking at what is none leaves nothing open."""

import socket
from pathlib import Path

from credentials_portal.overdue import OPEN_FILES, _end_if_silent


def open_files() -> int:
    return len(list(OPEN_FILES.iterdir()))


def connected(server: socket.socket) -> tuple[socket.socket, socket.socket]:
    client = socket.create_connection(server.getsockname())
    return client, server.accept()[0]


def test_looking_leaves_nothing_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "file").open("w") as file:
        port = server.getsockname()[1]
        before = open_files()

        for descriptor in (file.fileno(), server.fileno()):
            _end_if_silent(descriptor, port, 0)

        assert open_files() == before


def test_a_silent_connection_to_the_port_is_ended_and_no_other() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("127.0.0.1", 0)) as elsewhere,
    ):
        (client, ours), (friend, other) = connected(server), connected(elsewhere)
        with client, ours, friend, other:
            port = server.getsockname()[1]
            for each in (ours, other):
                _end_if_silent(each.fileno(), port, 0)
            other.sendall(b"still there")

            assert client.recv(1) == b""
            assert friend.recv(64) == b"still there"


def test_one_that_was_sent_to_lately_goes_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client, ours = connected(server)
        with client, ours:
            ours.sendall(b"a")
            _end_if_silent(ours.fileno(), server.getsockname()[1], 3600)
            ours.sendall(b"b")

            received = client.recv(1) + client.recv(1)

    assert received == b"ab"
