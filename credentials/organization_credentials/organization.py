"""The base of this family's endpoints, all of which name an organization and a person."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from credentials.core.people import PersonInPathView
from credentials.core.records import Filter
from credentials.organization_credentials.pages import enveloped, respond_one, respond_page
from credentials_portal.etags import check_precondition
from credentials_portal.form_fields import REPEATED
from credentials_portal.form_format import EVERY_TYPE
from credentials_portal.problems import Forbidden
from tenants import access, ids, walls
from tenants.access import Access
from tenants.changes import Creation
from tenants.models import Role
from tenants.ownership import TenantOwned
from users.models import User

ME = "me"
# By id, else by username: a username may look like an id.
MEMBER = """
select coalesce(
    (select user_id from tenants_membership
        where tenant_id = %s and user_id = %s::bigint and status <> 'pending'),
    (select m.user_id from users_user u join tenants_membership m
        on m.tenant_id = %s and m.user_id = u.id and m.status <> 'pending'
        where upper(u.username) = upper(%s::text)))
"""


class OrganizationView(PersonInPathView):
    """Below `orgs/{org}/users/{user_id}/`.

    The person in the path is the caller; an administrator may name any member. `platform_org` in
    the query overrides the organization in the path.
    """

    family: ClassVar[str | None] = "organization_credentials"
    parser_classes = EVERY_TYPE
    organization: str
    person: str
    person_id: int

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Both are told apart from the record's id: one of them has many spellings."""
        self.organization, self.person = kwargs.pop("org"), kwargs.pop("user_id")
        return super().dispatch(request, *args, **kwargs)

    def find_access(self) -> Access:
        named = self.request.query_params.getlist("platform_org")
        if len(named) > 1:
            raise ValidationError({"platform_org": REPEATED})
        return access.find_access(self.caller, "".join(named) or self.organization)

    def admit(self, request: Request) -> None:
        super().admit(request)
        self.person_id = self.find_person()

    def find_person(self) -> int:
        """Whose path it is. Raises Forbidden, whether or not there is somebody of that name."""
        name, caller = User.normalize_username(self.person), self.caller
        if name in {ME, str(caller.user_id)} or name.upper() == caller.username.upper():
            return caller.user_id
        if self.access.has(Role.ADMIN) and "\0" not in name:
            tenant_id = self.access.tenant_id
            asked = (tenant_id, ids.as_integer(name), tenant_id, name)
            found: int | None = walls.read(walls.tenant(tenant_id), MEMBER, asked)[0][0]
            if found is not None:
                return found
        raise Forbidden("The path must name you; an administrator may name any member.")

    # --- Answers

    def page(self, request: Request, query: dict[str, Any], where: Filter) -> HttpResponse:
        """Newest first."""
        limits = {"offset": (query["page"] - 1) * query["page_size"], "limit": query["page_size"]}
        found = self.records.page(self.access.tenant_id, where, order="r.id desc", **limits)
        return respond_page(request, query, *found)

    def create_row(self, row: TenantOwned) -> HttpResponse:
        """Row, event and the record as it reads, in one round trip."""
        statement = Creation(row, self.records.json, self.actor).statement()
        ((_, record),) = walls.pipeline(statement)[0]
        return respond_one(record.encode(), "Created", 201)

    def check_unchanged(self, record: str) -> None:
        """The tag is that of the whole answer, with its envelope."""
        if "HTTP_IF_MATCH" in self.request.META:
            check_precondition(self.request, enveloped(self.found(record).json))
