"""The database's judgement beside a plain evaluation, day by day, over thousands of cases."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from credentials.certifications import qualifying
from credentials.certifications.qualifying import After, Question, Result
from credentials.certifications.validity import Validity, validity
from credentials.models import (
    Certification,
    CertificationType,
    JobRole,
    JobRoleAssignment,
    JobRoleQualification,
    Qualification,
    Requirement,
    RequirementType,
)
from tenants import walls
from tenants.models import Membership, Tenant
from users.models import User

START = date(2026, 2, 20)
DAYS = 24  # in which everything begins and ends
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STATES = ["unverified", "pending", "verified", "rejected"]
# By `verified_only`.
COUNTING = {True: {"verified"}, False: {"unverified", "pending", "verified"}}


def drawn(seed: int) -> random.Random:
    """The same for the same seed."""
    return random.Random(seed)  # noqa: S311 - nothing is secret here


@dataclass
class World:
    """All rows of one tenant, drawn at random."""

    tenant: Tenant
    draw: random.Random

    def __post_init__(self) -> None:
        self.members = [self.member(number) for number in range(60)]
        self.types = self.make(
            CertificationType, [{"slug": f"t{n}", "title": "T"} for n in range(5)]
        )
        self.qualifications = self.make(
            Qualification,
            [{"slug": f"q{n}", "title": "Q", "status": self.standing()} for n in range(8)],
        )
        self.requirements = self.make(
            Requirement,
            [
                {
                    "qualification": qualification,
                    "minimum": self.draw.choice([1, 1, 1, 2, 2, 3]),
                    "verified_only": self.draw.random() < 0.4,
                }
                for qualification in self.qualifications
                for _ in range(self.draw.randint(0, 2))
            ],
        )
        self.counting = self.make(
            RequirementType,
            [
                {"requirement": each, "certification_type": kind, "type_owner": self.tenant.pk}
                for each in self.requirements
                for kind in self.draw.sample(self.types, self.draw.randint(0, 4))
            ],
        )
        self.populate()

    def populate(self) -> None:
        """Who is asked for what, and who holds what."""
        self.roles = self.make(
            JobRole,
            [{"slug": f"r{n}", "title": "R", "status": self.standing()} for n in range(4)],
        )
        self.asked = self.make(
            JobRoleQualification,
            [
                {"job_role": role, "qualification": qualification}
                for role in self.roles
                for qualification in self.draw.sample(self.qualifications, 4)
            ],
        )
        self.assignments = self.make(
            JobRoleAssignment,
            [
                {"membership": member, "job_role": role, "assigned_at": NOW}
                for member in self.members
                for role in self.draw.sample(self.roles, self.draw.randint(0, 3))
            ],
        )
        self.certifications = self.make(
            Certification,
            [
                self.certification(member)
                for member in self.members
                for _ in range(self.draw.randint(0, 18))
            ],
        )

    def make(self, model, rows):
        return model.objects.bulk_create(model(tenant=self.tenant, **row) for row in rows)

    def standing(self) -> str:
        return "archived" if self.draw.random() < 0.15 else "active"

    def member(self, number: int) -> Membership:
        user = User.objects.create(username=f"{self.tenant.slug}-{number}")
        status = "inactive" if self.draw.random() < 0.1 else "active"
        return Membership.objects.create(tenant=self.tenant, user=user, status=status)

    def certification(self, member: Membership) -> dict[str, object]:
        first = START + timedelta(days=self.draw.randint(-3, DAYS))
        last = first + timedelta(days=self.draw.randint(0, 9))
        kind = self.draw.choice([*self.types, None])
        verification = self.draw.choices(STATES, [2, 1, 6, 1])[0]
        return {
            "membership": member,
            "certification_type": kind,
            "type_owner": kind and self.tenant.pk,
            "issued_on": None if self.draw.random() < 0.15 else first,
            "expires_on": None if self.draw.random() < 0.15 else last,
            "lifecycle_status": self.standing(),
            "verification_status": verification,
            "last_verified_at": NOW if verification in {"verified", "rejected"} else None,
        }


@dataclass
class Plain:
    """The same judgement plainly, and day by day."""

    world: World

    def __post_init__(self) -> None:
        self.needed: dict[int, list[Requirement]] = defaultdict(list)
        for each in self.world.requirements:
            self.needed[each.qualification_id].append(each)
        self.kinds: dict[int, set[int]] = defaultdict(set)
        for counting in self.world.counting:
            self.kinds[counting.requirement_id].add(counting.certification_type_id)
        self.owned: dict[int, list[Certification]] = defaultdict(list)
        for owned in self.world.certifications:
            if owned.lifecycle_status == "active":
                self.owned[owned.membership_id].append(owned)

    def results(self, on: date) -> list[Result]:
        found = [
            self.result(member, qualification, on)
            for member in self.world.members
            for qualification in self.asked(member)
        ]
        return sorted(found, key=lambda each: (-each.membership_id, -each.qualification_id))

    def result(self, member: Membership, qualification: Qualification, on: date) -> Result:
        needed = self.needed[qualification.pk]
        unmet = [each for each in needed if not self.is_met(each, member, on)]
        until = self.last_day(needed, member, on) if not unmet else None
        missing = {kind for each in unmet for kind in self.absent(each, member, on)}
        met, total = len(needed) - len(unmet), len(needed)
        return Result(member.pk, qualification.pk, met, total, tuple(sorted(missing)), until)

    def asked(self, member: Membership) -> set[Qualification]:
        roles = {
            each.job_role_id
            for each in self.world.assignments
            if each.membership_id == member.pk and member.status == "active"
        }
        return {
            each.qualification
            for each in self.world.asked
            if each.job_role_id in roles
            and each.job_role.status == "active"
            and each.qualification.status == "active"
        }

    def held(self, requirement: Requirement, member: Membership, on: date) -> set[int]:
        return {
            each.certification_type_id
            for each in self.owned[member.pk]
            if each.certification_type_id in self.kinds[requirement.pk]
            and validity(each.issued_on, each.expires_on, on) is Validity.VALID
            and each.verification_status in COUNTING[requirement.verified_only]
        }

    def is_met(self, requirement: Requirement, member: Membership, on: date) -> bool:
        return len(self.held(requirement, member, on)) >= requirement.minimum

    def absent(self, requirement: Requirement, member: Membership, on: date) -> set[int]:
        return self.kinds[requirement.pk] - self.held(requirement, member, on)

    def last_day(self, needed: list[Requirement], member: Membership, on: date) -> date | None:
        end = START + timedelta(days=DAYS + 12)
        while on <= end:
            if not all(self.is_met(each, member, on) for each in needed):
                return on - timedelta(days=1)
            on += timedelta(days=1)
        return None

    def lapsing(self, result: Result) -> set[int]:
        """What ends on the last day, of the requirements that it ends."""
        if result.valid_until is None:
            return set()
        (member,) = (each for each in self.world.members if each.pk == result.membership_id)
        last, next_day = result.valid_until, result.valid_until + timedelta(days=1)
        return {
            kind
            for each in self.needed[result.qualification_id]
            if not self.is_met(each, member, next_day)
            for kind in self.held(each, member, last) - self.held(each, member, next_day)
        }


@pytest.mark.parametrize("seed", range(8))
def test_the_database_judges_as_a_plain_evaluation_does(
    acme: Tenant, globex: Tenant, seed: int
) -> None:
    world = World(acme, drawn(seed))
    plain = Plain(world)
    World(globex, drawn(seed + 100))
    statuses = set()
    for day in (
        START - timedelta(days=30),
        *(START + timedelta(days=n) for n in (0, 3, 5, 8, 11, 14, 17)),
    ):
        found = qualifying.results(acme.pk, on=day)
        assert found == plain.results(day)
        statuses |= {(each.is_qualified, each.valid_until is None) for each in found}
    # Of every kind there is: not qualified, for ever, and for a while.
    assert statuses == {(False, True), (True, True), (True, False)}


@pytest.mark.parametrize("seed", range(2))
def test_what_lapses_is_told(acme: Tenant, seed: int) -> None:
    plain = Plain(World(acme, drawn(seed + 20)))
    question = Question(acme.pk, START, tells_lapsing=True)
    rows = walls.read(walls.tenant(acme.pk), *qualifying.statement(question))
    told = {(member, qualification): set(ids or ()) for member, qualification, *_, ids in rows}
    assert told == {
        (each.membership_id, each.qualification_id): plain.lapsing(each)
        for each in plain.results(START)
    }
    assert any(told.values())


def test_pages_are_the_whole_in_parts(acme: Tenant) -> None:
    World(acme, drawn(7))
    whole = qualifying.results(acme.pk, on=START)
    parts: list[Result] = []
    while page := qualifying.results(
        acme.pk,
        on=START,
        after=After(parts[-1].membership_id, parts[-1].qualification_id) if parts else None,
        limit=7,
    ):
        parts += page
    assert parts == whole


def test_some_members_alone(acme: Tenant) -> None:
    world = World(acme, drawn(8))
    mine = {member.pk for member in world.members[:9]}
    found = qualifying.results(acme.pk, on=START, members=sorted(mine))
    assert found == [each for each in Plain(world).results(START) if each.membership_id in mine]
    assert qualifying.results(acme.pk, on=START, members=[]) == []
