"""Rows that record what members hold: what they make, update, and leave as it is."""

import hashlib
import json
import uuid
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from credentials.certifications.import_rows import CertificationRows
from credentials.models import Certification, CertificationType
from tenants import members, walls
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.commands.certification_files import (
    NAME,
    NEEDED,
    PAIR,
    File,
    ada,
    events,
    first_aid,
    table,
)
from tests.commands.conftest import answer, call
from tests.conftest import make_member
from tests.costs import counted
from tests.factories import certification, certification_type
from tests.importing.commands import counts, faults
from tests.importing.conftest import workbook, write

__all__ = ["ada", "first_aid"]

EXAMPLE = Path(__file__).parents[2] / "docs" / "imports-certifications-example.csv"


def test_rows_become_records_with_one_event_each(
    acme: Tenant, ada: Membership, first_aid: CertificationType, file: File
) -> None:
    path = file(
        table(
            'ada,first-aid,hr,1,,2024-02-29,2026-02-28,"Croix-Rouge, Genève ✓",=1+1',
            "ada,,hr,2,api,,,,",
        )
    )

    told = answer(NAME, path, "--tenant=acme")

    said = {"tenant": "acme", "dry_run": False, "applied": True, "errors": [], "notes": []}
    numbers = {"rows": 2, "created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    assert told == said | numbers
    full, bare = Certification.objects.order_by("external_id")
    assert (full.membership_id, full.certification_type_id) == (ada.pk, first_aid.pk)
    assert (full.source, full.issued_on, full.expires_on) == (
        "import",
        date(2024, 2, 29),
        date(2026, 2, 28),
    )
    assert (full.issuer_name, full.serial_number) == ("Croix-Rouge, Genève ✓", "=1+1")
    assert (full.verification_status, full.lifecycle_status) == ("unverified", "active")
    assert (bare.source, bare.certification_type_id, bare.issued_on) == ("api", None, None)
    assert (bare.external_source, bare.external_id) == ("hr", "2")
    assert events() == [("created", "operator")] * 2
    event = Event.objects.get(object_uuid=full.uuid)
    kept = event.content
    assert json.loads(kept.content)["after"]["issuer_name"] == full.issuer_name
    hashed = bytes(kept.salt) + kept.content.encode()
    assert bytes(event.content_hash) == hashlib.sha256(hashed).digest()


def test_a_member_is_named_by_uuid_external_id_address_or_name(
    acme: Tenant, ada: Membership, file: File
) -> None:
    names = (str(ada.uuid), str(ada.uuid).upper(), "E7", "ADA@acme.example", "Ada")
    path = file(table(*(f"{name},x,{n}" for n, name in enumerate(names)), header=NEEDED))

    assert counts(answer(NAME, path, "--tenant=acme")) == {"created": 5}
    assert set(Certification.objects.values_list("membership_id", flat=True)) == {ada.pk}


def test_an_external_id_or_a_slug_of_the_form_of_a_uuid_is_found(
    acme: Tenant, ada: Membership, file: File
) -> None:
    external_id, slug = uuid.uuid4(), uuid.uuid4()
    members.change(ada, by=OPERATOR, external_id=str(external_id))
    kind = certification_type(acme, slug=str(slug))
    path = file(table(f"{external_id},{slug},x,1", header=f"member,type,{NEEDED[7:]}"))

    answer(NAME, path, "--tenant=acme")

    assert Certification.objects.get().certification_type_id == kind.pk


def test_a_type_is_named_by_uuid_or_slug_and_may_be_standard(
    acme: Tenant, ada: Membership, first_aid: CertificationType, file: File
) -> None:
    standard = certification_type(None, slug="welding", title="Welding")
    certification_type(None)
    kinds = (str(standard.uuid), "welding", str(first_aid.uuid), "first-aid")
    rows = (f"ada,{kind},x,{number}" for number, kind in enumerate(kinds))

    answer(NAME, file(table(*rows, header=f"member,type,{NEEDED[7:]}")), "--tenant=acme")

    found = Certification.objects.order_by("external_id").values_list(
        "certification_type_id", flat=True
    )
    assert list(found) == [standard.pk, standard.pk, first_aid.pk, first_aid.pk]


def test_who_is_invited_is_named_by_the_address_alone(acme: Tenant, file: File) -> None:
    globex = members.create_tenant(slug="elsewhere", name="Elsewhere", by=OPERATOR)
    known = make_member(globex, "nova").user
    invited = members.invite(acme, known.email, Role.MEMBER, by=OPERATOR)
    stranger = members.invite(acme, "new@mail.example", Role.MEMBER, by=OPERATOR)
    assert (invited.user_id, stranger.user_id) == (known.pk, None)
    path = file(table(f"{known.email},x,1", "NEW@mail.example,x,2", header=NEEDED))

    assert counts(answer(NAME, path, "--tenant=acme")) == {"created": 2}

    found = Certification.objects.order_by("external_id").values_list("membership_id", flat=True)
    assert list(found) == [invited.pk, stranger.pk]
    path = file(table("nova,x,3", header=NEEDED))
    assert faults(NAME, path) == [(2, "member", "unknown_member")]


def test_the_same_file_again_changes_nothing_and_another_what_differs(
    acme: Tenant, ada: Membership, first_aid: CertificationType, file: File, tmp_path: Path
) -> None:
    path = file(table("ada,first-aid,hr,1,,2024-01-31,,,RC-1", "ada,,hr,2,,,,,"))
    answer(NAME, path, "--tenant=acme")
    before = list(Certification.objects.order_by("id").values())
    report = tmp_path / "report.csv"

    said = call(NAME, path, "--tenant=acme", f"--report={report}")

    assert said == "2 rows: 0 created, 0 updated, 2 unchanged.\n"
    assert list(Certification.objects.order_by("id").values()) == before
    assert events() == [("created", "operator")] * 2
    uuids = [row["uuid"] for row in before]
    assert report.read_text().splitlines()[1:] == [
        f"2,unchanged,,,,{uuids[0]}",
        f"3,unchanged,,,,{uuids[1]}",
    ]
    path = file(table("E7,,hr,1,,,2026-01-31,,RC-2", "ada,,hr,2,,,,,"))
    assert counts(answer(NAME, path, "--tenant=acme")) == {"updated": 1, "unchanged": 1}
    row = Certification.objects.get(external_id="1")
    assert (row.serial_number, row.expires_on) == ("RC-2", date(2026, 1, 31))
    # An empty cell says nothing.
    assert (row.certification_type_id, row.issued_on) == (first_aid.pk, date(2024, 1, 31))
    assert events() == [*[("created", "operator")] * 2, ("changed", "operator")]


def test_a_record_that_came_another_way_keeps_its_source(
    acme: Tenant, ada: Membership, file: File
) -> None:
    row = certification(acme, ada.user, source="self-reported", serial_number="1", **PAIR)
    path = file(table("ada,hr,1,2", header=f"{NEEDED},serial_number"))

    assert counts(answer(NAME, path, "--tenant=acme")) == {"updated": 1}

    row.refresh_from_db()
    assert (row.serial_number, row.source) == ("2", "self-reported")


def test_what_is_verified_stays_so_until_a_row_changes_it(
    acme: Tenant, ada: Membership, file: File
) -> None:
    row = certification(acme, ada.user, serial_number="1", **PAIR)
    facts = {"verification_status": "verified", "last_verified_at": timezone.now()}
    Certification.objects.filter(pk=row.pk).update(**facts)

    def imported(serial: str) -> str:
        path = file(table(f"ada,hr,1,{serial}", header=f"{NEEDED},serial_number"))
        answer(NAME, path, "--tenant=acme")
        row.refresh_from_db()
        return row.verification_status

    assert imported("1") == "verified"
    assert imported("2") == "unverified"


def test_what_was_archived_is_active_again(acme: Tenant, ada: Membership, file: File) -> None:
    row = certification(acme, ada.user, **PAIR)
    Certification.objects.filter(pk=row.pk).update(lifecycle_status="archived")

    told = answer(NAME, file(table("ada,hr,1", header=NEEDED)), "--tenant=acme")

    row.refresh_from_db()
    assert (counts(told), row.lifecycle_status) == ({"updated": 1}, "active")


def test_ids_that_differ_in_case_are_two(acme: Tenant, ada: Membership, file: File) -> None:
    members.change(make_member(acme, "bo"), by=OPERATOR, external_id="e7")
    path = file(table("E7,hr,a", "e7,hr,a", "E7,hr,A", header=NEEDED))

    assert counts(answer(NAME, path, "--tenant=acme")) == {"created": 3}


def test_days_and_numbers_of_a_workbook_are_read(
    acme: Tenant, ada: Membership, tmp_path: Path
) -> None:
    content = workbook(
        ["Member", "External_Source", "External_ID", "issued_on", "serial_number"],
        ["ada", "hr", 1.0, date(2024, 2, 29), 17],
        ["ada", "hr", "2", "2024-02-29", None],
    )
    path = write(tmp_path / "certifications.xlsx", content)

    told = answer(NAME, str(path), "--tenant=acme")

    assert counts(told) == {"created": 2}
    found = Certification.objects.order_by("external_id")
    assert list(found.values_list("external_id", "issued_on", "serial_number")) == [
        ("1", date(2024, 2, 29), "17"),
        ("2", date(2024, 2, 29), None),
    ]


def test_a_dry_run_says_what_would_be_and_keeps_nothing(
    acme: Tenant, ada: Membership, file: File
) -> None:
    certification(acme, ada.user, serial_number="1", **PAIR)
    before: tuple[Any, ...] = (list(Certification.objects.values()), events())
    path = file(table("ada,hr,1,2", "ada,hr,2,1", header=f"{NEEDED},serial_number"))

    said = call(NAME, path, "--tenant=acme", "--dry-run")

    told = "2 rows, nothing was kept. They would be: 1 created, 1 updated, 0 unchanged.\n"
    assert said == told
    assert (list(Certification.objects.values()), events()) == before


def test_a_thousand_rows_cost_as_many_statements_as_two(acme: Tenant, ada: Membership) -> None:
    rows = CertificationRows()

    def spent(source: str, count: int) -> tuple[int, int]:
        cells = {"member": "ada", "external_source": source}
        items = [rows.parse(cells | {"external_id": str(number)}) for number in range(count)]
        with counted() as cost, walls.tenant_work(acme.pk):
            assert rows.check(acme.pk, items) == [[]] * count
            results = rows.apply(acme.pk, items, by=OPERATOR)
        assert {result.outcome for result in results} == {"created"}
        return cost.statements, cost.round_trips

    assert spent("many", 1000) == spent("few", 2)


def test_the_example_of_the_documentation_is_imported(
    acme: Tenant, ada: Membership, first_aid: CertificationType
) -> None:
    certification_type(None, slug="welding", title="Welding")
    make_member(acme, "grace")

    assert counts(answer(NAME, str(EXAMPLE), "--tenant=acme")) == {"created": 4}
    assert counts(answer(NAME, str(EXAMPLE), "--tenant=acme")) == {"unchanged": 4}
