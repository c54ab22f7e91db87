"""Announced, uploaded, downloaded and replaced, by the addresses that the answers tell."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from credentials.models import DiplomaTitle
from credentials.storage.configured import store
from tests.conftest import Caller
from tests.diplomas.conftest import OWN, Person


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def announced(name: str, content: bytes) -> dict[str, Any]:
    return {"attachment": {"name": name, "mimeType": "text/csv", "size": len(content)}}


def path_of(address: str) -> str:
    return urlsplit(address).path


def upload(anonymous: Caller, answer: dict[str, Any], content: bytes) -> None:
    response = anonymous.put(path_of(answer["uploadUrl"]), content, content_type="text/csv")
    assert response.status_code == 204, response.content


def downloaded(anonymous: Caller, answer: dict[str, Any]) -> bytes:
    response = anonymous.get(path_of(answer["presignedUrl"]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_a_file_comes_back_as_it_was_sent_and_gives_way_to_the_next(
    member: Person, anonymous: Caller, title: DiplomaTitle
) -> None:
    first, second = b"name;grade\nAda;1\n", "name;grade\nÉmile;2\n".encode()
    made = member.post(OWN, {"titleId": title.pk, **announced("one.csv", first)}).json()
    record = f"{OWN}/{made['diploma']['id']}"
    assert anonymous.get(path_of(made["presignedUrl"])).status_code == 404

    upload(anonymous, made, first)
    assert downloaded(anonymous, made) == first
    answer = member.patch(record, announced("two.csv", second)).json()
    # Until it has come, what was there before.
    assert downloaded(anonymous, answer) == first
    upload(anonymous, answer, second)

    for told in (made, answer, member.get(record).json()):
        assert downloaded(anonymous, told) == second
    assert "uploadUrl" not in member.get(record).json()
    (item,) = member.get(OWN).json()["data"]
    assert item["attachment"]["name"] == "two.csv"


@pytest.mark.parametrize("asked", ["bytes=0-", "bytes=0-3", "bytes=0-99", "bytes=-99", "BYTES=0-"])
def test_a_part_that_is_the_whole_is_a_part(
    member: Person, anonymous: Caller, title: DiplomaTitle, asked: str
) -> None:
    made = member.post(OWN, {"titleId": title.pk, **announced("one.csv", b"a;b\n")}).json()
    upload(anonymous, made, b"a;b\n")

    response = anonymous.get(path_of(made["presignedUrl"]), headers={"Range": asked})

    assert (response.status_code, response.getvalue()) == (206, b"a;b\n")
    assert response.headers["Content-Range"] == "bytes 0-3/4"


@pytest.mark.parametrize("asked", ["bytes=0-1", "bytes=9-"])
def test_head_is_of_the_whole_whatever_part_is_asked_for(
    member: Person, anonymous: Caller, title: DiplomaTitle, asked: str
) -> None:
    made = member.post(OWN, {"titleId": title.pk, **announced("one.csv", b"a;b\n")}).json()
    upload(anonymous, made, b"a;b\n")

    address = path_of(made["presignedUrl"])
    response = anonymous.request("head", address, headers={"Range": asked})

    assert (response.status_code, response.headers["Content-Length"]) == (200, "4")
    assert "Content-Range" not in response.headers


def test_a_file_is_acknowledged_though_the_store_keeps_the_one_before(
    member: Person, anonymous: Caller, title: DiplomaTitle, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = member.post(OWN, {"titleId": title.pk, **announced("one.csv", b"a;b\n")}).json()
    upload(anonymous, made, b"a;b\n")

    def unreachable(key: str) -> None:
        raise OSError(key)

    monkeypatch.setattr(store(), "delete", unreachable)
    upload(anonymous, made, b"c;d\n")

    assert downloaded(anonymous, made) == b"c;d\n"


def test_no_file_of_a_deleted_diploma_is_given(
    member: Person, anonymous: Caller, title: DiplomaTitle
) -> None:
    made = member.post(OWN, {"titleId": title.pk, **announced("one.csv", b"a;b\n")}).json()
    upload(anonymous, made, b"a;b\n")
    assert downloaded(anonymous, made) == b"a;b\n"

    assert member.delete(f"{OWN}/{made['diploma']['id']}").status_code == 204

    assert anonymous.get(path_of(made["presignedUrl"])).status_code == 404
