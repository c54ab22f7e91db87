import pytest

from tenants.models import Event, Tenant
from tests.commands.conftest import answer, call, refusal


def set_to(*settings: str) -> list[str]:
    return ["set_tenant", "--slug", "acme", *(f"--setting={setting}" for setting in settings)]


def test_it_sets_what_is_named_and_keeps_the_others_with_one_event_each_time(acme: Tenant) -> None:
    assert answer(*set_to("program_attributes=any", "public_reason=true")) == {
        "slug": "acme",
        "settings": {"program_attributes": "any", "public_reason": True},
    }
    assert answer(*set_to("program_attributes=strict"))["settings"] == {
        "program_attributes": "strict",
        "public_reason": True,
    }

    acme.refresh_from_db()
    assert acme.settings == {"program_attributes": "strict", "public_reason": True}
    assert Event.objects.filter(object_kind="tenant", action="changed").count() == 2


def test_the_same_call_again_changes_nothing(acme: Tenant) -> None:
    first = answer(*set_to("public_name=initials"))

    assert answer(*set_to("public_name=initials")) == first
    assert Event.objects.filter(object_kind="tenant", action="changed").count() == 1


def test_without_json_it_says_so_in_words(acme: Tenant) -> None:
    assert call(*set_to("public_name=none")) == "acme has the settings public_name=none.\n"


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (["program_attributes=Any"], "settings: program_attributes is one of strict, any."),
        (["public_name"], "settings: public_name is one of full_name, initials, none."),
        (
            ["public_reason=1", "public_name=none", "x=1"],
            "settings: public_reason is one of false, true. There is no setting 'x'; there are"
            " program_attributes, public_name, public_reason, storage_quota_bytes.",
        ),
    ],
)
def test_unknown_names_and_values_are_all_named_and_nothing_is_set(
    acme: Tenant, chosen: list[str], line: str
) -> None:
    assert refusal(*set_to(*chosen)) == line
    acme.refresh_from_db()
    assert acme.settings == {}


def test_an_unknown_tenant_is_named(platform: None) -> None:
    assert refusal(*set_to("public_name=none")) == "There is no tenant 'acme'."
