"""A tenant moved to an empty portal answers every GET as before: ids, links, pages and files."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.cache import cache as throttle_counters

from credentials.diplomas import links
from credentials.models import (
    Assertion,
    Certification,
    CertificationType,
    Course,
    CredentialDefinition,
    Diploma,
    DiplomaTitle,
    Image,
    IssuerProfile,
    JobRole,
    MicroCredential,
    Program,
    Qualification,
    UserCredential,
)
from tenants.models import Membership
from tests.access_table import lines, mounts
from tests.clock import clock
from tests.commands.conftest import answer
from tests.conftest import Caller
from tests.moving.conftest import World
from tests.storage.conftest import path as path_of
from tests.test_access_table import invitation_path, served

__all__ = ["clock"]

# By the last word of a path before the record's own.
RECORDS: dict[str, Any] = {
    "user-micro-credential": MicroCredential,
    "user_credentials": UserCredential,
    "programs": Program,
    "courses": Course,
    "issuers": IssuerProfile,
    "assertions": Assertion,
    "<str:user_id>": CredentialDefinition,
    "certifications": Certification,
    "organization-members": Membership,
    "certification-types": CertificationType,
    "job-roles": JobRole,
    "qualifications": Qualification,
    "diplomas": Diploma,
    "titles": DiplomaTitle,
    "images": Image,
}
PAGES = (MicroCredential, UserCredential, Assertion, Certification, Diploma)
NEEDED: dict[str, list[dict[str, Any]]] = {
    "user_credentials": [{"username": "mina"}, {"username": "nobody"}],
    "program_credentials": [{"program_id": 7}],
    "course_credentials": [{"course_id": "course-v1:Acme+W1+2026"}],
}
# A caller's own number in a header of each answer.
FLEETING = {"X-Request-ID"}
Seen = dict[tuple[str, str], tuple[int, dict[str, str], bytes]]


def paths(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every GET route, at every record of the tenant, with a query where one is asked for."""
    # The same views at another root are no other answers.
    again = {other for line in lines() for other in mounts(line[0])[1:]}
    for route in sorted({route for route, method, _ in served() if method == "GET"} - again):
        last = route.rpartition("/")[2]
        for path in filled(route, world):
            for query in NEEDED.get(last, [{}]):
                yield f"/{path}", query


def filled(route: str, world: World) -> list[str]:
    if "<str:token>" in route:
        return tokens(route.partition("/")[0], world)
    found = [route.replace("<slug:slug>", "not-found").replace("<path:record>", "no/such")]
    for name, values in {
        "<str:organization>": [str(world.tenant.uuid)],
        "<str:org>": [world.tenant.slug],
        "<str:user_id>": [str(world.member.user.pk), "me"],
    }.items():
        if name in route:
            found = [each.replace(name, value) for each in found for value in values]
    for name in ("<str:record>", "<str:entity_id>"):
        if name in route:
            keys = records(route.partition(f"/{name}")[0], world)
            found = [each.replace(name, key) for each in found for key in keys]
    return found


def records(before: str, world: World) -> list[str]:
    last = before.rpartition("/")[2]
    models = PAGES if before == "c" else (RECORDS[last],)
    # Every record, by its number and by its uuid in turn.
    keys = [
        str(pair[place % 2])
        for model in models
        for place, pair in enumerate(
            model._default_manager.filter(tenant=world.tenant)
            .order_by("pk")
            .values_list("uuid", "pk")
        )
    ]
    assert keys, f"The world has no record for {before}."
    return keys


def tokens(kind: str, world: World) -> list[str]:
    if kind == "invitations":
        return [invitation_path(Membership.objects.get(email="nova@mail.example"))]
    every = Diploma.objects.filter(tenant=world.tenant)
    links_of = (links.download_address(world.tenant.uuid, each.uuid, None) for each in every)
    return [path_of(each).removeprefix("/") for each in links_of]


def look(world: World, wanted: list[tuple[str, dict[str, Any]]]) -> Seen:
    """Every page as the owner sees it, and some of them as others do."""
    seen: Seen = {}
    for path, query in wanted:
        is_open = path.startswith(("/c/", "/images/", "/files/", "/invitations/"))
        callers = {"": Caller()} if is_open else {"owner": world.owner}
        if len(seen) % 5 == 0:
            callers |= {"": Caller(), "member": world.member}
        for name, caller in callers.items():
            throttle_counters.clear()
            response = caller.get(path, query or None)
            parts = response.streaming_content if response.streaming else [response.content]
            headers = {key: value for key, value in response.items() if key not in FLEETING}
            seen[name, f"{path}?{query}"] = response.status_code, headers, b"".join(parts)
    return seen


def test_every_get_is_answered_as_before(clock: Any, exported: Callable[..., Any]) -> None:
    wanted: list[tuple[str, dict[str, Any]]] = []

    def look_around(world: World) -> Seen:
        wanted.extend(paths(world))
        return look(world, wanted)

    archive, world, before = exported(look_around)
    told = answer("import_tenant", str(archive))

    assert told["imported"] is True
    after = look(world, wanted)
    assert {key for key in before if before[key] != after[key]} == set()
    # It was no comparison of refusals.
    assert sum(status == 200 for status, _, _ in before.values()) > len(before) / 3
    assert {status for status, _, _ in before.values()} >= {200, 401, 403, 404}
