"""The numbers beside the navigation: capped, so that they cost the same however much there is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from tasks.lists import CAP, capped

_COUNTS = """SELECT
  (SELECT count(*) FROM (SELECT 1 FROM tasks_task WHERE assignee_id = %(person)s
     AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review') LIMIT %(cap)s) AS mine),
  (SELECT count(*) FROM (SELECT 1 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id AND state = 'open' AND assignee_id IS NULL
     LIMIT %(cap)s) AS heads LIMIT %(cap)s) AS free)"""


def nav_counts(user: Any) -> dict[str, str]:
    """What the person has, and the open work nobody has in their departments. One statement, at most 99+ each.

    None where the page has asked for `tab_counts` of this very person already.
    """
    known: dict[str, str] | None = user.__dict__.get("nav_counts")
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"person": user.pk, "departments": list(user.standing.departments), "cap": CAP})
        mine, free = cursor.fetchone()
    return {"mine": capped(mine), "departments": capped(free)}


# One row for each task counted: like every statement of a list page it reads no more than it gives.
_TABS = """(SELECT 1 FROM tasks_task WHERE assignee_id = %(person)s
     AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review') LIMIT %(cap)s)
  UNION ALL (SELECT 2 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id
     AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review')
     AND (NOT confidential OR assignee_id = %(person)s OR %(admin)s OR d.id = ANY(%(managed)s::bigint[]))
     LIMIT %(cap)s) AS heads LIMIT %(cap)s)
  UNION ALL (SELECT 2 FROM tasks_task WHERE %(everything)s
     AND state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review') LIMIT %(cap)s)
  UNION ALL (SELECT 3 FROM tasks_task WHERE requester_id = %(person)s LIMIT %(cap)s)
  UNION ALL (SELECT 4 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id AND state = 'open' AND assignee_id IS NULL
     LIMIT %(cap)s) AS heads LIMIT %(cap)s)"""


def tab_counts(user: Any) -> dict[str, str]:
    """The sizes of the three lists of the queue, and the work nobody has. One statement, at most 99+ each."""
    standing = user.standing
    values = {
        "person": user.pk,
        "departments": list(standing.departments),
        "managed": list(standing.managed),
        "admin": user.is_admin,
        "everything": user.is_admin and not standing.departments,
        "cap": CAP,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TABS, values)
        found = Counter(number for (number,) in cursor.fetchall())
    mine, reach, asked, free = (found[number] for number in (1, 2, 3, 4))
    user.__dict__["nav_counts"] = {"mine": capped(mine), "departments": capped(free)}
    return {
        "mine": capped(mine),
        "departments": capped(reach),
        "asked": capped(asked),
        "free": capped(free),
    }
