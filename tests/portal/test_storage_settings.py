"""Where files go, from the environment; a bad variable is named, never its value."""

from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from credentials_portal import environment

STORE = {
    "S3_BUCKET": "files",
    "S3_ENDPOINT_URL": "http://store:9000",
    "S3_PUBLIC_ENDPOINT_URL": "https://files.example",
    "S3_REGION": "eu-central-1",
    "S3_ACCESS_KEY_ID": "portal",
    "S3_SECRET_ACCESS_KEY": "hunter2",
}


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, str] | None:
    for name in STORE:
        monkeypatch.setenv(name, variables.get(name, ""))
    found = environment.s3("S3_")
    return None if found is None else dict(found)


def test_without_a_bucket_files_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) is None
    assert read(monkeypatch, **STORE | {"S3_BUCKET": " "}) is None


def test_a_store_is_told_by_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, **STORE) == {
        "bucket": "files",
        "endpoint_url": "http://store:9000",
        "public_endpoint_url": "https://files.example",
        "region": "eu-central-1",
        "access_key_id": "portal",
        "secret_access_key": "hunter2",
    }


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"S3_ENDPOINT_URL": "store:9000"}, "S3_ENDPOINT_URL"),
        ({"S3_PUBLIC_ENDPOINT_URL": "ftp://store"}, "S3_PUBLIC_ENDPOINT_URL"),
        ({"S3_SECRET_ACCESS_KEY": ""}, "S3_SECRET_ACCESS_KEY"),
        ({"S3_ACCESS_KEY_ID": ""}, "S3_ACCESS_KEY_ID"),
    ],
)
def test_a_bad_one_is_named(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], named: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=named) as refused:
        read(monkeypatch, **STORE | changes)

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("value", ["tcp://127.0.0.1:3310", "unix:///run/clamav/clamd.socket"])
def test_a_scanner_is_an_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CLAMAV", value)

    assert environment.scanner("CLAMAV") == urlsplit(value)


def test_without_an_address_nothing_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAMAV", "")

    assert environment.scanner("CLAMAV") is None


@pytest.mark.parametrize(
    "value", ["127.0.0.1:3310", "tcp://127.0.0.1", "tcp://:3310", "unix://", "tcp://a:b", "on"]
)
def test_any_other_scanner_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CLAMAV", value)

    with pytest.raises(ImproperlyConfigured, match="CLAMAV"):
        environment.scanner("CLAMAV")
