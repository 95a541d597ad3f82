"""The one gate: may this person be given work of this procedure in this department now?

Asked by next, claim, assign, bulk, substitute, reopen and the API. `Facts` of a person are read once, the gate itself
is pure, so that "why not me" is the very answer the verbs give.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.prepared import Prepared
from core.refusals import Refused
from organization import dates
from organization.models import User
from organization.standing import Standing
from tasks.models import Requirement, Task

DEPARTMENT, QUALIFICATION, ABSENCE, CAP = "department", "qualification", "absence", "cap"
OVERRIDABLE = frozenset({QUALIFICATION, ABSENCE, CAP})

_FACTS = """SELECT
  (SELECT json_agg(json_build_array(qualification_id, level, valid_from, valid_until))
     FROM organization_holding WHERE person_id = %(person)s),
  (SELECT ends_at FROM organization_absence
     WHERE person_id = %(person)s AND starts_at <= %(now)s AND ends_at > %(now)s LIMIT 1),
  (SELECT json_object_agg(department_id, held) FROM (SELECT department_id, count(*) AS held FROM tasks_task
     WHERE assignee_id = %(person)s AND state IN ('open', 'in_progress')
     AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review') GROUP BY department_id) AS holds)"""


@dataclass(frozen=True)
class Held:
    """A held qualification: level and validity, days included."""

    level: int
    valid_from: dt.date
    valid_until: dt.date | None

    def good(self, level: int, day: dt.date) -> bool:
        return self.level >= level and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Facts:
    """What the gate asks of a person. `held` counts claimed and started work per department."""

    standing: Standing
    holdings: Mapping[int, tuple[Held, ...]]
    absent_until: dt.datetime | None
    held: Mapping[int, int]


@dataclass(frozen=True)
class Need:
    """What a piece of work asks for: department, its local day, (qualification id, name, level)."""

    department_id: int
    department: str
    day: dt.date
    qualifications: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class Failure:
    """One thing that stands in the way; `code` names the check."""

    code: str
    sentence: str


def failures(facts: Facts, need: Need, *, counts_already: bool = False) -> Iterator[Failure]:
    """All failing checks in the order department, qualification, absence, cap; nothing else is asked of a stranger.

    `counts_already` is true when the work is among what the person holds, so that it is not counted twice.
    """
    post = facts.standing.posts.get(need.department_id)
    if post is None:
        yield Failure(DEPARTMENT, _("no member of %(department)s today") % {"department": need.department})
        return
    for qualification_id, name, level in need.qualifications:
        if not any(held.good(level, need.day) for held in facts.holdings.get(qualification_id, ())):
            words = _("no valid qualification %(name)s of level %(level)s") % {"name": name, "level": level}
            yield Failure(QUALIFICATION, words)
    if facts.absent_until is not None:
        at = timezone.localtime(facts.absent_until)
        until = f"{dates.plain_day(at.date())} {dates.time(at)}"
        yield Failure(ABSENCE, _("absent until %(until)s") % {"until": until})
    held = facts.held.get(need.department_id, 0) - (1 if counts_already else 0)
    if post.cap is not None and held >= post.cap:
        words = ngettext(
            "already holds %(count)s task of %(department)s, the most allowed",
            "already holds %(count)s tasks of %(department)s, the most allowed",
            held,
        )
        yield Failure(CAP, words % {"count": held, "department": need.department})


def gate(facts: Facts, need: Need, *, counts_already: bool = False) -> Failure | None:
    """The first of the `failures`; None when eligible."""
    return next(failures(facts, need, counts_already=counts_already), None)


def facts_of(person: User) -> Facts:
    """Read what the gate asks of a person: standing (one or two statements) and the rest in one."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"person": person.pk, "now": clock.now()})
        holdings, absent_until, held = cursor.fetchone()
    by_qualification: dict[int, tuple[Held, ...]] = {}
    for qualification_id, level, valid_from, valid_until in holdings or []:
        one = Held(level, dt.date.fromisoformat(valid_from), valid_until and dt.date.fromisoformat(valid_until))
        by_qualification[qualification_id] = (*by_qualification.get(qualification_id, ()), one)
    return Facts(
        person.standing,
        by_qualification,
        absent_until,
        {int(key): count for key, count in (held or {}).items()},
    )


_requirements = Prepared(
    lambda procedure_id: (
        Requirement.objects.filter(procedure_id=procedure_id)
        .order_by("qualification__name")
        .values_list("qualification_id", "qualification__name", "level")
    ),
    procedure_id=int,
)


def requirements_of(procedure_id: int) -> tuple[tuple[int, str, int], ...]:
    """(qualification id, name, level) a procedure asks for."""
    return tuple(_requirements(procedure_id=procedure_id))


def need_of(task: Task, requirements: tuple[tuple[int, str, int], ...] | None = None) -> Need:
    """What a task asks for now. `task.department` comes with its site; `requirements` where they are known already."""
    day = clock.now().astimezone(zoneinfo.ZoneInfo(task.department.site.time_zone)).date()
    known = requirements_of(task.procedure_id) if requirements is None else requirements
    return Need(task.department_id, task.department.name, day, known)


def works_there(person: User, task: Task) -> bool:
    """Is somebody still here, and a member of the task's department today? To that alone nothing ever gives way."""
    return person.is_active and task.department_id in person.standing.posts


def check(person: User, task: Task, *, counts_already: bool = False) -> Failure | None:
    """The gate for one person and one task, facts read now."""
    return gate(facts_of(person), need_of(task), counts_already=counts_already)


def admit(person: User, task: Task, *, manager_override: str = "", counts_already: bool = False) -> dict[str, Any]:
    """Pass the gate, or raise Refused with its first failure. The caller holds the lock on the person.

    `manager_override` is a manager's reason: cap, absence and qualification give way to it, membership never does.
    Returns what is recorded of an override ({} without one). The caller has checked that the actor may override.
    Somebody who has left is given nothing, whatever is said.
    """
    if not person.is_active:
        raise Refused(_("%(person)s has left.") % {"person": person.name}, code="left", field="to")
    found = failures(facts_of(person), need_of(task), counts_already=counts_already)
    return decide(person, task, found, manager_override=manager_override)


def decide(person: User, task: Task, found: Iterable[Failure], *, manager_override: str = "") -> dict[str, Any]:
    """What the gate's answer means for a verb: all that an override passes over ({} without one), or Refused."""
    failing = list(found)
    if not failing:
        return {}
    reason, failure = manager_override.strip(), failing[0]
    if reason and OVERRIDABLE.issuperset(one.code for one in failing):
        checks = list(dict.fromkeys(one.code for one in failing))
        return {"override": {"checks": checks, "was": "; ".join(one.sentence for one in failing), "reason": reason}}
    raise Refused(
        _("%(person)s cannot be given %(task)s: %(why)s.")
        % {"person": person.name, "task": task.reference, "why": failure.sentence},
        code=f"not_eligible_{failure.code}",
        failure=failure.code,
    )
