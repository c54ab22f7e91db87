"""How much an organization may store: counted in its record, whatever writes the rows."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from credentials.diplomas import files
from credentials.models import Diploma, DiplomaFile
from credentials.storage.base import Store
from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tenants.preferences import parse
from tests import factories
from tests.answers import assert_problem
from tests.storage.conftest import announce, download_path, get, keys, put, stored_file
from tests.storage.samples import PDF


def counted(tenant: Tenant) -> int:
    tenant.refresh_from_db()
    return tenant.stored_bytes


def test_what_is_past_the_quota_is_409_and_nothing_is_left(
    store: Store, settings: Any, acme: Tenant, diploma: Diploma
) -> None:
    settings.STORAGE_QUOTA_BYTES = len(PDF) - 1

    response = put(announce(diploma), PDF)

    assert_problem(response, 409, "quota-reached")
    assert keys(store) == set()
    assert stored_file(diploma) is None
    assert counted(acme) == 0


def test_what_just_fits_is_kept_and_the_next_is_not(
    local: Store, settings: Any, acme: Tenant, diploma: Diploma
) -> None:
    settings.STORAGE_QUOTA_BYTES = len(PDF)
    other = factories.diploma(acme, diploma.holder)

    first, second = put(announce(diploma), PDF), put(announce(other), PDF)

    assert first.status_code == 204
    assert_problem(second, 409, "quota-reached")
    assert counted(acme) == len(PDF)


def test_a_file_may_be_replaced_by_one_that_is_no_larger(
    local: Store, settings: Any, acme: Tenant, diploma: Diploma
) -> None:
    put(announce(diploma), PDF)
    settings.STORAGE_QUOTA_BYTES = 1
    same = PDF.replace(b"Catalog", b"catalog")

    response = put(announce(diploma, same), same)

    assert response.status_code == 204
    assert get(download_path(diploma)).getvalue() == same


def test_an_organizations_own_quota_goes_before_the_portals(
    local: Store, settings: Any, acme: Tenant, diploma: Diploma
) -> None:
    settings.STORAGE_QUOTA_BYTES = 1
    members.change_tenant(acme, by=OPERATOR, settings={"storage_quota_bytes": 0})
    kept = put(announce(diploma), PDF)
    members.change_tenant(acme, by=OPERATOR, settings={"storage_quota_bytes": len(PDF)})
    larger = PDF + b"%\n"
    refused = put(announce(diploma, larger), larger)

    assert kept.status_code == 204
    assert_problem(refused, 409, "quota-reached")


@pytest.mark.parametrize("chosen", [True, -1, 1.5, "10", None, 2**63])
def test_a_quota_is_a_whole_number_of_bytes(acme: Tenant, chosen: Any) -> None:
    with pytest.raises(ValidationError):
        members.change_tenant(acme, by=OPERATOR, settings={"storage_quota_bytes": chosen})


def test_a_quota_is_chosen_on_the_command_line() -> None:
    assert parse(["storage_quota_bytes=1000"]) == {"storage_quota_bytes": 1000}
    with pytest.raises(ValidationError):
        parse(["storage_quota_bytes=1k"])


def test_every_way_of_writing_counts(acme: Tenant, globex: Tenant, diploma: Diploma) -> None:
    other = factories.diploma(acme, diploma.holder)
    awaited = factories.diploma_file(diploma, is_stored=False, size=7)
    stored = factories.diploma_file(diploma, size=100)
    assert counted(acme) == 100

    factories.diploma_file(other, size=20)
    DiplomaFile.objects.filter(pk=stored.pk).update(size=101)
    assert counted(acme) == 121

    files.discard(diploma, [stored], by=OPERATOR)
    assert counted(acme) == 20
    awaited.delete()
    DiplomaFile.objects.all().delete()
    assert (counted(acme), counted(globex)) == (0, 0)
