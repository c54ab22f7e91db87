"""Another tenant's record is, by every route, exactly what a record that never was is."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from credentials.models import MicroCredential
from tenants.models import Role, Tenant
from tests.answers import assert_problem
from tests.conftest import Caller, make_member, sign_in, with_key
from tests.factories import micro_credential, micro_credential_body

ONE = "/api/v1/user-micro-credential"
LIST = "/api/v1/user-micro-credentials"
METHODS = ["get", "put", "patch", "delete"]

# Everyone of globex whom acme's records are no business of.
STRANGERS: dict[str, Callable[[Tenant], Caller]] = {
    "member": lambda globex: sign_in(make_member(globex, "stranger")),
    "issuer": lambda globex: sign_in(make_member(globex, "stranger", Role.ISSUER)),
    "owner": lambda globex: sign_in(make_member(globex, "stranger", Role.OWNER)),
    "owner's key": lambda globex: with_key(make_member(globex, "stranger", Role.OWNER)),
}


def send(caller: Caller, method: str, name: object, **headers: str) -> Any:
    body = [micro_credential_body(title="Taken over")] if method in {"put", "patch"} else []
    return caller.request(method, f"{ONE}/{name}", *body, headers=headers)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_stranger_cannot_tell_a_foreign_record_from_none(
    globex: Tenant,
    record: MicroCredential,
    kept: Callable[[], Any],
    stranger: Callable[[Tenant], Caller],
    method: str,
) -> None:
    caller = stranger(globex)
    before = kept()

    for foreign, unknown in ((record.pk, record.pk + 1), (record.uuid, uuid.uuid4())):
        answer, nothing = send(caller, method, foreign), send(caller, method, unknown)
        assert_problem(answer, 404, "not-found")
        assert answer.content == nothing.content
        assert set(answer.headers) == set(nothing.headers)
    assert kept() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_conditions_and_bad_bodies_tell_a_stranger_nothing_either(
    outsider: Caller, record: MicroCredential, kept: Callable[[], Any], method: str
) -> None:
    before = kept()

    for condition in ('"other"', "*"):
        response = send(outsider, method, record.pk, **{"If-Match": condition})
        assert_problem(response, 404, "not-found")
    faulty = outsider.request(method, f"{ONE}/{record.pk}", {"title": 7})
    assert_problem(faulty, 404, "not-found")
    assert kept() == before


@pytest.mark.parametrize("method", METHODS)
def test_a_holder_s_record_elsewhere_is_foreign_to_the_holder_s_token_here(
    acme: Tenant, globex: Tenant, kept: Callable[[], Any], method: str
) -> None:
    here, there = make_member(acme, "ada"), make_member(globex, "ada")
    record = micro_credential(acme, here.user)
    callers = [sign_in(there), with_key(there)]
    before = kept()

    for caller in callers:
        for name in (record.pk, record.uuid):
            assert_problem(send(caller, method, name), 404, "not-found")
    assert kept() == before


def test_lists_counts_and_searches_hold_nothing_foreign(
    acme: Tenant, globex: Tenant, member: Caller, outsider: Caller, superuser: Caller
) -> None:
    micro_credential(acme, member.user, title="Acme's secret")
    mine = micro_credential(globex, outsider.user, title="Globex's own")

    for query in ({}, {"search": "s"}, {"sort_field": "title"}, {"user_id": outsider.user.pk}):
        answer = outsider.get(LIST, query).json()
        assert (answer["count"], [found["id"] for found in answer["results"]]) == (1, [mine.pk])
    for query in ({"user_id": member.user.pk}, {"search": "acme"}):
        assert outsider.get(LIST, query).json() == {"count": 0, "results": []}
    # Even a superuser lists one tenant at a time.
    assert superuser.get(LIST).json()["count"] == 1


def test_one_key_used_in_two_tenants_is_two_keys(
    acme: Tenant, globex: Tenant, member: Caller, outsider: Caller
) -> None:
    again = {"headers": {"Idempotency-Key": "the-same"}}

    first = member.post(LIST, micro_credential_body(), **again)
    second = outsider.post(LIST, micro_credential_body(), **again)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Idempotency-Replayed" not in second.headers
    assert [first.json()["tenant_id"], second.json()["tenant_id"]] == [acme.pk, globex.pk]
    assert set(MicroCredential.objects.values_list("tenant_id", "holder_id")) == {
        (acme.pk, member.user.pk),
        (globex.pk, outsider.user.pk),
    }
