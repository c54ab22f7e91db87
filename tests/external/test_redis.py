"""Throttle counters in Redis, which every process of a portal shares."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.conftest import Caller

pytestmark = pytest.mark.redis

PATH = "/api/v1/users/me"


class Server:
    """A Redis of the test's own, on a socket that nobody else can open."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        program = shutil.which("redis-server")
        assert program, "apt-get install redis-server"
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(self.socket), "--save", ""],
            cwd=folder,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout
        for line in self.process.stdout:
            if b"accept connections" in line:
                break

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Server]:
    server, before = Server(tmp_path), settings.CACHES
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": server.url}}
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "user": 3}
    yield server
    settings.CACHES = before
    server.stop()


@pytest.mark.usefixtures("server")
def test_a_user_is_refused_at_the_limit(member: Caller) -> None:
    statuses = [member.get(PATH).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_requests_that_another_process_counted_count(server: Server, member: Caller) -> None:
    member.get(PATH)
    with redis.Redis.from_url(server.url) as elsewhere:
        [key] = [key for key in elsewhere.keys() if b":throttle:user:" in key]  # noqa: SIM118
        elsewhere.incrby(key, 2)

    assert member.get(PATH).status_code == 429


def test_the_portal_answers_when_redis_is_gone(server: Server, member: Caller) -> None:
    assert member.get(PATH).status_code == 200
    server.stop()

    assert [member.get(PATH).status_code for _ in range(5)] == [200] * 5
