"""An office for the fuzz: tasks in every state, ripe for each role, so that every operation can succeed and refuse."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from backoffice.tests.walk.table_reports import ASKED
from core import clock
from organization.models import Absence, Notice
from organization.notices import News, notify
from organization.tokens import create_token
from records import runs
from reports.making import ask_report
from tasks import editing, finishing, transitions
from tasks.models import Task
from tasks.tests import factories as make

ROLES = {"admin": "ada", "manager": "ruth", "assistant": "mira", "colleague": "cleo"}
STEPS: list[dict[str, Any]] = [
    {"key": "note", "value_kind": "text", "is_mandatory": False},
    {"key": "amount", "value_kind": "number", "is_mandatory": False, "minutes": 5},
    {"key": "day", "value_kind": "date", "is_mandatory": False},
    {"key": "sure", "value_kind": "yes_no", "is_mandatory": False},
    {"key": "size", "value_kind": "choice", "choices": ["low", "high"], "is_mandatory": False},
]


@dataclass
class Office:
    """`headers` of each role; `ripe` references by operation; `values` for the fields of bodies and addresses.

    `foreign` is reached by the admin alone.
    """

    headers: dict[str, dict[str, str]]
    every: list[str]
    foreign: str
    ripe: dict[str, list[str]]
    values: dict[str, list[Any]]
    revisions: dict[str, int]
    files: dict[str, int]


@dataclass
class Seed:
    """The office while it is made. `cast` is that of the tests."""

    cast: SimpleNamespace
    tasks: list[Task] = field(default_factory=list)
    ripe: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def task(self, *operations: str, where: Any = None, how: Any = None, **fields: Any) -> Task:
        fields.setdefault("requester", self.cast.cleo)
        row = make.task(where or self.cast.permits, how or self.cast.stepped, **fields)
        self.tasks.append(row)
        for operation in operations:
            self.ripe[operation].append(row.reference)
        return row

    def held(self, *operations: str, by: Any, started: bool = True, **fields: Any) -> Task:
        row = transitions.claim(self.task(*operations, **fields), actor=by)
        return transitions.start(row, actor=by) if started else row


def office_of(cast: SimpleNamespace) -> Office:
    """Seed the tasks and tokens. Everything is made through the verbs."""
    cast.stepped = make.procedure("Stepped", steps=STEPS)
    cast.strict = make.procedure("Strict", steps=[{"key": "must", "value_kind": "text"}])
    cast.permits.members_may_take_over = True
    cast.permits.save()
    seed = Seed(cast)
    _open_work(seed)
    _work_in_hand(seed)
    _reviews(seed)
    _finished(seed)
    _aside(seed)
    files = _left_on(seed)
    now = clock.now()
    Absence.objects.create(person=cast.vera, starts_at=now - dt.timedelta(days=1), ends_at=now + dt.timedelta(days=1))
    return _told(seed, files)


def _open_work(seed: Seed) -> None:
    for _more in range(2):
        seed.task("claim_task", "cancel_task", "why_not_me")
    seed.task("edit_task", labels=("Wall",), external_source="counter", external_reference="A/1")
    seed.task("edit_task", ready_at=clock.now() + dt.timedelta(days=3))


def _work_in_hand(seed: Seed) -> None:
    running = ("mark_step_task", "complete_task", "wait_task", "release_task", "assign_task", "hand_off_task")
    for person in (seed.cast.mira, seed.cast.ruth):
        seed.held("start_task", "complete_task", by=person, started=False)
        seed.held(*running, "edit_task", "take_over_task", by=person)
        seed.held("submit_task", by=person, how=seed.cast.review)
        waiting = seed.held("resume_task", by=person)
        transitions.wait(waiting, actor=person, kind="outside", reason="post")
    seed.held("complete_task", by=seed.cast.mira, how=seed.cast.strict)
    seed.held("take_over_task", by=seed.cast.kofi)


def _reviews(seed: Seed) -> None:
    for person in (seed.cast.kofi, seed.cast.kofi, seed.cast.mira):
        row = seed.held("approve_task", "send_back_task", "submit_task", by=person, how=seed.cast.review)
        finishing.submit(row, actor=person)


def _finished(seed: Seed) -> None:
    for _more in range(2):
        finishing.complete(seed.held("reopen_task", "rate_task", by=seed.cast.mira), actor=seed.cast.mira)
    transitions.cancel(seed.task("reopen_task"), actor=seed.cast.ruth, reason="withdrawn")
    transitions.assign(seed.task("undo_task"), actor=seed.cast.ada, to=seed.cast.kofi)
    transitions.claim(seed.task("undo_task"), actor=seed.cast.ruth)
    transitions.claim(seed.task("undo_task"), actor=seed.cast.mira)
    transitions.cancel(seed.task("undo_task"), actor=seed.cast.cleo, reason="no longer needed")


def _aside(seed: Seed) -> None:
    """What is confidential, belongs to others, or was done elsewhere."""
    seed.task(where=seed.cast.archive, requester=None)
    hidden = seed.task(requester=None, confidential=True, title="Hidden")
    transitions.assign(hidden, actor=seed.cast.ruth, to=seed.cast.kofi)
    editing.comment(hidden, "hidden words", actor=seed.cast.kofi)
    for operation in ("list_comments", "comment_task", "attach_task", "break_glass_task"):
        seed.ripe[operation].append(hidden.reference)


def _left_on(seed: Seed) -> dict[str, int]:
    files = {}
    for row in seed.tasks[:3]:
        editing.comment(row, "for everybody", actor=seed.cast.mira, for_requester=True)
        upload = SimpleUploadedFile("plan.txt", b"plain words")
        files[row.reference] = editing.attach_file(row, upload, actor=seed.cast.mira, for_requester=True).pk
        for operation in ("comment_task", "attach_task", "list_comments", "get_file", "get_task"):
            seed.ripe[operation].append(row.reference)
    return files


def _notices(people: dict[str, Any]) -> list[int]:
    """A notice for each role; their numbers."""
    news = [News(person.pk, "assigned", f"fuzz:{role}", reference="T-1") for role, person in people.items()]
    notify(news)
    return list(Notice.objects.filter(key__startswith="fuzz:").values_list("pk", flat=True))


def _report(asker: Any) -> int:
    """A kept report for its asker and for admins."""
    kept = ask_report("done", actor=asker, parameters=ASKED | {"about": "all"})
    runs.perform(kept.run_id)
    return kept.pk


def _told(seed: Seed, files: dict[str, int]) -> Office:
    cast, now = seed.cast, clock.now()
    tokens = {role: getattr(cast, name) for role, name in ROLES.items()} | {"absent": cast.vera}
    headers = {}
    for role, person in tokens.items():
        token, text = create_token(person, actor=None, name=role)
        type(token).objects.filter(pk=token.pk).update(last_used_at=now)
        headers[role] = {"Authorization": f"Bearer {text}"}
    near = [(now + dt.timedelta(days=days)).replace(microsecond=0).isoformat() for days in (1, 20)]
    procedures = [cast.request, cast.request, cast.request, cast.anything, cast.permit, cast.closed]
    values: dict[str, list[Any]] = {
        "to": [cast.mira.pk, cast.ruth.pk, cast.otto.pk],
        "person": [cast.mira.pk, cast.otto.pk],
        "requester": [cast.cleo.pk, cast.ada.pk],
        "assignee": [0, cast.mira.pk],
        "department": [cast.hall.pk, cast.permits.pk],
        "procedure": [row.pk for row in procedures],
        "step": [step["key"] for step in STEPS],
        "value": [None, "1", "high"],
        "title": ["Garden wall", " "],
        "text": ["Words", " "],
        "stars": [1, 4, 5],
        "word": ["quick", " "],
        "reason": ["because", "because", " "],
        "override": [""],
        "external_reference": ["", "A/1", "A/2"],
        "external_source": ["counter"],
        "due_at": near,
        "ready_at": near,
        "until": near,
        "due_on": [instant[:10] for instant in near],
        "notice": _notices(tokens),
        "report": [_report(cast.ruth)],
    }
    foreign = next(row for row in seed.tasks if row.department_id == cast.archive.pk)
    revisions = {f"T-{pk}": revision for pk, revision in Task.objects.values_list("pk", "revision")}
    return Office(headers, list(revisions), foreign.reference, dict(seed.ripe), values, revisions, files)
