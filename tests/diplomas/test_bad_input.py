"""Whatever is sent of a diploma, the answer is a problem and nothing is left behind."""

from typing import Any

import pytest

from credentials.models import Diploma, DiplomaFile, DiplomaTitle
from tenants.models import Event, Tenant
from tests.answers import assert_problem, faults, stored
from tests.conftest import Caller
from tests.diplomas.conftest import ATTACHMENT, OWN, Person
from tests.factories import diploma_title

BEYOND = 2**53
# The number that each field may be, in every form but a JSON number within the range.
NO_NUMBERS: list[Any] = [True, False, 1.0, 1.5, 1e300, "1", "", "me", [1], {"id": 1}]
TITLES: list[tuple[Any, str]] = [
    *((value, "invalid") for value in NO_NUMBERS),
    *((value, "max_value") for value in (BEYOND, 2**63, 2**64 - 1)),
    *((value, "min_value") for value in (-BEYOND, -(2**63))),
    *((value, "unknown_title") for value in (0, -1, BEYOND - 1, 1 - BEYOND)),
    (None, "null"),
]
INSTANTS: list[Any] = [
    *("", " ", "today", "2025-06-30", "2025-06-30T08:15:42", 1751271342, True, []),
    "2025-06-30t08:15:42Z",
    "2025-06-30 08:15:42Z",
    "2025-06-30T08:15:42z",
    "2025-06-30T08:15:42+00:00",
    "2025-06-30T08:15:42-01:00",
    "2025-06-30T08Z",
    "2025-06-30T8:15:42Z",
    "2025-06-30T24:00:00Z",
    "2025-06-30T23:60:00Z",
    "2025-06-30T23:59:60Z",
    "2025-06-30T08:15.5Z",
    "2025-06-30T08:15:42.Z",
    "2025-06-30T08:15:42,5Z",
    *("2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-02-30T00:00:00Z"),
    *("2025-04-31T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z"),
    *("2025-06-00T00:00:00Z", "2025-06-32T00:00:00Z"),
    *("25-06-30T00:00:00Z", "12025-06-30T00:00:00Z", "-2025-06-30T00:00:00Z"),
    "٢٠٢٥-06-30T08:15:42Z",
    "2025-06-30T08:15:4\uff12Z",
    *("2025-06-30T08:15:42Z\n", "\n2025-06-30T08:15:42Z", " 2025-06-30T08:15:42Z"),
    "2025-06-30T08:15:42Z\0",
]
NO_YEAR = ["0000-01-01T00:00:00Z", "0000-02-29T00:00:00Z"]
NAMES: list[tuple[Any, str]] = [
    *((name, "path") for name in ("../x.pdf", "a/b.pdf", "a\\b.pdf", "/x.pdf", "..\\x.pdf")),
    *((name, "dots") for name in (".", "..", "...", ". .")),
    *((name, "blank") for name in ("", " ", "\t")),
    *((name, "invisible") for name in ("a\nb.pdf", "a\x7f.pdf", "a\u2028.pdf", "a\x1b.pdf")),
    *((name, "invisible") for name in ("fdp.\u202eexe.pdf", "\u2066x.pdf", "x\u202a.pdf")),
    ("a\0.pdf", "invisible"),
    ("x" * 300 + ".pdf", "max_length"),
    ("x" * 252 + ".pdf", "max_length"),
    *((name, "extension") for name in ("x.exe", "x.pdf.exe", "pdf", "x.png", "x.pdf ")),
    *((name, "invalid") for name in (7, True, ["x.pdf"])),
    (None, "null"),
]
FILES: list[tuple[dict[str, Any], str, str]] = [
    *(({"name": name}, "/attachment/name", code) for name, code in NAMES),
    *(
        ({"mimeType": value}, "/attachment/mimeType", "invalid_choice")
        for value in ("", "text/html", "image/svg+xml", "application/PDF", "pdf", 7, ["image/png"])
    ),
    ({"mimeType": None}, "/attachment/mimeType", "null"),
    *(({"size": value}, "/attachment/size", "min_value") for value in (0, -1)),
    *(({"size": value}, "/attachment/size", "max_value") for value in (20 * 1024**2 + 1, 2**63)),
    *(({"size": value}, "/attachment/size", "invalid") for value in ("1", 1.0, True, [1])),
    ({"size": None}, "/attachment/size", "null"),
]
PEOPLE = [
    *("true", "false", "null", "1.0", "1.5", "1e3", "0x1", "abc", "Me", "ME", "me ", "-", "--1"),
    *("+1", "01", "-0", "1_0", " 1", "1%00", "%D9%A1", "1%0A", "self", "497f6eca"),
    *(str(BEYOND), str(-BEYOND), str(2**63), "9" * 400),
]


def assert_nothing_happened(before: tuple[int, int]) -> None:
    assert (Diploma.objects.count(), Event.objects.count()) == before
    assert not DiplomaFile.objects.exists()


def refused(
    member: Person, held: Diploma, method: str, body: dict[str, Any]
) -> list[tuple[str, str]]:
    """The faults of a 400 that leaves everything as it was."""
    before, counts = stored(held), (Diploma.objects.count(), Event.objects.count())
    path = OWN if method == "post" else f"{OWN}/{held.pk}"
    response = member.request(method, path, {"titleId": held.title_id} | body)
    assert_problem(response, 400, "invalid-input")
    assert stored(held) == before
    assert_nothing_happened(counts)
    return faults(response)


each_write = pytest.mark.parametrize("method", ["post", "patch"])


@each_write
def test_title_is_a_number_of_the_organizations(
    member: Person, held: Diploma, globex: Tenant, method: str
) -> None:
    foreign = diploma_title(globex)

    for value, code in [*TITLES, (foreign.pk, "unknown_title")]:
        found = refused(member, held, method, {"titleId": value})
        assert found == [("/titleId", code)], value


@each_write
def test_obtained_at_is_exactly_as_documented(member: Person, held: Diploma, method: str) -> None:
    for value in INSTANTS:
        found = refused(member, held, method, {"obtainedAt": value})
        assert found == [("/obtainedAt", "invalid")], value
    for value in NO_YEAR:
        found = refused(member, held, method, {"obtainedAt": value})
        assert found == [("/obtainedAt", "out_of_range")], value


@each_write
def test_an_attachment_is_a_file_that_may_be_stored(
    member: Person, held: Diploma, method: str
) -> None:
    for change, pointer, code in FILES:
        found = refused(member, held, method, {"attachment": ATTACHMENT | change})
        assert (pointer, code) in found, change


@each_write
@pytest.mark.parametrize("value", [None, "diploma.pdf", 7, True, [], [ATTACHMENT]])
def test_an_attachment_is_an_object(member: Person, held: Diploma, method: str, value: Any) -> None:
    ((pointer, code),) = refused(member, held, method, {"attachment": value})

    assert (pointer, code) == ("/attachment", "null" if value is None else "invalid")


@each_write
def test_every_fault_is_told_at_once(member: Person, held: Diploma, method: str) -> None:
    found = refused(member, held, method, {"titleId": "1", "obtainedAt": 1, "attachment": {}})

    assert found == [
        *[(f"/attachment/{name}", "required") for name in ("mimeType", "name", "size")],
        ("/obtainedAt", "invalid"),
        ("/titleId", "invalid"),
    ]


@each_write
def test_an_unknown_title_is_told_with_the_rest(member: Person, held: Diploma, method: str) -> None:
    found = refused(member, held, method, {"titleId": 0, "obtainedAt": 1})

    assert found == [("/obtainedAt", "invalid"), ("/titleId", "unknown_title")]


@pytest.mark.parametrize(
    "name",
    ["x" * 251 + ".pdf", "Zeugnis.PDF", ".pdf", "a..pdf", "🎓.pdf", "شهادة\u200f.pdf", "it's.pdf"],
)
def test_a_name_of_any_language_is_kept_as_it_is_sent(
    member: Person, title: DiplomaTitle, name: str
) -> None:
    sent = {"titleId": title.pk, "attachment": ATTACHMENT | {"name": name}}

    assert member.post(OWN, sent).status_code == 201
    assert DiplomaFile.objects.get().name == name


def test_the_largest_file_may_be_announced(member: Person, title: DiplomaTitle) -> None:
    sent = {"titleId": title.pk, "attachment": ATTACHMENT | {"size": 20 * 1024**2}}

    assert member.post(OWN, sent).status_code == 201


@pytest.mark.parametrize("user_id", PEOPLE)
def test_the_person_in_the_path_is_an_integer_or_me(
    issuer: Person, title: DiplomaTitle, user_id: str
) -> None:
    before = (0, Event.objects.count())

    for response in (
        issuer.get(f"/api/v1/users/{user_id}/diplomas"),
        issuer.get(f"/api/v1/users/{user_id}/diplomas/1"),
        issuer.post(f"/api/v1/users/{user_id}/diplomas", {"titleId": title.pk}),
    ):
        assert_problem(response, 400, "invalid-input")
        assert faults(response) == [("/userId", "invalid")]
    assert_nothing_happened(before)


@pytest.mark.parametrize("user_id", ["0", "-1", str(BEYOND - 1), str(1 - BEYOND)])
def test_a_number_that_nobody_has_is_404(issuer: Person, user_id: str) -> None:
    assert_problem(issuer.get(f"/api/v1/users/{user_id}/diplomas"), 404, "not-found")


@pytest.mark.parametrize("record", ["x", "-1", "1.0", "01", str(2**63), "%00", "me"])
def test_a_record_that_is_no_id_is_404(member: Person, record: str) -> None:
    assert_problem(member.get(f"{OWN}/{record}"), 404, "not-found")


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", "true"])
def test_a_body_is_an_object(member: Person, body: str) -> None:
    before = (0, Event.objects.count())

    response = member.post(OWN, body)

    assert_problem(response, 400, "invalid-input")
    assert_nothing_happened(before)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "", "application/x-www-form-urlencoded", "application/scim+json", "text/json"],
)
def test_a_body_is_json_and_says_so(member: Person, title: DiplomaTitle, content_type: str) -> None:
    body = f'{{"titleId": {title.pk}}}'

    response = member.post(OWN, body, content_type=content_type)

    assert_problem(response, 415, "unsupported-media-type")
    assert not Diploma.objects.exists()


def test_a_charset_is_fine(member: Caller, title: DiplomaTitle) -> None:
    body, kind = f'{{"titleId": {title.pk}}}', "application/json; charset=utf-8"

    assert member.post(OWN, body, content_type=kind).status_code == 201
