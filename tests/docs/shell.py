"""A shell of few words, in process: curl, jq, manage.py and variables, as API pages use them."""

import http.client
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.commands.conftest import call

JSON = "application/json"
NAMED = re.compile(r"\$(\w+)")
ASSIGNED = re.compile(r"(\w+)=(.*?)(?:\$\((.*)\))?", re.DOTALL)
STEP = re.compile(r"\.(\w+)|\[(\d*)\]")


@dataclass
class Printed:
    """What a command showed; of curl's `-i`, the first line and headers as well."""

    text: str
    head: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """What the options of a curl say."""

    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Accept": "*/*"})
    body: bytes | None = None
    shows_head: bool = False
    written: str = ""


@dataclass
class Shell:
    """Sends every request to `host`, whatever address the page names."""

    host: str
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def run(self, command: str) -> Printed:
        command = command.replace("\\\n", " ")
        if assigned := ASSIGNED.fullmatch(command):
            name, value, inner = assigned.groups()
            found = self.expanded(value) + (self.run(inner).text if inner else "")
            self.variables[name] = found
            return Printed("")
        words = shlex.split(command)
        if words[0] == "printf":
            _, text, _, name = words
            self.files[name] = text.replace("\\n", "\n").encode()
            return Printed("")
        if words[0] == "jq":
            *asked, _, variable = words
            return filtered(asked, self.expanded(variable))
        first, *rest = pipeline(words)
        if first[:2] == [".venv/bin/python", "manage.py"]:
            printed = Printed(call(*first[2:]))
        else:
            printed = self.curl([self.expanded(word) for word in first[1:]])
        for each in rest:
            printed = filtered(each, printed.text)
        return printed

    def expanded(self, text: str) -> str:
        return NAMED.sub(lambda found: self.variables[found[1]], text)

    def curl(self, words: list[str]) -> Printed:
        asked = self.asked(words)
        answer, content = self.send(asked)
        if asked.written == r"%{http_code}\n":
            return Printed(str(answer.status))
        if asked.written:
            name = asked.written.removeprefix("%header{").removesuffix("}")
            return Printed(answer.headers[name])
        if not asked.shows_head:
            return Printed(content)
        return Printed(
            content,
            f"HTTP/1.1 {answer.status} {answer.reason}",
            {name.lower(): value for name, value in answer.getheaders()},
        )

    def asked(self, words: list[str]) -> Asked:
        found = Asked()
        while words:
            match words.pop(0):
                case "-s":
                    pass
                case "-i":
                    found.shows_head = True
                case "-X":
                    found.method = words.pop(0)
                case "-H":
                    name, _, value = words.pop(0).partition(": ")
                    found.headers[name] = value
                case "--json":
                    found.body = words.pop(0).encode()
                    found.headers |= {"Content-Type": JSON, "Accept": JSON}
                case "-T":
                    found.body, found.method = self.files[words.pop(0)], "PUT"
                case "-o":
                    assert words.pop(0) == "/dev/null"
                case "-w":
                    found.written = words.pop(0)
                case address:
                    assert not address.startswith("-"), address
                    found.url = address
        return found

    def send(self, asked: Asked) -> tuple[http.client.HTTPResponse, str]:
        parts = urlsplit(asked.url)
        server = http.client.HTTPConnection(urlsplit(self.host).netloc, timeout=20)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            method = asked.method or ("GET" if asked.body is None else "POST")
            server.request(method, path, asked.body, asked.headers)
            answer = server.getresponse()
            return answer, answer.read().decode()
        finally:
            server.close()


def pipeline(words: list[str]) -> Iterator[list[str]]:
    while "|" in words:
        at = words.index("|")
        yield words[:at]
        words = words[at + 1 :]
    yield words


def filtered(words: list[str], text: str) -> Printed:
    """`jq [-r] FILTER`, of paths, `[path]`, `{names}` and `length`, joined by ` | `."""
    *options, wanted = words[1:]
    values = [json.loads(text)]
    for stage in wanted.split(" | "):
        values = [each for value in values for each in applied(stage, value)]
    if options == ["-r"]:
        return Printed("\n".join(map(str, values)))
    assert not options
    return Printed("\n".join(json.dumps(value) for value in values))


def applied(stage: str, value: Any) -> list[Any]:
    if stage == "length":
        return [len(value)]
    if stage.startswith("{"):
        return [{name: value[name] for name in stage.strip("{}").split(", ")}]
    if stage.startswith("["):
        return [applied(stage[1:-1], value)]
    found = [value]
    steps = list(STEP.finditer(stage))
    assert "".join(step[0] for step in steps).replace(".[", "[") == stage.replace(".[", "[")
    for step in steps:
        if step[1]:
            found = [each[step[1]] for each in found]
        elif step[2]:
            found = [each[int(step[2])] for each in found]
        else:
            found = [inner for each in found for inner in each]
    return found
