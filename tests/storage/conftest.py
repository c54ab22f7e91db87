"""Both stores, empty; a diploma; and what a client does with the addresses that it is given."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.diplomas import files, links
from credentials.diplomas.files import Attachment
from credentials.models import Diploma, DiplomaFile
from credentials.storage.base import Store
from credentials.storage.configured import store as configured
from tenants.events import OPERATOR, Actor
from tenants.models import Tenant
from tests import factories
from tests.conftest import Caller
from tests.storage.s3_server import make_bucket, s3_server
from tests.storage.samples import PDF


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3") / "log") as url:
        yield url


@pytest.fixture
def local(settings: Any, tmp_path: Path) -> Store:
    settings.S3, settings.FILES_DIR = None, tmp_path / "files"
    return configured()


@pytest.fixture
def remote(settings: Any, s3: str) -> Store:
    settings.S3 = tuple(make_bucket(s3, f"files-{uuid.uuid4()}").items())
    return configured()


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def diploma(acme: Tenant, member: Caller) -> Diploma:
    return factories.diploma(acme, member.user)


def announce(
    diploma: Diploma,
    content: bytes = PDF,
    name: str = "diploma.pdf",
    content_type: str = "application/pdf",
    size: int | None = None,
) -> str:
    """The path to send it to."""
    attachment = Attachment(name, content_type, len(content) if size is None else size)
    file = files.announce(diploma, attachment, by=OPERATOR)
    by = Actor("user", user_id=diploma.holder_id)
    return path(links.upload_address(diploma.tenant.uuid, file, by=by))


def stored_file(diploma: Diploma) -> DiplomaFile | None:
    return DiplomaFile.objects.filter(diploma_id=diploma.pk).exclude(key=None).first()


def download_path(diploma: Diploma) -> str:
    """The portal's own, whatever the store."""
    return path(links.download_address(diploma.tenant.uuid, diploma.uuid, None))


def path(url: str) -> str:
    return url[url.index("/files/") :]


def put(path: str, content: bytes, **options: Any) -> Any:
    told = {"CONTENT_LENGTH": str(len(content)), "content_type": "application/pdf", **options}
    return Caller().request("put", path, content, **told)


def get(path: str, **headers: str) -> Any:
    return Caller().get(path, headers=headers)


def keys(store: Store) -> set[str]:
    return {each.key for each in store.objects()}
