"""What needs a manager, for each department: capped counts over what is not finished, in one statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core import clock
from organization.models import User
from tasks.lists import CAP, capped

MOST = 12
AHEAD = dt.timedelta(days=7)
# Late work is looked at by due time and no further than CAP; what nobody has of it is told of the same rows. What is in
# review has an owner, so it is found among what people hold.
_NEEDS = """SELECT d.id, d.name, d.code, late.all_of_it, late.free, review.number, away.number
  FROM organization_department d
  CROSS JOIN LATERAL (SELECT count(*) AS all_of_it,
      count(*) FILTER (WHERE state = 'open' AND assignee_id IS NULL) AS free
    FROM (SELECT state, assignee_id FROM tasks_task WHERE department_id = d.id AND due_at < %(now)s
      AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review') AND state NOT IN ('planned', 'waiting')
      ORDER BY due_at, id LIMIT %(cap)s) AS head) AS late
  CROSS JOIN LATERAL (SELECT count(*) AS number
    FROM (SELECT 1 FROM tasks_task WHERE department_id = d.id AND assignee_id IS NOT NULL AND state = 'in_review'
      AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review') LIMIT %(cap)s) AS head) AS review
  CROSS JOIN LATERAL (SELECT count(DISTINCT a.person_id) AS number FROM organization_membership m
    JOIN organization_absence a ON a.person_id = m.person_id AND a.starts_at > %(now)s AND a.starts_at < %(soon)s
    WHERE m.department_id = d.id AND m.starts_on <= %(today)s AND (m.ends_on IS NULL OR m.ends_on >= %(today)s)) AS away
  WHERE d.is_active AND d.id = ANY(%(departments)s::bigint[]) ORDER BY d.folded_name, d.id LIMIT %(most)s"""


@dataclass(frozen=True)
class Needs:
    """One department: late, late and nobody's, in review, absences that begin within seven days; "99+" at the most."""

    pk: int
    name: str
    code: str
    late: str
    free: str
    review: str
    away: str

    @property
    def quiet(self) -> bool:
        return {self.late, self.free, self.review, self.away} == {"0"}


def needs_of(user: User) -> tuple[list[Needs], bool]:
    """The first dozen departments the person manages, by name, and whether there are more. One statement."""
    now = clock.now()
    values: dict[str, Any] = {
        "now": now,
        "soon": now + AHEAD,
        "today": now.date(),
        "cap": CAP,
        "departments": list(user.standing.managed),
        "most": MOST + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEEDS, values)
        rows = cursor.fetchall()
    found = [Needs(pk, name, code, *(capped(number) for number in counts)) for pk, name, code, *counts in rows[:MOST]]
    return found, len(rows) > MOST
