"""The gate answers as a model written down here does, and every way work is given out agrees with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.refusals import Refused
from organization.models import Absence, Holding, Membership
from organization.setup import save_absence
from organization.standing import Post, Standing, forget
from tasks import bulk, finishing, transitions
from tasks import next as taking
from tasks.eligibility import Facts, Held, Need, check, gate
from tasks.models import Requirement, Task
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh, trial
from tasks.why import why_not_me

NOW = dt.datetime(2026, 3, 4, 23, 30, tzinfo=ZoneInfo("America/New_York"))  # the fifth already in Dublin
TODAY = dt.date(2026, 3, 4)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
ORDER = ["department", "qualification", "absence", "cap"]
offsets = st.integers(-2, 2)
spans = st.tuples(offsets, st.none() | offsets).filter(lambda span: span[1] is None or span[1] >= span[0])


@dataclass(frozen=True)
class World:
    """Plain facts: days are offsets from the department's today, holdings are (which, level, from, until)."""

    member: tuple[int, int | None] | None = (0, None)
    cap: int | None = None
    common_cap: int | None = None
    held: tuple[str, ...] = ()
    needs: tuple[tuple[int, int], ...] = ()
    holdings: tuple[tuple[int, int, int, int | None], ...] = ()
    absence: tuple[int, int] | None = None


worlds = st.builds(
    World,
    member=st.none() | spans,
    cap=st.none() | st.integers(1, 3),
    common_cap=st.none() | st.integers(1, 2),
    held=st.lists(st.sampled_from(["open", "in_progress", "waiting", "planned", "done"]), max_size=3).map(tuple),
    needs=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 3)), max_size=2, unique_by=lambda need: need[0]).map(
        tuple
    ),
    holdings=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 3), spans), max_size=4).map(
        lambda rows: tuple((which, level, *span) for which, level, span in rows)
    ),
    absence=st.none() | st.tuples(offsets, offsets).filter(lambda span: span[0] < span[1]),
)


def inside(first: int, last: int | None) -> bool:
    return first <= 0 and (last is None or last >= 0)


def failures(world: World) -> list[str]:
    """Everything that stands in the way, in the order of the gate, from plain facts."""
    found = []
    if world.member is None or not inside(*world.member):
        found.append("department")
    if not all(
        any(which == asked and has >= level and inside(first, last) for which, has, first, last in world.holdings)
        for asked, level in world.needs
    ):
        found.append("qualification")
    if world.absence and world.absence[0] <= 0 < world.absence[1]:
        found.append("absence")
    cap = world.cap if world.cap is not None else world.common_cap
    if cap is not None and sum(state in {"open", "in_progress"} for state in world.held) >= cap:
        found.append("cap")
    return found


def repaired(world: World, name: str) -> World:
    """The same world with one obstacle put right."""
    if name == "department":
        return replace(world, member=(0, None))
    if name == "qualification":
        return replace(world, holdings=(*world.holdings, *((which, level, 0, None) for which, level in world.needs)))
    if name == "absence":
        return replace(world, absence=None)
    return replace(world, held=())


def asked(world: World) -> str:
    """The pure gate's answer to a world."""
    day = lambda offset: None if offset is None else TODAY + offset * DAY  # noqa: E731
    posts = {}
    if world.member and inside(*world.member):
        posts[5] = Post(5, "Permits", TODAY, "assistant", world.cap or world.common_cap, (480,) * 7)
    holdings: dict[int, tuple[Held, ...]] = {}
    for which, level, first, last in world.holdings:
        holdings[which] = (*holdings.get(which, ()), Held(level, TODAY + first * DAY, day(last)))
    absent = world.absence and world.absence[0] <= 0 < world.absence[1]
    held = {5: sum(state in {"open", "in_progress"} for state in world.held)}
    facts = Facts(Standing(posts), holdings, NOW + HOUR if absent else None, held)
    need = Need(5, "Permits", TODAY, tuple((which, f"Q{which}", level) for which, level in world.needs))
    failure = gate(facts, need)
    return failure.code if failure else ""


@settings(max_examples=300, deadline=None)
@given(world=worlds)
def test_the_first_failure_in_order_and_repairing_only_it_changes_the_answer(world: World) -> None:
    wrong = failures(world)
    assert asked(world) == (wrong[0] if wrong else "")
    for name in wrong[1:]:
        assert asked(repaired(world, name)) == wrong[0], f"repairing {name} changed the answer"
    for name in list(wrong):
        assert asked(world) == name
        world = repaired(world, name)
    assert asked(world) == ""


def test_work_one_has_already_is_not_counted_twice() -> None:
    facts = Facts(Standing({5: Post(5, "Permits", TODAY, "assistant", 2, (0,) * 7)}), {}, None, {5: 2})
    need = Need(5, "Permits", TODAY, ())
    assert gate(facts, need) is not None and gate(facts, need, counts_already=True) is None


# every way in


@dataclass
class Office:
    """A person about whom only the world is true, in Archive (New York), where arno manages and otto works."""

    cast: Any
    world: World
    person: Any = None
    how: Any = None
    tasks: list[Task] = field(default_factory=list)

    def __post_init__(self) -> None:
        cast, world = self.cast, self.world
        self.person = make.person(own_first=False)
        cast.archive.cap = world.common_cap
        cast.archive.members_may_take_over = True
        cast.archive.save()
        if world.member:
            first, last = (None if one is None else TODAY + one * DAY for one in world.member)
            post = {"minutes": [480] * 7, "cap": world.cap, "starts_on": first, "ends_on": last}
            Membership.objects.create(person=self.person, department=cast.archive, **post)
        for which, level, first, last in world.holdings:
            until = None if last is None else TODAY + last * DAY
            row = {"level": level, "valid_from": TODAY + first * DAY, "valid_until": until}
            Holding.objects.create(person=self.person, qualification=cast.checks[which], **row)
        for which, level in world.needs:
            Requirement.objects.create(procedure=cast.needy, qualification=cast.checks[which], level=level)
        if world.absence:
            start, end = (NOW + one * HOUR for one in world.absence)
            Absence.objects.create(person=self.person, starts_at=start, ends_at=end)
        for state in world.held:
            more = {"waiting_since": NOW, "waiting_kind": "later"} if state == "waiting" else {}
            more |= {"closed_at": NOW} if state == "done" else {}
            more |= {"ready_at": NOW + DAY} if state == "planned" else {}
            task = make.task(cast.archive, cast.anything)
            Task.objects.filter(pk=task.pk).update(assignee=self.person, state=state, **more)

    def task(self, holder: Any = None) -> Task:
        """A free task of the asking procedure, or otto's: requirements count when work is given."""
        task = make.task(self.cast.archive, self.cast.needy)
        if holder:
            Task.objects.filter(pk=task.pk).update(assignee=holder, claimed_at=NOW)
        return fresh(task)


def by_claim(office: Office, override: str) -> Task:
    return transitions.claim(office.task(), actor=office.person)


def by_next(office: Office, override: str) -> Task:
    task = office.task()
    served = taking.take_next(actor=office.person)
    if served is None:
        raise Refused("nothing", code="none")
    assert served.task.pk == task.pk and not served.was_own
    return served.task


def by_assign(office: Office, override: str) -> Task:
    return transitions.assign(office.task(), actor=office.cast.arno, to=office.person, override=override)


def by_reassign(office: Office, override: str) -> Task:
    task = office.task(office.cast.otto)
    return transitions.assign(task, actor=office.cast.arno, to=office.person, override=override)


def by_bulk(office: Office, override: str) -> Task:
    task = office.task()
    outcome = bulk.assign_all([task.pk], actor=office.cast.arno, to=office.person, override=override)
    if outcome.skipped:
        assert not outcome.done
        raise Refused(outcome.skipped[0][1], code="skipped")
    return fresh(task)


def by_substitute(office: Office, override: str) -> Task:
    task = office.task(office.cast.otto)
    away = Absence(person=office.cast.otto, starts_at=NOW, ends_at=NOW + HOUR, substitute=office.person)
    outcome = bulk.move_to_substitute(save_absence(away, actor=None), actor=office.cast.arno)
    if outcome.skipped:
        raise Refused(outcome.skipped[0][1], code="skipped")
    assert events_of(task)[-1].on_behalf_of == office.cast.otto
    return fresh(task)


def by_take_over(office: Office, override: str) -> Task:
    return transitions.take_over(office.task(office.cast.otto), actor=office.person, reason=REASON)


def by_reopen(office: Office, override: str) -> Task:
    task = finishing.complete(office.task(office.cast.otto), actor=office.cast.otto)
    give = {"actor": office.cast.arno, "reason": REASON, "to": office.person, "override": override}
    return transitions.reopen(task, **give)


WAYS = (by_claim, by_next, by_assign, by_reassign, by_bulk, by_substitute, by_take_over, by_reopen)
OVERRIDING = {by_assign, by_reassign, by_bulk, by_reopen}
few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.database
@few
@given(world=worlds)
def test_every_way_agrees_with_the_gate(cast: Any, world: World) -> None:
    """No way gives work to somebody the gate refuses, but for a recorded override, and none refuses anybody else."""
    wrong = failures(world)
    with trial(), clock.at(NOW):
        cast.checks = [make.qualification() for _ in range(2)]
        cast.needy = make.procedure()
        office = Office(cast, world)
        with trial():
            failure = check(office.person, office.task())
            assert (failure.code if failure else "") == (wrong[0] if wrong else "")
            told = why_not_me(office.person, office.task())
            assert (told.sentence if told else "") == (failure.sentence if failure else "")
        for way in WAYS:
            for override in ("", "nobody else is here"):
                forget(office.person)
                with trial():
                    try_way(office, way, override, wrong)


def try_way(office: Office, way: Any, override: str, wrong: list[str]) -> None:
    case = f"{way.__name__} {override!r} {wrong}"
    helps = way in OVERRIDING and bool(override) and bool(wrong) and wrong[0] != "department"
    try:
        task = way(office, override)
    except Refused as no:
        assert wrong and not helps, f"{case}: {no}"
        assert no.code in {"none", "skipped", f"not_eligible_{wrong[0]}"} or way is by_next, case
        return
    assert not wrong or helps, case
    assert fresh(task).assignee_id == office.person.pk
    recorded = events_of(task)[-1].payload.body.get("override")
    assert (recorded["checks"] if recorded else []) == wrong, case
