"""What is sent at the same moment, each on a connection of its own."""

from collections.abc import Callable

import pytest

from credentials.models import Diploma, DiplomaFile, DiplomaTitle
from tenants.models import Event, Tenant
from tenants.walls import platform_work, tenant_work
from tests.answers import assert_problem, faults
from tests.conftest import make_member, sign_in
from tests.diplomas.conftest import ATTACHMENT, OWN, Person, history, person
from tests.factories import diploma_title
from tests.together import committed_acme, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


acme = committed_acme


@pytest.fixture
def member(acme: Tenant) -> Person:
    with platform_work():
        return person(sign_in(make_member(acme, "member")))


@pytest.fixture
def title(acme: Tenant) -> DiplomaTitle:
    with platform_work():
        return diploma_title(acme)


def test_one_key_makes_one_diploma_with_one_file(member: Person, title: DiplomaTitle) -> None:
    body = {"titleId": title.pk, "attachment": ATTACHMENT}

    answers = together(12, lambda _: member.post(OWN, body, headers={"Idempotency-Key": "once"}))

    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer.json()["diploma"]["id"] for answer in answers if answer.status_code == 201]
    with platform_work():
        assert set(made) == {Diploma.objects.get().pk}
        assert DiplomaFile.objects.get().diploma_id == made[0]
        assert history(Diploma.objects.get()) == ["created", "file_announced"]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
def test_a_title_that_is_being_deleted_is_waited_for_and_unknown(
    acme: Tenant, member: Person, title: DiplomaTitle, headers: dict[str, str]
) -> None:
    body = {"titleId": title.pk, "attachment": ATTACHMENT}
    with platform_work():
        events = Event.objects.count()

    def delete(meet: Callable[[], None]) -> None:
        with tenant_work(acme.pk):
            title.delete()
            meet()

    answer = meeting(delete, lambda: member.post(OWN, body, headers=headers))

    assert_problem(answer, 400, "invalid-input")
    assert faults(answer) == [("/titleId", "unknown_title")]
    with platform_work():
        assert not Diploma.objects.exists()
        assert not DiplomaFile.objects.exists()
        assert Event.objects.count() == events
