"""Files imported in the admin: shown first what they would do, then brought in; nothing between."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from credentials.core.importing import upload
from credentials.models import Assertion, Certification, Program, UserCredential
from tenants.models import Event, Membership, Role, Tenant
from tests.admin.conftest import Browser, staff
from tests.admin.page_forms import sent_by
from tests.conftest import make_member
from tests.factories import assertion, award, definition, program
from tests.importing.conftest import workbook

LIST = "credentials/usercredential/"
IMPORT, APPLY = f"{LIST}import/", f"{LIST}import/apply/"
ROWS = "username,program_id,status\nada,1,awarded\nbea,1,revoked\n"


def send(browser: Browser, text: str | bytes, name: str = "awards.csv", **more: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, content), **more})


def confirm(browser: Browser, preview: Any, **changes: str) -> Any:
    return browser.post(APPLY, sent_by(preview, "apply_form") | changes, follow=True)


def awards() -> list[tuple[str, str]]:
    return sorted(UserCredential.objects.values_list("username", "status"))


# --- Good files


def test_a_file_is_shown_first_and_then_brought_in_with_its_events(
    acme: Tenant, acme_issuer: Browser, metalwork: Program
) -> None:
    award("ada", metalwork)
    before = Event.objects.latest("id").pk

    preview = send(acme_issuer, ROWS)

    shown = preview.content.decode()
    assert "<strong>1</strong> created" in shown
    assert "<strong>1</strong> unchanged" in shown
    assert "Nothing is written yet." in shown
    assert awards() == [("ada", "awarded")]
    assert Event.objects.latest("id").pk == before

    done = confirm(acme_issuer, preview)

    assert "2 rows of awards.csv imported: 1 created" in done.content.decode()
    assert awards() == [("ada", "awarded"), ("bea", "revoked")]
    events = Event.objects.filter(pk__gt=before)
    assert {event.actor_id for event in events} == {acme_issuer.user.pk}
    told = events.get(action="imported")
    assert (told.object_kind, told.object_id) == ("tenant", acme.pk)
    after = json.loads(told.content.content)["after"]
    assert (after["file"], after["rows"], after["kind"]) == ("awards.csv", 2, "usercredential")


def test_a_workbook_is_read_as_the_commands_read_it(
    acme_issuer: Browser, metalwork: Program
) -> None:
    content = workbook(["username", "program_id", "status"], ["ada", 1, "awarded"])

    confirm(acme_issuer, send(acme_issuer, content, "awards.xlsx"))

    assert awards() == [("ada", "awarded")]


def test_assertions_and_certifications_are_imported_too(
    acme: Tenant, acme_issuer: Browser, ada: Membership
) -> None:
    welder = definition(acme)
    files = {
        "assertion": f"credential,recipient\n{welder.uuid},ada\n",
        "certification": "member,external_source,external_id\nada,hr,1\n",
    }
    for kind, text in files.items():
        path = f"credentials/{kind}/import/"
        file = SimpleUploadedFile(f"{kind}.csv", text.encode())
        preview = acme_issuer.post(path, {"file": file})
        acme_issuer.post(f"{path}apply/", sent_by(preview, "apply_form"))

    assert Assertion.objects.get().identity == "ada"
    assert Certification.objects.get().membership == ada


def test_a_superuser_says_for_which_organization(
    root: Browser, globex: Tenant, metalwork: Program
) -> None:
    program(globex)

    assert "This field is required." in send(root, ROWS).content.decode()
    preview = send(root, ROWS, tenant=globex.pk)
    assert "Globex" in preview.content.decode()
    confirm(root, preview)

    assert set(UserCredential.objects.values_list("tenant", flat=True)) == {globex.pk}
    assert Event.objects.get(action="imported").tenant_id == globex.pk


# --- Bad ones


def test_faults_are_told_by_line_and_nothing_can_be_brought_in(
    acme_issuer: Browser, metalwork: Program
) -> None:
    shown = send(acme_issuer, ROWS + "cid,7,lost\n").content.decode()

    assert "1 of them is bad; nothing is imported until none is." in shown
    assert "<td>4</td><td>status</td>" in shown
    assert "apply_form" not in shown
    assert awards() == []


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("awards.txt", ROWS, "The name must end in .csv or .xlsx."),
        ("awards.csv", "", "The submitted file is empty."),
        ("awards.csv", "username,color\n", "Unknown in the header: color."),
        ("awards.csv", "username,program_id,status\n", "The file has a header and no rows."),
        ("awards.csv", b"\xff\xfe\x00", "UTF-8"),
        ("awards.xlsx", b"no workbook", "no .xlsx workbook"),
    ],
)
def test_what_is_no_table_is_refused_on_the_page(
    acme_issuer: Browser, metalwork: Program, name: str, content: Any, complaint: str
) -> None:
    response = send(acme_issuer, content, name)

    assert response.status_code == 200
    assert complaint in str(response.context["form"].errors)
    assert awards() == []


def test_what_takes_too_long_for_a_browser_is_refused(
    acme_issuer: Browser, metalwork: Program, monkeypatch: Any
) -> None:
    monkeypatch.setattr(upload, "MAX_ROWS", 1)

    response = send(acme_issuer, ROWS)

    assert "more than 1 rows; split it, or use the command" in str(response.context["form"].errors)


def test_what_changed_since_it_was_shown_is_told_and_nothing_is_written(
    acme_issuer: Browser, metalwork: Program
) -> None:
    preview = send(acme_issuer, ROWS)
    Program.objects.update(is_active=False)

    done = confirm(acme_issuer, preview)

    assert "nothing is imported until none is" in done.content.decode()
    assert awards() == []


# --- The file on its way


def test_a_file_that_was_not_shown_is_not_brought_in(
    acme: Tenant, acme_issuer: Browser, acme_admin: Browser, metalwork: Program
) -> None:
    preview = send(acme_issuer, ROWS)
    sealed = sent_by(preview, "apply_form")["sealed"]

    for browser, text in ((acme_issuer, sealed[:-3] + "abc"), (acme_admin, sealed)):
        done = browser.post(APPLY, {"sealed": text, "tenant": acme.slug}, follow=True)
        assert "choose the file again" in done.content.decode()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert "choose the file again" in confirm(acme_issuer, preview).content.decode()
    assert awards() == []


def test_staff_import_into_their_own_organization_alone(
    acme_issuer: Browser, globex: Tenant, metalwork: Program
) -> None:
    confirm(acme_issuer, send(acme_issuer, ROWS, tenant=globex.pk), tenant=globex.slug)

    assert set(UserCredential.objects.values_list("tenant", flat=True)) == {metalwork.tenant_id}


def test_members_import_nothing(acme: Tenant, acme_owner: Browser, metalwork: Program) -> None:
    member = staff(make_member(acme, "milo", Role.MEMBER))

    assert send(member, ROWS).status_code == 403
    assert member.post(APPLY, {"sealed": ""}).status_code == 403
    assert acme_owner.get(APPLY).status_code == 405
    assert awards() == []


def test_lists_lead_to_it(acme_issuer: Browser, acme_admin: Browser) -> None:
    assert '<a href="import/">Import</a>' in acme_issuer.get(LIST).content.decode()
    assert "import/" not in acme_admin.get("credentials/microcredential/").content.decode()
    shown = acme_issuer.get(IMPORT).content.decode()
    assert "<code>program_id or course_id</code>" in shown
    assert "<code>whitelist</code>" in shown


def test_what_is_held_already_stays(acme: Tenant, acme_issuer: Browser, ada: Membership) -> None:
    held = assertion("ada", definition(acme))
    text = f"credential,recipient\n{held.definition.uuid},ada\n"

    file = SimpleUploadedFile("assertions.csv", text.encode())
    preview = acme_issuer.post("credentials/assertion/import/", {"file": file})

    assert "<strong>0</strong> issued, <strong>1</strong> unchanged" in preview.content.decode()
