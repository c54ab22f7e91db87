"""From a public uuid to what its page shows, whatever the family."""

from typing import Any, cast

from django.apps import apps
from django.db.models import Model

from credentials.core.public import HasPublicPage, Shown
from tenants import ids, lookups, walls

FIND = "select l.kind, l.tenant_id, l.object_id from tenants_lookup l where l.key = %s"


def find(record: str) -> Shown | None:
    row = found(record)
    return row.shown() if row else None


def found(record: str) -> "HasPublicPage | None":
    """Two statements: where the row lives, and the row with all that it names."""
    key = ids.as_uuid(record)
    if key is None:
        return None
    with walls.work(walls.PLATFORM, (FIND, [lookups.uuid_key(key)])) as (places,):
        for kind, tenant_id, object_id in places:
            if model := shown_kinds().get(kind):
                # At most one; `first()` would sort it, which takes longer than finding it.
                for row in everything(model).filter(tenant_id=tenant_id, pk=object_id):
                    return cast("HasPublicPage", row)
    return None


def shown_kinds() -> dict[str, type[Model]]:
    """The models that have a public page, by the kind under which look-ups know them."""
    models = apps.get_app_config("credentials").get_models()
    return {str(model._meta.model_name): model for model in models if hasattr(model, "shown")}


def everything(model: type[Model]) -> Any:
    """Rows together with whatever they name, so that showing one asks no more of the database."""
    return model._base_manager.select_related(*names(model)).order_by()


def names(model: type[Model]) -> list[str]:
    """And with whatever is named by what they name."""
    found = []
    for field in model._meta.fields:
        if named := field.related_model:
            found.append(field.name)
            if isinstance(named, type):
                nested = (inner.name for inner in named._meta.fields if inner.is_relation)
                found += [f"{field.name}__{name}" for name in nested if name != "tenant"]
    return found
