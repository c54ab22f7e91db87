"""Documented commands, sent as curl would."""

import http.client
import json
import re
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

HOST = "https://HOST"


@dataclass
class Answer:
    status: int
    content_type: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def curl(command: str, host: str, **values: object) -> Answer:
    """Send what curl would for the options that the documents use."""
    if values:  # in one pass: a token may spell the name of another value
        names = re.compile("|".join(values))
        command = names.sub(lambda name: str(values[name[0]]), command)
    program, *words = shlex.split(command.replace("\\\n", " "))
    method, url, headers, body = "", "", {"Accept": "*/*"}, None
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                body = words.pop(0)
            case address:
                url = address
    assert (program, url[: len(HOST)]) == ("curl", HOST)
    server = http.client.HTTPConnection(urlsplit(host).netloc, timeout=20)
    try:
        default = "GET" if body is None else "POST"
        server.request(method or default, url.removeprefix(HOST), body, headers)
        response = server.getresponse()
        return Answer(response.status, response.getheader("Content-Type", ""), response.read())
    finally:
        server.close()
