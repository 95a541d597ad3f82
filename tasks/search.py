"""Finding tasks by what they say and by their reference, for one reader.

Two looks, so that no search reads more than some thousand rows however much history there is. The first goes through
what is near: the newest tasks of the office, the unfinished work of one's departments, what one asked for and did;
there a word that was only begun is found as well. Where that fills the page, it is common and its newest uses are what
is wanted. Otherwise it is rare in one's reach, and the second look asks the text index for whole words. The match is
materialised and capped, then goes through `visible_to`, and is sorted last: asked all at once, the planner would walk
the tasks in their order and try the words on each (22 seconds at a million).
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import User
from records.finding import Finder, Finds, Found
from tasks.models import Task
from tasks.names import Names
from tasks.presenting import MARKS
from tasks.querysets.tasks import readable
from tasks.rules import sees_content
from tasks.search_index import place, words_of
from tasks.states import FINISHED, State

NEWEST, HEADS, OWN, RARE, CAP = 2_000, 500, 300, 3_000, 300
OF_A_LENGTH = 200  # references of one length that are looked through for those in reach
WORDS = 12
_REFERENCE = re.compile(r"(t[\s-]*)?(\d{1,18})", re.IGNORECASE)

_UNFINISHED = "state IN ('planned', 'open', 'in_progress', 'waiting', 'in_review')"
_NEAR = f"""near AS MATERIALIZED (
    SELECT task_id FROM (SELECT task_id, department_id FROM tasks_searchentry ORDER BY task_id DESC LIMIT %(newest)s) l
      WHERE %(everywhere)s OR department_id = ANY(%(departments)s::bigint[])
    UNION (SELECT h.id FROM unnest(%(departments)s::bigint[]) d (id) CROSS JOIN LATERAL (SELECT id FROM tasks_task
        WHERE department_id = d.id AND {_UNFINISHED} ORDER BY urgent_at, id LIMIT %(heads)s) h LIMIT %(newest)s)
    UNION (SELECT id FROM tasks_task WHERE requester_id = %(person)s ORDER BY opened_at DESC, id DESC LIMIT %(own)s)
    UNION (SELECT id FROM tasks_task WHERE assignee_id = %(person)s AND {_UNFINISHED}
        ORDER BY urgent_at, id LIMIT %(own)s)
    UNION (SELECT task_id FROM tasks_involvement WHERE person_id = %(person)s ORDER BY task_id DESC LIMIT %(own)s))"""
_COLUMNS = "words @@ %(titled)s::tsquery AS titled, words @@ %(outer)s::tsquery AS outward"
_MATCHED = {
    # OFFSET 0: entry by entry through the key, never through the words of a whole office that is not large yet.
    "near": f"""{_NEAR}, matched AS MATERIALIZED (
      SELECT e.task_id, {_COLUMNS} FROM near n
      CROSS JOIN LATERAL (SELECT task_id, words FROM tasks_searchentry WHERE task_id = n.task_id OFFSET 0) e
      WHERE e.words @@ %(wanted)s::tsquery)""",
    "all": f"""matched AS MATERIALIZED (
      SELECT task_id, {_COLUMNS} FROM tasks_searchentry WHERE words @@ %(reached)s::tsquery LIMIT %(rare)s)""",
    "references": f"""{_NEAR}, matched AS MATERIALIZED (
      SELECT task_id, true AS titled, true AS outward FROM near WHERE task_id::text LIKE %(begun)s
      UNION SELECT r.id, true, true FROM unnest(%(first)s::bigint[], %(last)s::bigint[]) l (first, last)
        CROSS JOIN LATERAL (SELECT id FROM tasks_task WHERE id BETWEEN l.first AND l.last
          ORDER BY id DESC LIMIT %(of_a_length)s) r)""",
}
# The search is over what the fence let through: nothing below it can choose another way to the rows.
_SEEN = """WITH {matched}, best AS MATERIALIZED (SELECT * FROM matched ORDER BY {order} LIMIT %(cap)s),
  seen AS MATERIALIZED (SELECT m.task_id, m.titled
    FROM best m JOIN ({visible}) v (id, inside) ON v.id = m.task_id WHERE m.outward OR v.inside)
  SELECT task_id, titled FROM seen ORDER BY {order} LIMIT {limit}"""


def find(user: User, text: str, limit: int = 20) -> Finds:
    """Tasks `user` may see that `text` asks for, best first: by reference, by title, by what else they say, the newest
    first. At most five statements."""
    reference = _REFERENCE.fullmatch(text.strip())
    ids = _by_reference(user, reference[2], limit) if reference else []
    if not (reference and reference[1]):
        ids += [pk for pk in _by_words(user, text, limit) if pk not in set(ids)]
    return Finds(_drawn(user, ids[:limit]), more=len(ids) > limit)


def _by_reference(user: User, digits: str, limit: int) -> list[int]:
    """The task of that number first, then those whose number begins so."""
    spans = [(int(digits) * 10**more, (int(digits) + 1) * 10**more - 1) for more in range(max(1, 11 - len(digits)))]
    if digits.startswith("0"):
        return []
    values = {"begun": f"{digits}%", "first": [one for one, _end in spans], "last": [end for _one, end in spans]}
    return [pk for pk, _titled in _asked(user, "references", limit, "task_id", **values)]


def _by_words(user: User, text: str, limit: int) -> list[int]:
    """What says all the words; the last one may be only begun where it is looked for near."""
    words = words_of(text)[:WORDS]
    if not words:
        return []
    begun = "" if text[-1:].isspace() or len(words[-1]) < 2 else "*"
    order = "titled DESC, task_id DESC"
    found = dict(_asked(user, "near", limit, order, wanted=_query(words, begun), **_weighed(words, begun)))
    if len(found) <= limit and (user.is_admin or user.standing.departments):
        places = [place(pk) for pk in sorted(user.standing.departments)]
        within = "" if user.is_admin else " & (" + " | ".join(f"'{name}'" for name in places) + ")"
        found |= _asked(user, "all", limit, order, reached=_query(words) + within, **_weighed(words))
    return sorted(found, key=lambda pk: (found[pk], pk), reverse=True)


def _query(words: list[str], begun: str = "", weights: str = "") -> str:
    """A text query for all words; `begun` has the last one be the beginning of a word."""
    marks = [weights] * (len(words) - 1) + [begun + weights]
    return " & ".join(f"'{word}':{mark}" if mark else f"'{word}'" for word, mark in zip(words, marks, strict=True))


def _weighed(words: list[str], begun: str = "") -> dict[str, str]:
    """Queries for the title alone, and for what the requester may read too."""
    return {"titled": _query(words, begun, "a"), "outer": _query(words, begun, "abc")}


def _asked(user: User, look: str, limit: int, order: str, **values: Any) -> list[tuple[int, bool]]:
    """(task, is it the title) of what one look finds in reach. One statement."""
    visible, params = _visible(user, content=look != "references")
    standing = user.standing
    values |= {
        "person": user.pk,
        "departments": sorted(standing.departments),
        "everywhere": user.is_admin,
        "newest": NEWEST,
        "own": OWN,
        "heads": HEADS,
        "rare": RARE,
        "cap": CAP,
        "of_a_length": OF_A_LENGTH,
    }
    names = {f"v{number}": value for number, value in enumerate(params)}
    visible %= tuple(f"%({name})s" for name in names)
    statement = _SEEN.format(matched=_MATCHED[look], visible=visible, order=order, limit=limit + 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, values | names)
        return [(pk, titled) for pk, titled in cursor.fetchall()]


def _visible(user: User, *, content: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement for the tasks in reach (whose content the reader sees), each with: may they read what is internal?

    That may everybody but who only asked for it (`rules.sees_internal`).
    """
    tasks = Task.objects.visible_to(user)
    tasks = tasks.filter(readable(user)) if content else tasks
    inside = ~Q(requester=user) | Q(requester__isnull=True) | Q(assignee=user)
    inside |= Q(department__in=user.standing.departments)
    rows = tasks.annotate(inside=ExpressionWrapper(inside, BooleanField())).order_by().values_list("pk", "inside")
    sql, params = rows.query.sql_with_params()
    return sql, params


def _drawn(user: User, ids: list[int]) -> list[Found]:
    if not ids:
        return []
    fields = ("id", "title", "state", "confidential", "department_id", "assignee_id", "requester_id")
    tasks = Task.objects.visible_to(user).only(*fields).in_bulk(ids)
    names = Names()
    names.want(
        department={task.department_id for task in tasks.values()}, person={task.assignee_id for task in tasks.values()}
    )
    return [_found(user, tasks[pk], names) for pk in ids if pk in tasks]


def _found(user: User, task: Task, names: Names) -> Found:
    icon, css = MARKS[State(task.state)]
    facts = [str(State(task.state).label), names.get(("department", task.department_id))]
    if task.assignee_id:
        facts.append(names.get(("person", task.assignee_id)))
    title = task.title if sees_content(user, task) else _("Confidential task")
    words = " · ".join(filter(None, facts))
    changes = task.state not in FINISHED and bool(user.is_admin or user.standing.departments)
    pick = task.pk if changes else None
    return Found(title, task.get_absolute_url(), task.reference, words, icon, css, pick)


TASKS = Finder("task", gettext_lazy("Tasks"), find)
