"""How the lists of the admin are searched, whatever their length.

Within one tenant each word is part of a row's own texts, or of the names of the people and the rows
that it names; those are found first, as they are few beside it. Across tenants, where no index
knows parts of words, by how a name begins, by a number in full, or by a uuid.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, BooleanField, CharField, F, Func, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from tenants.admin_scope import desk_of
from tenants.models import Membership, Tenant

# One more than an action takes at once, so that none is done to a part of what was found.
FOUND = 1001
# People and rows that are looked for one by one; of more, most of a list is theirs.
NAMED = 1000
CONTAINS, BEGINS = "icontains", "istartswith"

Place = tuple[int | None, int]  # a tenant, and the id of a row that belongs there


class OneOf(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = any("
    output_field = BooleanField()


class Search:
    """Of one page of the admin, by one person: `search_fields` says where."""

    def __init__(self, page: Any, request: HttpRequest) -> None:
        self.page, self.request = page, request
        desk = desk_of(request)
        self.slug = request.GET.get("tenant") if page.tenant_path == "tenant" else None
        self.tenant_id = desk.tenant.pk if desk and desk.tenant else None
        self.is_wide = page.is_long and not self.tenant_id and not self.slug
        self.own: dict[str, str] = {}  # column and lookup
        self.related: dict[str, list[str]] = {}  # relation and columns of its rows
        for name in page.search_fields:
            first, _, rest = name.partition(LOOKUP_SEP)
            if rest and rest != "exact":
                self.related.setdefault(first, []).append(rest)
            else:
                self.own[first] = rest

    def found(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """The newest of what is found; all of it for a request that takes everything."""
        words = list(split(term))
        if wanted := as_uuid(term):
            matching = [self._by_uuid(rows, wanted)]
        elif self.is_wide:
            matching = list(self._across(rows, words))
        else:
            matching = [self._within(rows, words)]
        if getattr(self.request, "takes_everything", False):
            return rows.filter(any_of(Q(pk__in=part.order_by().values("pk")) for part in matching))
        return newest(rows, matching)

    def top(self, rows: QuerySet[Any], term: str, most: int) -> list[Any]:
        """The newest few of a person, or of a number or name in full: all by one index or another.

        Rows of which there are few are searched as their own list is.
        """
        if wanted := as_uuid(term):
            return list(self._by_uuid(rows, wanted)[:most])
        if not self.page.is_long:
            return list(self._within(rows, list(split(term)))[:most])
        wide = self._of_any_tenant(rows).order_by()
        # Each by its index, and whole before they are sorted: along the ids, all rows would be
        # passed for a rare name.
        first, *more = (wide.filter(arm).values("pk")[:FOUND] for arm in self._indexed_arms(term))
        ids = first.union(*more) if more else first
        return list(rows.filter(pk__in=ids).order_by("-pk")[:most])

    def _by_uuid(self, rows: QuerySet[Any], wanted: uuid.UUID) -> QuerySet[Any]:
        named = any_of(Q((column, wanted)) for column in self.page.uuid_columns)
        return self._of_any_tenant(rows).filter(named)

    def _of_any_tenant(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Every index begins with the tenant, so it is said, though it may be any."""
        if not self.is_wide or self.page.tenant_path != "tenant":
            return rows
        return rows.filter(tenant__in=Tenant.objects.order_by())

    # --- Within one tenant

    def _within(self, rows: QuerySet[Any], words: Sequence[str]) -> QuerySet[Any]:
        for word in words:
            own = (self._own_arm(name, word, CONTAINS) for name in self.own)
            rows = rows.filter(any_of([*filter(None, own), *self._related_arms(word)]))
        return rows.order_by("-pk")

    def _arm(self, column: str, lookup: str, word: str) -> Q | None:
        field = self.page.opts.get_field(column)
        if getattr(field, "generated", False):
            # In upper case already, which the database then need not make of each row.
            return Q((f"{column}__{lookup.removeprefix('i')}", word.upper()))
        if lookup != "exact":
            return Q((f"{column}__{lookup}", word))
        if isinstance(field, CharField):
            # As it may be written; an index does not know words without their case.
            return Q((f"{column}__in", sorted({word, word.upper(), word.lower()})))
        return Q((column, word)) if fits(field, word) else None

    def _own_arm(self, column: str, word: str, part: str) -> Q | None:
        arm = self._arm(column, self._lookup(column, part), word)
        return arm and arm & Q(**self.page.search_only.get(column, {}))

    def _lookup(self, column: str, part: str) -> str:
        return "exact" if column in self.page.search_exact else self.own[column] or part

    def _related_arms(self, word: str) -> Iterator[Q]:
        for relation, columns in self.related.items():
            named = self._named(relation, columns, [word], CONTAINS)
            found = list(named[: NAMED + 1])
            yield one_of(relation, found) if len(found) <= NAMED else Q((f"{relation}__in", named))

    def _named(
        self, relation: str, columns: Sequence[str], words: Sequence[str], part: str
    ) -> QuerySet[Any]:
        """The ids of the people or rows that a relation names by these words."""
        remote: Any = self.page.opts.get_field(relation).related_model
        if remote is get_user_model():
            names = [f"user__{column}" for column in columns]
            members = Membership.objects.filter(self._scope(), all_of(names, words, part))
            members = members.exclude(status=Membership.Status.PENDING)
            people: QuerySet[Any] = members.values_list("user", flat=True)
            return people
        named = self._naming(relation, columns, words, part)
        rows: QuerySet[Any] = remote._default_manager.filter(named)
        if self._is_owned(remote):
            rows = rows.filter(self._scope())
        return rows.order_by().values_list("pk", flat=True)

    def _naming(self, relation: str, columns: Sequence[str], words: Sequence[str], part: str) -> Q:
        own = self.page.search_finders.get(relation)
        if own is None:
            return all_of(columns, words, part)
        found = Q()
        for word in words:
            found &= own(word, part)
        return found

    def _is_owned(self, remote: Any) -> bool:
        return any(f.name == "tenant" and not f.null for f in remote._meta.concrete_fields)

    def _scope(self) -> Q:
        if self.tenant_id:
            return Q(tenant_id=self.tenant_id)
        return Q(tenant__slug=self.slug) if self.slug else Q()

    # --- By indexes

    def _across(self, rows: QuerySet[Any], words: Sequence[str]) -> Iterator[QuerySet[Any]]:
        """Each way by itself, as each has an index of its own."""
        own = self._of_any_tenant(rows)
        for arm in self._own_arms(" ".join(words), BEGINS):
            yield own.filter(arm)
        if len(words) > 1 and self.page.search_across is None:
            # A name is often in two columns.
            yield own.filter(*(any_of(self._own_arms(word, BEGINS)) for word in words))
        for relation, columns in self.related.items():
            places = self._places(relation, columns, words)
            if places:
                yield rows.filter(at(relation, places))

    def _own_arms(self, term: str, part: str) -> Iterator[Q]:
        across = self.page.search_across
        for column in self.own:
            if across is not None and column not in across:
                continue
            if arm := self._own_arm(column, term, part):
                yield arm

    def _indexed_arms(self, term: str) -> Iterator[Q]:
        # Row-level security lets an index find what equals, not what begins with something.
        yield from self._own_arms(term, BEGINS if self.is_wide else "exact")
        for relation, columns in self.related.items():
            if self._is_person(relation):
                yield at(relation, self._places(relation, columns, list(split(term))))

    def _is_person(self, relation: str) -> bool:
        remote = self.page.opts.get_field(relation).related_model
        return remote in {get_user_model(), Membership}

    def _places(
        self, relation: str, columns: Sequence[str], words: Sequence[str]
    ) -> Sequence[Place]:
        """Of what a relation names by these words; asked once for all pages of a request."""
        known: dict[Any, Sequence[Place]] = self.request.__dict__.setdefault("found_places", {})
        remote: Any = self.page.opts.get_field(relation).related_model
        key = (remote, tuple(columns), tuple(words), self.is_wide)
        if key not in known:
            known[key] = list(self._placed(remote, relation, columns, words)[:NAMED])
        return known[key]

    def _placed(
        self, remote: Any, relation: str, columns: Sequence[str], words: Sequence[str]
    ) -> QuerySet[Any]:
        part = BEGINS if self.is_wide else CONTAINS
        if remote is not get_user_model():
            named = self._naming(relation, columns, words, part)
            rows: QuerySet[Any] = remote._default_manager.filter(self._scope(), named)
            placed: QuerySet[Any] = rows.order_by().values_list("tenant_id", "pk")
            return placed
        members = Membership.objects.exclude(status=Membership.Status.PENDING)
        if self.is_wide:
            people = remote.objects.filter(all_of(columns, words, part)).order_by()
            found = list(people.values_list("pk", flat=True)[:NAMED])
            members = members.filter(one_of("user", found))
        else:
            names = [f"user__{column}" for column in columns]
            members = members.filter(self._scope(), all_of(names, words, part))
        bearers: QuerySet[Any] = members.order_by().values_list("tenant_id", "user_id")
        return bearers


def newest(rows: QuerySet[Any], matching: Iterable[QuerySet[Any]]) -> QuerySet[Any]:
    """By their ids: what was searched for once is counted and shown without a second search."""
    ids: set[int] = set()
    for part in matching:
        ids.update(part.values_list("pk", flat=True)[: FOUND + 1])
    found = rows.filter(one_of("pk", sorted(ids, reverse=True)[:FOUND]))
    # Django hands its hints on to every query that is made of this one; see BoundedPaginator.
    found._add_hints(is_cut=len(ids) > FOUND)  # type: ignore[attr-defined]
    return found


def at(relation: str, places: Sequence[Place]) -> Q:
    """Of what is standard, and no tenant's, there may be rows in any."""
    tenants = {tenant for tenant, _ in places}
    known = Q(tenant__in=Tenant.objects.order_by())
    if None not in tenants:
        known = one_of("tenant", sorted(filter(None, tenants)))
    return known & one_of(relation, sorted({named for _, named in places}))


def one_of(column: str, ids: Sequence[int]) -> Q:
    """By one parameter, however many: a thousand by themselves take longer than the search."""
    if not ids:
        return Q(pk__in=[])
    known = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    return Q(OneOf(F(column), known))


def split(term: str) -> Iterator[str]:
    """Words; what stands in quotes is one."""
    for word in smart_split(term):
        is_quoted = word[0] in {'"', "'"} and len(word) > 1 and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word


def all_of(columns: Sequence[str], words: Iterable[str], lookup: str) -> Q:
    """Each word in one of the columns."""
    found = Q()
    for word in words:
        found &= parts(columns, word, lookup)
    return found


def parts(columns: Sequence[str], word: str, lookup: str) -> Q:
    return any_of(Q((f"{column}__{lookup}", word)) for column in columns)


def any_of(arms: Iterable[Q]) -> Q:
    """Nothing, where there is no way to be found."""
    joined = Q(pk__in=[])
    for arm in arms:
        joined |= arm
    return joined


def as_uuid(term: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(term.strip())
    except ValueError:
        return None


def fits(field: Any, word: str) -> bool:
    """Whether a word can be the whole of what such a column holds."""
    try:
        field.clean(word, None)
    except ValidationError:
        return False
    return True
