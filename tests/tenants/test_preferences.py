"""A tenant's settings: typed, with a default each, and nothing else."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tenants import members
from tenants.events import OPERATOR
from tenants.models import Tenant
from tenants.preferences import PROGRAM_ATTRIBUTES, PUBLIC_NAME, PUBLIC_REASON


def test_the_first_value_holds_until_another_is_chosen() -> None:
    assert PROGRAM_ATTRIBUTES.of({}) == PROGRAM_ATTRIBUTES.of(None) == "strict"
    assert (PUBLIC_NAME.of({}), PUBLIC_REASON.of({})) == ("full_name", False)
    assert PUBLIC_NAME.of({"public_name": "none"}) == "none"


@pytest.mark.parametrize(
    "chosen",
    [
        *({"other": 1}, {"program_attributes": "Any"}, {"program_attributes": None}),
        *({"public_reason": 1}, {"public_reason": "true"}, {"public_name": []}, [], "x"),
    ],
)
def test_unknown_names_and_values_are_refused_and_the_tenant_keeps_what_it_has(
    acme: Tenant, chosen: Any
) -> None:
    members.change_tenant(acme, by=OPERATOR, settings={"public_name": "none"})

    with pytest.raises(ValidationError) as refused:
        members.change_tenant(acme, by=OPERATOR, settings=chosen)

    assert list(refused.value.message_dict) == ["settings"]
    acme.refresh_from_db()
    assert acme.settings == {"public_name": "none"}
