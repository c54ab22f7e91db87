"""The base of every family's endpoints."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from credentials.core.records import Filter, Found, Records
from credentials_portal.etags import check_precondition
from credentials_portal.problems import NotFound
from tenants import ids, lookups, walls
from tenants.views import PortalView


class CredentialView(PortalView):
    """Narrows every read and write to the caller's tenant."""

    records: ClassVar[Records]
    queryset: ClassVar[QuerySet[Any]]

    def found(self, record: str, visible: Filter | None = None) -> Found:
        """The live record of the caller's tenant, by id or uuid. Raises NotFound (404)."""
        tenant_id = self.access.tenant_id
        column, value = named(record)
        where = Filter().also(self.records.whose, tenant_id).also(f"r.{column} = %s", value)
        if visible:
            where = where.also(visible.sql, *visible.parameters)
        found = self.records.one(walls.tenant(tenant_id), where)
        if found is None:
            raise NotFound
        return found

    def locked(self, record: str) -> Any:
        """The same row, held until the end of the transaction. Raises NotFound (404)."""
        column, value = named(record)
        mine = self.queryset.filter(tenant_id=self.access.tenant_id, **{column: value})
        row = mine.select_for_update().first()
        if row is None:
            raise NotFound
        return row

    def check_unchanged(self, record: str) -> None:
        """412 unless the record is still the one that the caller's If-Match names."""
        if "HTTP_IF_MATCH" in self.request.META:
            check_precondition(self.request, self.found(record).json)


def named(record: str) -> tuple[str, Any]:
    """A path's id, which is an integer or a uuid, and the column that holds it."""
    if (number := ids.as_integer(record)) is not None:
        return "id", number
    if (form := ids.as_uuid(record)) is not None:
        return "uuid", form
    raise NotFound


def named_anywhere(record: str, records: Records) -> Filter:
    """The same without a tenant: by primary key, or through the look-up table."""
    column, value = named(record)
    if column == "id":
        return Filter().also("r.id = %s", value)
    found = "select l.tenant_id, l.object_id from tenants_lookup l where l.key = %s and l.kind = %s"
    return Filter().also(f"(r.tenant_id, r.id) = ({found})", lookups.uuid_key(value), records.kind)
