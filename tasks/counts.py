"""The numbers beside the navigation: capped, so that they cost the same however much there is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from tasks.lists import CAP, capped

_UNFINISHED = "state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review')"
# One row for each task counted: like every statement of a list page they read no more than they give.
_MINE = f"(SELECT 1 FROM tasks_task WHERE assignee_id = %(person)s AND {_UNFINISHED} LIMIT %(cap)s)"
_FREE = """(SELECT 4 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id AND state = 'open' AND assignee_id IS NULL
     LIMIT %(cap)s) AS heads LIMIT %(cap)s)"""
_NAV = f"{_MINE} UNION ALL {_FREE}"
_TABS = f"""{_MINE}
  UNION ALL (SELECT 2 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id AND {_UNFINISHED}
     AND (NOT confidential OR assignee_id = %(person)s OR %(admin)s OR d.id = ANY(%(managed)s::bigint[]))
     LIMIT %(cap)s) AS heads LIMIT %(cap)s)
  UNION ALL (SELECT 2 FROM tasks_task WHERE %(everything)s AND {_UNFINISHED} LIMIT %(cap)s)
  UNION ALL (SELECT 3 FROM tasks_task WHERE requester_id = %(person)s LIMIT %(cap)s)
  UNION ALL {_FREE}"""


def _counted(statement: str, user: Any) -> Counter[int]:
    """How many tasks of each kind the statement finds for a person."""
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
        cursor.execute(statement, values)
        return Counter(number for (number,) in cursor.fetchall())


def nav_counts(user: Any) -> dict[str, str]:
    """What the person has, and the open work nobody has in their departments. One statement, at most 99+ each.

    None where the page has asked for `tab_counts` of this very person already.
    """
    known: dict[str, str] | None = user.__dict__.get("nav_counts")
    if known is not None:
        return known
    found = _counted(_NAV, user)
    return {"mine": capped(found[1]), "departments": capped(found[4])}


def tab_counts(user: Any) -> dict[str, str]:
    """The sizes of the three lists of the queue, and the work nobody has. One statement, at most 99+ each."""
    found = _counted(_TABS, user)
    mine, reach, asked, free = (found[number] for number in (1, 2, 3, 4))
    user.__dict__["nav_counts"] = {"mine": capped(mine), "departments": capped(free)}
    return {
        "mine": capped(mine),
        "departments": capped(reach),
        "asked": capped(asked),
        "free": capped(free),
    }
