"""Take next: the one task this person should do now, given to them in one short transaction.

Candidates are read without locks from the heads of the person's lanes (department, procedure), the best that is still
free is locked with SKIP LOCKED: callers do not queue behind one row, and work in lanes that are not theirs costs
nothing. Order is `urgent_at`, ties by id.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import clock
from core.prepared import Prepared
from core.refusals import Refused
from organization.models import User
from tasks.changes import Change, lock_person, save, snapshot
from tasks.eligibility import ABSENCE, CAP, Facts, Need, facts_of, gate, need_of
from tasks.models import Task
from tasks.models.traces import Involvement
from tasks.states import State
from tasks.transitions import begin, start

# Heads per lane, candidates in all, seconds to wait before: wider when everything near was taken meanwhile, and again
# after a moment when all there is was locked, perhaps by somebody who only changes it.
LOOKS = ((8, 32, 0.0), (128, 512, 0.0), (4096, 8192, 0.02), (4096, 8192, 0.1))

# A loose walk over the index task_next finds each department's lanes that hold free work; a lane whose procedure asks
# for what the person does not validly hold on that department's day is left out before its tasks are read. The whole
# order of the index is asked for, and places in it instead of equalities: with less, the planner took the index of all
# procedures or of everything urgent, and walked through the whole pile that is others'.
_CANDIDATES = """WITH RECURSIVE place (department_id, day) AS (
    SELECT * FROM unnest(%(departments)s::bigint[], %(days)s::date[])
), lane (department_id, day, procedure_id) AS (
    SELECT department_id, day, (SELECT procedure_id FROM tasks_task t WHERE t.department_id = place.department_id
        AND t.state = 'open' AND t.assignee_id IS NULL AND NOT t.confidential
        ORDER BY t.procedure_id, t.urgent_at, t.id LIMIT 1) FROM place
    UNION ALL
    SELECT department_id, day, (SELECT procedure_id FROM tasks_task t WHERE t.department_id = lane.department_id
        AND t.procedure_id > lane.procedure_id
        AND t.state = 'open' AND t.assignee_id IS NULL AND NOT t.confidential
        ORDER BY t.procedure_id, t.urgent_at, t.id LIMIT 1)
    FROM lane WHERE procedure_id IS NOT NULL
)
SELECT head.id FROM lane CROSS JOIN LATERAL (
    SELECT t.id, t.department_id, t.procedure_id, t.urgent_at FROM tasks_task t
    WHERE (t.department_id, t.procedure_id, t.urgent_at, t.id) > (lane.department_id, lane.procedure_id, '-infinity', 0)
    AND t.state = 'open' AND t.assignee_id IS NULL AND NOT t.confidential
    ORDER BY t.department_id, t.procedure_id, t.urgent_at, t.id LIMIT %(heads)s
) head
WHERE lane.procedure_id IS NOT NULL AND head.department_id = lane.department_id
AND head.procedure_id = lane.procedure_id AND NOT EXISTS (
    SELECT 1 FROM tasks_requirement r WHERE r.procedure_id = lane.procedure_id AND NOT EXISTS (
        SELECT 1 FROM organization_holding h WHERE h.person_id = %(person)s
        AND h.qualification_id = r.qualification_id AND h.level >= r.level
        AND h.valid_from <= lane.day AND (h.valid_until IS NULL OR h.valid_until >= lane.day)))
ORDER BY head.urgent_at, head.id LIMIT %(most)s"""

_LOCK = """SELECT id FROM tasks_task WHERE id = ANY(%s) AND state = 'open' AND assignee_id IS NULL
    AND NOT confidential ORDER BY urgent_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"""


_detail = Prepared(lambda pk: Task.objects.for_detail().filter(pk=pk), pk=int)
_held = Prepared(
    lambda person: Task.objects.held_by(person).order_by("state", "urgent_at", "id").values_list("pk", "state")[:1],
    person=int,
)


@dataclass(frozen=True)
class Served:
    """What next gave: the task, and whether it was the person's own unfinished work."""

    task: Task
    was_own: bool


def take_next(*, actor: User) -> Served | None:
    """Give `actor` their next task in progress; None when there is nothing for them.

    Own unfinished work comes first (unless switched off in their profile): what is in progress is returned as it is,
    what is claimed is started. Raises Refused when the person is absent, or holds as much as allowed everywhere.
    """
    with transaction.atomic():
        person = lock_person(actor)
        if not person.is_active:
            raise Refused(_("%(person)s has left.") % {"person": person.name}, code="left")
        if person.own_first:
            own = _own_unfinished(person)
            if own:
                return own
        facts = facts_of(person)
        places = _open_places(facts)
        if not places:
            return None
        task = _lock_best(person, places)
        if task is None:
            return None
        failure = gate(facts, need_of(task))
        if failure:
            raise Refused(
                _("The next task cannot be given to you: %(why)s.") % {"why": failure.sentence},
                code=f"not_eligible_{failure.code}",
            )
        _serve(task, actor)
        return Served(task, was_own=False)


def _own_unfinished(person: User) -> Served | None:
    """What the person has begun, else what they claimed, most urgent first."""
    held = _held.first(person=person.pk)
    if held is None:
        return None
    pk, state = held
    if state == State.IN_PROGRESS:  # sorts before "open"
        return Served(_detail(pk=pk)[0], was_own=True)
    try:
        return Served(start(pk, actor=person), was_own=True)
    except Refused:  # a manager took it away in this moment
        return None


def _open_places(facts: Facts) -> dict[int, str]:
    """Department -> local day (ISO) where the person can be given work; what stops them everywhere is refused."""
    failures = {}
    places = {}
    for post in facts.standing.posts.values():
        failure = gate(facts, Need(post.department_id, post.department, post.day, ()))
        if failure is None:
            places[post.department_id] = post.day.isoformat()
        else:
            failures[failure.code] = failure
    if not places and ABSENCE in failures:
        raise Refused(
            _("You are %(why)s, so no work is given to you.") % {"why": failures[ABSENCE].sentence},
            code="not_eligible_absence",
        )
    if not places and CAP in failures:
        raise Refused(_("You hold as many tasks as allowed. Finish or release one first."), code="not_eligible_cap")
    return places


def _lock_best(person: User, places: dict[int, str]) -> Task | None:
    for heads, most, pause in LOOKS:
        if pause:
            time.sleep(pause)
        with connection.cursor() as cursor:
            cursor.execute(
                _CANDIDATES,
                {
                    "departments": list(places),
                    "days": list(places.values()),
                    "person": person.pk,
                    "heads": heads,
                    "most": most,
                },
            )
            candidates = [row[0] for row in cursor.fetchall()]
            if not candidates:
                return None
            cursor.execute(_LOCK, [candidates])
            row = cursor.fetchone()
        if row:
            found: list[Task] = _detail(pk=row[0])
            return found[0]
    return None


def _serve(task: Task, actor: User) -> None:
    now = clock.now()
    work = Change(task, "next", actor, snapshot(task), now)
    task.assignee, task.claimed_at = actor, now
    begin(work)
    work.involve.append((actor.pk, Involvement.How.HELD))
    save(work)
