"""Keeping what the search reads: written by the verbs in their transaction, filled by a run for what was there before.

Words are folded in Python (`core.folding`), so that Müller is found by Muller; the database only counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection, transaction
from django.db.models import Q, Value

from core.folding import fold
from records import runs
from records.models import Run
from tasks.models import Comment, Task

INDEXED = frozenset({"title", "text", "department_id"})
_SEPARATORS = re.compile(r"[\W_]+")
LONGEST_WORD, LONGEST_TEXT = 40, 50_000
MOST_WORDS = 5_000  # of one entry: past it, comments are no longer added (PostgreSQL holds 1 MB of words a row)
CHUNK = 500

_INSERT = "INSERT INTO tasks_searchentry (task_id, department_id, words) VALUES {rows} ON CONFLICT (task_id) DO NOTHING"
_ROW = "(%s, %s, %s::tsvector)"
_UPDATE = """UPDATE tasks_searchentry SET department_id = %s, words = ts_filter(words, '{c,d}') || %s::tsvector
    WHERE task_id = %s"""
_ADD = "UPDATE tasks_searchentry SET words = words || %s::tsvector WHERE task_id = %s AND length(words) < %s"


def place(department_id: int) -> str:
    """The word that stands for a department. No text holds it: a text's words have no colon."""
    return f"department:{department_id}"


def words_of(text: str) -> list[str]:
    """The folded words of a text, each once; endless ones are cut."""
    words = _SEPARATORS.sub(" ", fold(text[:LONGEST_TEXT])).split()
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in words))


def vector(**texts: str) -> str:
    """A text vector of words by weight (a, b, c, d), written out: nothing but letters and digits is in a word.

    Each weight has a position of its own, because one position has one weight.
    """
    return " ".join(
        f"'{word}':{position}{weight}"
        for position, weight in enumerate("abcd", 1)
        for word in words_of(texts.get(weight, ""))
    )


def content(task: Any, **said: str) -> str:
    """The text vector of a task: its title, its text, its place, and what was `said` by weight."""
    return f"{vector(a=task.title, b=task.text, **said)} '{place(task.department_id)}'"


def add_all(tasks: Iterable[Task]) -> None:
    """Enter many tasks without comments that were just opened. One statement for some hundreds."""
    _write([(task.pk, task.department_id, content(task)) for task in tasks])


def refresh(task: Task) -> None:
    """Enter title, text and department of a locked task anew; its comments stay. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [task.department_id, content(task), task.pk])


def add_comment(comment: Comment) -> None:
    """Enter a comment on a locked task. One statement."""
    words = vector(**{"c" if comment.for_requester else "d": comment.text})
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [words, comment.task_id, MOST_WORDS])


def _write(rows: list[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        with connection.cursor() as cursor:
            statement = _INSERT.format(rows=", ".join([_ROW] * len(some)))
            cursor.execute(statement, [value for row in some for value in row])


@runs.kind("tasks.index_search")
def index_search(run: Run) -> dict[str, Any]:
    """Enter what was there before there was a search. May run twice, and goes on from where it was."""
    place, done = (run.place or {}).get("after", 0), run.done
    while True:
        last, entered = fill(place)
        if last is None:
            return {"entered": done}
        place, done = last, done + entered
        runs.progress(run, done=done, place={"after": place})


def fill(after: int, size: int = CHUNK) -> tuple[int | None, int]:
    """Enter the tasks among the next `size` numbers behind `after` that are missing: the last number, how many.

    The tasks are locked meanwhile, so that no comment written in between is lost. (None, 0) at the end.
    """
    ids = list(Task.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size])
    if not ids:
        return None, 0
    with transaction.atomic():
        missing = Task.objects.filter(pk__in=ids, search_entry__isnull=True).order_by("pk")
        tasks = list(missing.select_for_update(of=("self",), no_key=True).only("id", "title", "text", "department_id"))
        said = _said([task.pk for task in tasks])
        _write([(task.pk, task.department_id, content(task, **said.get(task.pk, {}))) for task in tasks])
    return ids[-1], len(tasks)


def _said(ids: list[int]) -> dict[int, dict[str, str]]:
    """The comments on tasks by weight: c for the requester, d internal."""
    texts = {
        name: StringAgg("text", delimiter=" ", filter=Q(for_requester=visible), default=Value(""))
        for name, visible in (("c", True), ("d", False))
    }
    found: Any = Comment.objects.filter(task__in=ids).values("task").annotate(**texts).order_by()
    return {row["task"]: {"c": row["c"], "d": row["d"]} for row in found}
