"""One invitation, used by several at the same moment."""

import pytest

from tenants import members, walls
from tenants.events import OPERATOR
from tests.answers import stored
from tests.conftest import Caller
from tests.together import together
from tests.users.test_invitation_page import fill, invited, path
from users.models import User


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mailed", [True, False])
def test_of_ten_who_use_one_link_at_once_one_becomes_the_member(mailed: bool) -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        row = invited(acme)
    page = path(row, mailed=mailed)

    answers = together(10, lambda index: fill(Caller(), page, username=f"nova{index}"))

    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 9
    with walls.platform_work():
        (nova,) = User.objects.all()
        assert (stored(row)["user_id"], stored(row)["status"]) == (nova.pk, "active")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_one_name_at_once_one_is_told_that_it_is_taken() -> None:
    with walls.platform_work():
        acme = members.create_tenant(slug="acme", name="Acme", by=OPERATOR)
        pages = [path(invited(acme, email=f"{n}@mail.example")) for n in range(2)]

    answers = together(2, lambda index: fill(Caller(), pages[index]))

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert any("This username is taken." in answer.text for answer in answers)
    with walls.platform_work():
        assert User.objects.count() == 1
