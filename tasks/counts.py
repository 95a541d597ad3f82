"""The numbers beside the navigation: capped, so that they cost the same however much there is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from tasks.lists import CAP, capped

_UNFINISHED = "state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review')"
# One row for each task counted: like every statement of a list page they read no more than they give. The order is that
# of an index, else the planner may look for a hundred tasks through a table of finished ones.
_BY = "ORDER BY urgent_at, id LIMIT %(cap)s"
_MINE = f"(SELECT 1 FROM tasks_task WHERE assignee_id = %(person)s AND {_UNFINISHED} {_BY})"
_FREE = f"""(SELECT 4 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id AND state = 'open' AND assignee_id IS NULL {_BY}) AS heads
   LIMIT %(cap)s)"""
_UNREAD = """(SELECT 5 FROM organization_notice WHERE person_id = %(person)s AND in_app AND read_at IS NULL
   ORDER BY id DESC LIMIT %(cap)s)"""
_NAV = f"{_MINE} UNION ALL {_FREE} UNION ALL {_UNREAD}"
_TABS = f"""{_MINE}
  UNION ALL (SELECT 2 FROM unnest(%(departments)s::bigint[]) AS d (id) CROSS JOIN LATERAL (
     SELECT 1 FROM tasks_task WHERE department_id = d.id AND {_UNFINISHED}
     AND (NOT confidential OR assignee_id = %(person)s OR %(admin)s OR d.id = ANY(%(managed)s::bigint[]))
     {_BY}) AS heads LIMIT %(cap)s)
  UNION ALL (SELECT 2 FROM tasks_task WHERE %(everything)s AND {_UNFINISHED} AND id > 0 {_BY})
  UNION ALL (SELECT 3 FROM tasks_task WHERE requester_id = %(person)s ORDER BY opened_at DESC, id DESC LIMIT %(cap)s)
  UNION ALL {_FREE} UNION ALL {_UNREAD}"""


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
    """What the person has, the open work nobody has in their departments, and what they were told and have not read.
    One statement, at most 99+ each.

    None where the page has asked for `tab_counts` of this very person already.
    """
    known: dict[str, str] | None = user.__dict__.get("nav_counts")
    if known is not None:
        return known
    found = _counted(_NAV, user)
    return _nav(found)


def _nav(found: Counter[int]) -> dict[str, str]:
    return {"mine": capped(found[1]), "departments": capped(found[4]), "notices": capped(found[5])}


def tab_counts(user: Any) -> dict[str, str]:
    """The sizes of the three lists of the queue, and the work nobody has. One statement, at most 99+ each."""
    found = _counted(_TABS, user)
    mine, reach, asked, free = (found[number] for number in (1, 2, 3, 4))
    user.__dict__["nav_counts"] = _nav(found)
    return {
        "mine": capped(mine),
        "departments": capped(reach),
        "asked": capped(asked),
        "free": capped(free),
    }
