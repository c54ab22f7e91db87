"""The walls around certifications and their types, each alone."""

from typing import Any

import pytest

from credentials.certifications.type_views import CertificationTypeView
from credentials.certifications.views import RecordView
from credentials.models import Certification, CertificationType
from tenants.models import Event, Role, Tenant
from tests import walls_down
from tests.answers import assert_problem, faults, stored
from tests.certifications.conftest import OWN, membership
from tests.conftest import Caller, make_member, sign_in
from tests.tenants.test_same_tenant import refused_by

RECORD, TYPE = f"{OWN}/{{}}", "/api/v1/organizations/globex/certification-types/{}"
THEIRS = "/api/v1/organizations/globex/certifications"
UNKNOWN = "9007199254740991"
ATTEMPTS: list[tuple[str, str, Any]] = [
    ("get", RECORD, None),
    ("patch", RECORD, {"serial_number": "taken"}),
    ("post", f"{RECORD}/verification", {"status": "verified", "method": "x"}),
    ("delete", RECORD, None),
    ("get", TYPE, None),
    ("patch", TYPE, {"title": "Taken over"}),
]
LISTS = [OWN, THEIRS, TYPE.removesuffix("/{}")]


@pytest.fixture
def prying(globex: Tenant) -> Caller:
    """An owner in globex: no role is in the way, only walls."""
    return sign_in(make_member(globex, "prying", Role.OWNER))


@pytest.fixture
def _second_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.second(monkeypatch)


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    walls_down.first(monkeypatch, RecordView, CertificationTypeView)


def assert_out_of_reach(caller: Caller, held: Certification, kind: CertificationType) -> None:
    """Every route answers as for what does not exist, and nothing changes."""
    before = stored(held), stored(kind), Event.objects.count()
    for method, path, body in ATTEMPTS:
        row = kind if path == TYPE else held
        options = {} if method == "delete" else {"data": body}
        unknown = caller.request(method, path.format(UNKNOWN), **options)
        for name in (row.pk, row.uuid):
            answer = caller.request(method, path.format(name), **options)
            assert_problem(answer, 404, "not-found")
            assert answer.content == unknown.content
    for path in LISTS:
        assert caller.get(path).json()["data"] == []
    named = {
        "organization_member_id": str(held.membership.uuid),
        "certification_type_id": str(kind.uuid),
    }
    for path in (OWN, THEIRS):
        assert faults(caller.post(path, named)) == [
            ("/certification_type_id", "unknown_type"),
            ("/organization_member_id", "unknown_member"),
        ]
    assert (stored(held), stored(kind), Event.objects.count()) == before


def test_both_walls_hide_them(prying: Caller, held: Certification, kind: CertificationType) -> None:
    assert_out_of_reach(prying, held, kind)


@pytest.mark.usefixtures("_second_wall_down")
def test_first_wall_alone_hides_them(
    prying: Caller, held: Certification, kind: CertificationType
) -> None:
    assert_out_of_reach(prying, held, kind)


@pytest.mark.usefixtures("_first_wall_down")
def test_second_wall_alone_hides_them(
    prying: Caller, held: Certification, kind: CertificationType
) -> None:
    assert_out_of_reach(prying, held, kind)


@pytest.mark.usefixtures("_second_wall_down")
def test_a_change_names_no_foreign_type(
    prying: Caller, kind: CertificationType, held: Certification
) -> None:
    own = prying.post(OWN, {}).json()["data"]["id"]

    response = prying.patch(RECORD.format(own), {"certification_type_id": str(kind.uuid)})

    assert faults(response) == [("/certification_type_id", "unknown_type")]


@pytest.mark.usefixtures("_first_wall_down")
def test_the_second_wall_keeps_standard_types_from_tenants(
    prying: Caller, held: Certification
) -> None:
    standard = CertificationType.objects.create(slug="standard", title="Standard")
    before = stored(standard)

    response = prying.patch(TYPE.format(standard.uuid), {"title": "Mine"})

    assert_problem(response, 403, "forbidden")
    assert stored(standard) == before


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("membership_id", "credentials_certification_membership_id_same_tenant"),
        ("type_owner", "credentials_certification_type_within_reach"),
    ],
)
def test_third_wall_a_record_names_nothing_of_another_tenant(
    held: Certification, outsider: Caller, column: str, constraint: str
) -> None:
    theirs = membership(outsider)
    value = theirs.pk if column == "membership_id" else theirs.tenant_id
    before = stored(held)

    refusal = refused_by(
        f"update credentials_certification set {column} = %s where id = %s", [value, held.pk]
    )

    assert refusal == constraint
    assert stored(held) == before


def test_third_wall_a_foreign_type_is_not_within_reach(held: Certification, globex: Tenant) -> None:
    foreign = CertificationType.objects.create(tenant=globex, slug="x", title="x")

    refusal = refused_by(
        "update credentials_certification set certification_type_id = %s where id = %s",
        [foreign.pk, held.pk],
    )

    assert refusal == "credentials_certification_type_within_reach_key"
