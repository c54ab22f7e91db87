from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from credentials.core.cursors import Cursors, Part, respond_part
from credentials.core.wallets import Kind
from credentials.wallet import people
from credentials.wallet.kinds import BY_NAME, KINDS
from credentials.wallet.pages import page
from credentials.wallet.questions import Question, Way, searching
from credentials.wallet.schema import documented_search, documented_wallet
from credentials.wallet.serializers import (
    FoundCredentialSerializer,
    SearchQuery,
    WalletCredentialSerializer,
    WalletQuery,
)
from credentials_portal.problems import MissingScope, NotFound
from tenants import ids
from tenants.access import Open, demand_scope, has_scope
from tenants.models import Role
from tenants.views import PortalView

ME = "me"


class CredentialsView(PortalView):
    """Lists credentials of every family that the caller's token may read."""

    def kinds(self, query: dict[str, Any]) -> Sequence[Kind]:
        """Raises MissingScope (403) where it may not read what was asked for, or nothing at all."""
        if "kind" in query:
            kind = BY_NAME[query["kind"]]
            demand_scope(self.caller, kind.family, write=False)
            return [kind]
        readable = [kind for kind in KINDS if has_scope(self.caller, kind.family, write=False)]
        if not readable:
            needed = ", ".join(f"{kind.family}:read" for kind in KINDS)
            raise MissingScope(f"The API token lacks all of the scopes {needed}.")
        return readable

    def cursors(self, name: str, query: dict[str, Any], kinds: Sequence[Kind]) -> Cursors:
        """Of these kinds alone: another token may read others."""
        bound = {**query, "kinds": [kind.name for kind in kinds]}
        return Cursors.of(name, self.access.tenant_id, bound)


@documented_wallet
class WalletView(CredentialsView):
    """One person's, in one organization."""

    serializer_class = WalletCredentialSerializer
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.MEMBER}

    def list(self, request: Request, user_id: str) -> HttpResponse:
        person_id = self.find_person(user_id)
        query = self.valid(WalletQuery, request.query_params)
        kinds = self.kinds(query)
        cursors = self.cursors(f"wallet of {person_id}", query, kinds)
        question = Question(
            self.access.tenant_id,
            kinds,
            Way.OF_PERSON,
            status=query.get("status"),
            person_id=person_id,
        )
        after = cursors.position(query.get("cursor")) or ()
        found = page(question, limit=query["limit"], after=after)
        return respond_part(Part(found.items, found.following), cursors)

    def find_person(self, named: str) -> int:
        """Oneself; an issuer names any member, by id or uuid. Raises NotFound (404)."""
        own = self.caller.user_id
        if named in {ME, str(own)}:
            return own
        # Whoever may not read of others is not told who there is.
        sees_all = self.access.has(Role.ISSUER)
        if sees_all or ids.as_uuid(named):
            found = people.find(self.access.tenant_id, named)
            if found is not None and (sees_all or found == own):
                return found
        raise NotFound


@documented_search
class SearchView(CredentialsView):
    """All of the organization's."""

    serializer_class = FoundCredentialSerializer
    roles: ClassVar[dict[str, Role | Open]] = {"list": Role.ISSUER}

    def list(self, request: Request) -> HttpResponse:
        query = self.valid(SearchQuery, request.query_params)
        kinds = self.kinds(query)
        cursors = self.cursors("credentials", query, kinds)
        begun, *after = cursors.position(query.get("cursor")) or (None,)
        question = searching(
            self.access.tenant_id,
            kinds,
            query["search"],
            status=query.get("status"),
            begun=begun,
        )
        found = page(question, limit=query["limit"], after=after, tells_holder=True)
        following = found.following and (question.way, *found.following)
        return respond_part(Part(found.items, following), cursors)
