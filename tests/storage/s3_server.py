"""An S3-compatible server in a process of its own, on loopback."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3

from tests.start.portals import free_port

KEY_ID, SECRET, REGION = "portal", "portal-secret", "eu-central-1"
SECONDS_TO_START = 60


@contextlib.contextmanager
def s3_server(log: Path) -> Iterator[str]:
    """Its address. What it keeps is in its memory."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env={"PATH": os.environ["PATH"]},
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def make_bucket(url: str, name: str) -> dict[str, str]:
    """The portal's settings for a new one."""
    client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.close()
    return {
        "bucket": name,
        "endpoint_url": url,
        "region": REGION,
        "access_key_id": KEY_ID,
        "secret_access_key": SECRET,
    }
