"""Uploads at the same moment, each on a connection of its own, as from many clients."""

from typing import Any

import pytest

from credentials.models import Diploma
from credentials.storage.base import Store
from tenants.models import Role, Tenant
from tenants.walls import platform_work
from tests import factories
from tests.conftest import make_member
from tests.storage.conftest import announce, download_path, get, keys, put, stored_file
from tests.storage.samples import PDF
from tests.together import committed_acme, together

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 6


acme = committed_acme


@pytest.fixture
def diplomas(acme: Tenant) -> list[Diploma]:
    with platform_work():
        holder = make_member(acme, "ada", Role.MEMBER).user
        return [factories.diploma(acme, holder) for _ in range(CLIENTS)]


def test_of_uploads_to_one_address_one_whole_file_is_left(
    store: Store, acme: Tenant, diplomas: list[Diploma]
) -> None:
    variants = [PDF.replace(b"1 0 obj", b"%d 0 obj" % number) for number in range(CLIENTS)]
    with platform_work():
        address = announce(diplomas[0])

    answers = together(CLIENTS, lambda index: put(address, variants[index]).status_code)

    assert answers == [204] * CLIENTS
    assert get(download_path(diplomas[0])).getvalue() in variants
    assert len(keys(store)) == 1
    with platform_work():
        assert stored_file(diplomas[0])
        acme.refresh_from_db()
    assert acme.stored_bytes == len(PDF)


def test_a_quota_holds_however_many_upload_at_once(
    local: Store, settings: Any, acme: Tenant, diplomas: list[Diploma]
) -> None:
    fit = 2
    settings.STORAGE_QUOTA_BYTES = fit * len(PDF)
    with platform_work():
        addresses = [announce(each) for each in diplomas]

    answers = together(CLIENTS, lambda index: put(addresses[index], PDF).status_code)

    assert sorted(answers) == [204] * fit + [409] * (CLIENTS - fit)
    assert len(keys(local)) == fit
    with platform_work():
        acme.refresh_from_db()
    assert acme.stored_bytes == fit * len(PDF)
