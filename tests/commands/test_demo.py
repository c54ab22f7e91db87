from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credentials import demo
from credentials.demo import micro_credentials
from credentials.demo.cast import PASSWORD
from credentials.models import (
    Assertion,
    Certification,
    CertificationType,
    Course,
    CredentialDefinition,
    Diploma,
    DiplomaFile,
    DiplomaTitle,
    IssuerProfile,
    JobRole,
    JobRoleAssignment,
    MicroCredential,
    Program,
    Qualification,
    UserCredential,
)
from tenants import changes
from tenants.events import OPERATOR
from tenants.models import Event, Membership, Role, Tenant
from tests.answers import assert_problem
from tests.commands.conftest import answer, call, refusal
from tests.conftest import Caller, sign_in
from tests.factories import micro_credential_body
from users.models import User

PUBLIC = "/api/v1/public/user-micro-credential"
MARKS = "subject;mark\r\nGéologie;17\r\nMécanique des sols;14\r\nÉconomie;15\r\n"


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def everything() -> list[Any]:
    credentials = (
        MicroCredential,
        Program,
        Course,
        UserCredential,
        CredentialDefinition,
        Assertion,
        *(CertificationType, Certification, Qualification, JobRole, JobRoleAssignment),
        *(DiplomaTitle, Diploma, DiplomaFile),
    )
    models = (Tenant, User, Membership, IssuerProfile, *credentials, Event)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_every_account_signs_in_and_has_the_role_it_names(
    platform: None, anonymous: Caller
) -> None:
    told = answer("demo")

    for account in told["accounts"]:
        signed_in = anonymous.post(
            "/api/v1/token",
            {"username": account["username"], "password": account["password"]}
            | ({"tenant": account["tenant"]} if account["tenant"] else {}),
        )
        assert signed_in.status_code == 200, account
        if account["tenant"]:
            assert (
                Membership.objects.get(
                    user__username=account["username"], tenant__slug=account["tenant"]
                ).role
                == account["role"]
            )
        else:
            assert User.objects.get(username=account["username"]).is_superuser


def test_there_is_someone_in_every_role_and_a_person_of_two_tenants(platform: None) -> None:
    told = answer("demo")

    places = {(account["tenant"], account["role"]) for account in told["accounts"]}
    assert places >= {("acme", role) for role in Role.values}
    assert Tenant.objects.count() == 2
    assert Membership.objects.filter(user__username="noor").count() == 2
    assert {"acme", "globex"} == {
        account["tenant"] for account in told["accounts"] if account["username"] == "noor"
    }


def test_the_first_account_records_a_micro_credential(platform: None, anonymous: Caller) -> None:
    first = answer("demo")["accounts"][0]
    tokens = anonymous.post(
        "/api/v1/token", {"username": first["username"], "password": first["password"]}
    ).json()

    made = Caller(f"Bearer {tokens['access']}").post(
        "/api/v1/user-micro-credentials", micro_credential_body()
    )

    assert made.status_code == 200


def test_the_public_page_answers_and_that_of_the_inactive_person_is_closed(
    platform: None, anonymous: Caller, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://portal.example"

    told = answer("demo")

    number, page = told["public_micro_credential_id"], told["public_page_url"]
    assert page.startswith("https://portal.example/c/")
    assert anonymous.get(page.removeprefix("https://portal.example")).status_code == 200
    assert told["public_micro_credential_url"] == f"https://portal.example{PUBLIC}/{number}"
    assert anonymous.get(f"{PUBLIC}/{number}").status_code == 200
    closed = MicroCredential.objects.get(holder__username=told["inactive_username"])
    assert_problem(anonymous.get(f"{PUBLIC}/{closed.pk}"), 403, "person-inactive")


def test_somebody_is_qualified_something_lapses_soon_and_somebody_lacks_something(
    platform: None,
) -> None:
    answer("demo")
    issuer = sign_in(Membership.objects.get(user__username="ibrahim", tenant__slug="acme"))
    root = "/api/v1/organizations/acme"

    results = issuer.get(f"{root}/qualification-results").json()["data"]
    (lapsing,) = issuer.get(f"{root}/expirations", {"within_days": 30}).json()["data"]

    members = Membership.objects.filter(tenant__slug="acme").select_related("user")
    names = {str(row.uuid): row.user.username for row in members}
    found = {
        names[each["organization_member_id"]]: (
            each["status"],
            [kind["slug"] for kind in each["missing_certification_types"]],
        )
        for each in results
    }
    welding = "gas-shielded-welding"
    assert found == {
        "mina": ("qualified", []),
        "ibrahim": ("qualified", []),
        "noor": ("not_qualified", ["first-aid", "forklift-licence", welding]),
    }
    assert names[lapsing["organization_member_id"]] == "mina"
    assert lapsing["certification_type"]["slug"] == welding


def test_standard_types_that_are_there_are_taken_as_they_are(platform: None) -> None:
    standard = CertificationType.objects.create(slug="first-aid", title="Our own words")

    answer("demo")

    assert CertificationType.objects.get(owner=0, slug="first-aid").title == standard.title
    assert Certification.objects.filter(certification_type=standard).count() == 3


def test_members_have_diplomas_with_files_that_open(platform: None, anonymous: Caller) -> None:
    answer("demo")
    mina = sign_in(Membership.objects.get(user__username="mina"))
    query = {"extend": "presigned-url"}

    told = mina.request("get", "/api/v1/users/me/diplomas", query, headers=mina.both).json()

    opened = {}
    for item in told["data"]:
        found = anonymous.get(urlsplit(item["presignedUrl"]).path)
        opened[item["attachment"]["name"]] = (found.status_code, found.getvalue()[:100])
    assert opened["relevé de notes.csv"] == (200, MARKS.encode()[:100])
    status, start = opened["Meisterbrief Mina Demir.pdf"]
    assert (status, start[:5], len(opened)) == (200, b"%PDF-", 2)


def test_one_diploma_awaits_its_file_and_a_deleted_one_has_kept_it(
    platform: None, tmp_path: Path
) -> None:
    answer("demo")

    assert DiplomaFile.objects.get(key=None).diploma.holder.username == "noor"
    deleted = Diploma.objects.exclude(deleted_at=None).get()
    assert DiplomaFile.objects.filter(diploma_id=deleted.pk).exclude(key=None).exists()
    stored = DiplomaFile.objects.exclude(key=None).values_list("size", flat=True)
    kept = [path.stat().st_size for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert sorted(kept) == sorted(stored)
    assert sum(Tenant.objects.values_list("stored_bytes", flat=True)) == sum(kept)


def test_a_title_that_is_there_is_taken_as_it_is(acme: Tenant) -> None:
    own = DiplomaTitle.objects.create(tenant=acme, name="MASTER WELDER")

    answer("demo")

    assert Diploma.objects.filter(title=own).count() == 2
    assert DiplomaTitle.objects.filter(tenant=acme, name__iexact="Master Welder").get() == own


def test_again_it_changes_nothing_answers_the_same_and_costs_few_queries(platform: None) -> None:
    told = answer("demo")
    stored = everything()

    with CaptureQueriesContext(connection) as queries:
        again = demo.load()

    assert again == told
    assert everything() == stored
    # Ten looks, and the savepoints of one nested work.
    assert len(queries) <= 12


def test_what_somebody_changed_stays_changed(platform: None) -> None:
    told = answer("demo")
    record = MicroCredential.objects.get(pk=told["public_micro_credential_id"])
    changes.change(record, {"state": MicroCredential.State.ARCHIVED}, by=OPERATOR)
    Certification.objects.update(lifecycle_status="archived", verification_status="unverified")
    JobRoleAssignment.objects.filter(membership__user__username="mina").delete()
    DiplomaTitle.objects.filter(name="Master Welder").update(name="Welder")
    Diploma.objects.update(obtained_at=None, deleted_at=timezone.now())
    Tenant.objects.filter(slug="acme").update(name="Acme & Daughters")
    User.objects.filter(username="mina").update(username="minna", email="", email_verified_at=None)
    stored = everything()

    again = answer("demo")

    assert everything() == stored
    assert again["accounts"][0]["username"] == "minna"
    shown = MicroCredential.objects.get(pk=again["public_micro_credential_id"])
    assert (shown.state, shown.holder_id) == (MicroCredential.State.ACTIVE, record.holder_id)


def test_what_is_missing_is_made(platform: None) -> None:
    told = answer("demo")
    MicroCredential.objects.filter(pk=told["public_micro_credential_id"]).delete()

    answer("demo")

    assert MicroCredential.objects.count() == len(micro_credentials.RECORDS)


@pytest.mark.parametrize(
    ("username", "email"),
    [
        ("mina", "real.mina@company.example"),
        ("MINA", "real.mina@company.example"),
        ("mine", "Mina@acme.example"),
    ],
)
def test_somebody_elses_name_or_address_is_left_alone_and_nothing_is_made(
    platform: None, username: str, email: str
) -> None:
    User.objects.create_user(username, email)

    assert refusal("demo") == (
        "The demo cannot be loaded: 'mina' or mina@acme.example belongs to somebody else here."
        " Use another DATA_DIR or DATABASE_URL for the demo."
    )
    assert (User.objects.count(), Tenant.objects.count()) == (1, 0)


def test_production_refuses_it_before_anything_is_made(platform: None, settings: Any) -> None:
    settings.PRODUCTION = True
    line = "The demo is refused in production: its accounts have passwords that everyone knows."

    assert refusal("demo") == line
    with pytest.raises(CommandError, match=line):
        demo.load()
    assert not Tenant.objects.exists()


def test_without_json_it_lists_the_accounts_and_the_public_page(platform: None) -> None:
    printed = call("demo").splitlines()

    assert printed[0] == "The demo is loaded. Its accounts:"
    assert printed[1].split() == ["mina", PASSWORD, "member", "of", "acme"]
    assert printed[-2].split() == ["superuser", PASSWORD, "superuser"]
    assert printed[-1].startswith("Public page: http://")
