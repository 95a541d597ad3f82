"""Counting reports anew in plain Python: events are replayed from a task's birth, nothing is read of its row."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from organization.models import Department
from records.models import Event

WORKED = {"start", "next", "take_over", "resume", "wait", "mark_step", "submit", "complete", "edit"}
TIMED = 55


@dataclass
class Completion:
    task: int
    department: int
    person: int | None
    at: dt.datetime
    due_at: dt.datetime
    from_target: bool
    minutes: int
    stands: bool
    spent: Counter[str]
    intervals: list[tuple[str, dt.datetime, dt.datetime]]


class Recount:
    """All events, replayed. `born` is what each task began with (`life.Life.born`)."""

    def __init__(self, born: dict[int, dict[str, Any]], timed: set[int]) -> None:
        self.zones = {row.pk: row.site.time_zone for row in Department.objects.select_related("site")}
        rows = Event.objects.filter(subject_kind="task").select_related("payload").order_by("id")
        self.events = list(rows)
        self.reversed = {row.reverses_id for row in self.events if row.reverses_id}
        self.by_task: dict[int, list[Event]] = defaultdict(list)
        for row in self.events:
            self.by_task[row.task_id].append(row)
        self.born, self.timed = born, timed
        self.completions: list[Completion] = []
        self.now: dict[int, dict[str, Any]] = {}
        for task, events in self.by_task.items():
            self._replay(task, events)

    def _replay(self, task: int, events: list[Event]) -> None:
        facts = {"assignee_id": None, **self.born[task]}
        moves: list[tuple[str, dt.datetime]] = []
        for number, event in enumerate(events):
            if event.verb in {"complete", "approve"} and event.to_state == "done" and event.pk not in self.reversed:
                later = [one for one in events[number + 1 :] if one.verb == "reopen" and one.pk not in self.reversed]
                ends = [*moves[1:], ("done", event.occurred_at)]
                spans = [(state, start, end) for (state, start), (_next, end) in zip(moves, ends, strict=True)]
                spent: Counter[str] = Counter()
                for state, start, end in spans:
                    spent[state] += int((end - start).total_seconds() // 60)
                done = Completion(
                    task,
                    event.department_id,
                    facts["assignee_id"],
                    event.occurred_at,
                    _instant(facts["due_at"]),
                    facts["due_from_target"],
                    TIMED if task in self.timed else facts["remaining_minutes"],
                    not later,
                    spent,
                    spans,
                )
                self.completions.append(done)
            if event.from_state != event.to_state:
                moves.append((event.to_state, event.occurred_at))
            for name, (_old, new) in event.payload.body.get("changes", {}).items():
                facts[name] = new
        last = events[-1]
        self.now[task] = {**facts, "state": last.to_state, "department": last.department_id}

    def inside(self, department: int, at: dt.datetime, first: dt.date, last: dt.date) -> bool:
        """Is the instant on one of the days, by the clock on that department's wall?"""
        return first <= at.astimezone(ZoneInfo(self.zones[department])).date() <= last

    def finished(self, departments: set[int], first: dt.date, last: dt.date) -> list[Completion]:
        return [
            one
            for one in self.completions
            if one.department in departments and self.inside(one.department, one.at, first, last)
        ]

    def hands(self, departments: set[int], first: dt.date, last: dt.date) -> tuple[dict[Any, set[int]], Counter[Any]]:
        """Tasks each worked on, and reviews made, by (department, person)."""
        worked, reviewed = defaultdict(set), Counter()
        for event in self.events:
            if event.department_id not in departments or event.actor_id is None:
                continue
            if not self.inside(event.department_id, event.occurred_at, first, last):
                continue
            key = (event.department_id, event.actor_id)
            if event.verb in WORKED:
                worked[key].add(event.task_id)
            if event.verb in {"approve", "send_back"} and event.pk not in self.reversed:
                reviewed[key] += 1
        return worked, reviewed


def _instant(value: Any) -> dt.datetime:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value
