"""Admin pages whose rows name others, which are searched for by part of their names."""

from typing import TYPE_CHECKING, Any

from django.forms import Media

from credentials.core.admin_filters import widget_of
from tenants.admin_base import PortalAdmin

if TYPE_CHECKING:
    Base = PortalAdmin
else:
    Base = object


class ChoosesAdmin(Base):
    """Mixed into PortalAdmin; the subclass says its `autocomplete_fields`."""

    @property
    def media(self) -> Media:
        """Of the lists, too, whose filters choose as the forms do."""
        return super().media + widget_of(self.model, self.autocomplete_fields[0]).media

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """What is chosen is kept on its own pages."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.autocomplete_fields:
            for way in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{way}_related", False)
        return field
