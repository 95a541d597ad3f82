"""An office in which every text says whose it is: the cast, with marked and hostile work in every state.

`here` is Permits, where the walkers mira, kofi and ruth belong; `there` is the Archive, otto's and arno's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.base import ContentFile
from django.utils import timezone

from backoffice.audit.exporting import OWNER
from backoffice.tests.walk.answers import Inspector, hostile, mark
from backoffice.tests.walk.people import ROLES, Visitor
from backoffice.tests.walk.table_import import add_imports
from backoffice.tests.walk.table_import_tasks import add_task_imports
from backoffice.tests.walk.table_look import add_look
from backoffice.tests.walk.table_reports import add_reports
from core import clock
from organization import setup
from organization.models import Absence, Alias, Department, User
from records import outgoing
from records.auditing import asking
from records.files import attach
from records.models import Run, RunReject
from tasks import editing, finishing, saved_views, transitions
from tasks.models import Task
from tasks.procedures import draft_of
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make
from tasks.tests.cast import gather

PASSWORD = "walks-all-day-long"
STEPS = ("text", "number", "date", "yes_no", "choice")
STATES = ("free", "claimed", "started", "waiting", "in_progress_reviewed", "in_review", "done", "cancelled", "planned")


def build() -> SimpleNamespace:
    """The office, its tasks by place and state (`office.here["started"]`), and a visitor for each role."""
    at = timezone.now()
    with clock.at(at):
        office = _built()
    office.at = at + dt.timedelta(seconds=5)
    office.inspector = Inspector()
    office.visitors = {letter: Visitor(letter, getattr(office, name, None), office) for letter, name in ROLES.items()}
    return office


def _built() -> SimpleNamespace:
    office = gather()
    _rename(office)
    _procedures(office)
    office.here = {state: task_in(office, "here", state) for state in STATES}
    office.there = {state: task_in(office, "there", state) for state in STATES}
    _special(office)
    _set_up(office)
    add_reports(office)
    add_imports(office)
    add_look(office)
    add_task_imports(office)
    return office


def _rename(office: SimpleNamespace) -> None:
    """Names are public, so they are hostile instead of marked; addresses say whose they are."""
    homes = {"mira": "permits", "kofi": "permits", "ruth": "permits", "vera": "hall", "otto": "archive"}
    homes |= {"arno": "archive", "cleo": "outside", "ada": "hall"}
    for name, home in homes.items():
        User.objects.filter(pk=getattr(office, name).pk).update(email=f"{name}@{home}.example")
        getattr(office, name).refresh_from_db()
    office.mira.set_password(PASSWORD)
    setup.save_person(office.mira, actor=None)
    TOTP.activate(office.mira, generate_totp_secret())
    RecoveryCodes.activate(office.mira)
    office.kofi.name = f"Kofi {hostile('kofi')}"
    setup.save_person(office.kofi, actor=None)
    for department in (office.permits, office.archive):
        department.name = f"{department.name} {hostile('place')}"
        setup.save_department(department, actor=None)


def _procedures(office: SimpleNamespace) -> None:
    """One with every kind of step and one with a review, for here and for there."""
    for place, kind, department, person in (
        ("here", "A", office.permits, office.mira),
        ("there", "B", office.archive, office.otto),
    ):
        skill = make.qualification(f"{mark(kind, 'skill')} {hostile('skill')}")
        make.holding(person, skill, evidence=mark(kind, "evidence"))
        steps = [
            {
                "key": value,
                "instruction": f"{mark(kind, 'step')} {hostile(value)}",
                "value_kind": value,
                "choices": [mark(kind, "choice"), "other"] if value == "choice" else [],
                "is_mandatory": False,
            }
            for value in STEPS
        ]
        for name, review in (("plain", False), ("reviewed", True)):
            procedure = make.procedure(
                f"{mark(kind, 'procedure')} {name} {hostile(place)}",
                steps=steps,
                review=review,
                departments=[department],
                description=f"{mark(kind, 'description')} {hostile('description')}",
            )
            setattr(office, f"{place}_{name}", procedure)
    office.needing = make.procedure(f"{mark('B', 'needing')} procedure", departments=[office.archive])
    office.steps_here = make.procedure(
        "Steps of a request", steps=[{"value_kind": "text", "instruction": mark("I", "step"), "is_mandatory": False}]
    )


def _people_of(office: SimpleNamespace, place: str) -> tuple[Department, User, User]:
    """The department of a place, who holds work there, and who manages it."""
    if place == "here":
        return office.permits, office.mira, office.ruth
    return office.archive, office.otto, office.arno


def task_in(office: SimpleNamespace, place: str, state: str, kind: str = "", **fields: Any) -> Task:
    """A marked task in a state, as its holder left it."""
    department, holder, manager = _people_of(office, place)
    kind = kind or ("A" if place == "here" else "B")
    procedure = fields.pop("procedure", None)
    procedure = procedure or getattr(office, f"{place}_{'reviewed' if 'review' in state else 'plain'}")
    if state == "planned":
        fields["ready_at"] = clock.now() + dt.timedelta(days=3)
    row = make.task(department, procedure, actor=manager, **_texts(kind, state) | fields)
    return _move(row, state, holder, manager, kind)


def _texts(kind: str, state: str) -> dict[str, Any]:
    return {
        "title": f"{mark(kind, 'title')} {state} {hostile('title')}",
        "text": f"{mark(kind, 'text')}\r\nX-Split: yes\r\n{hostile('text')}",
        "labels": (mark(kind, "label"), "<script>l()</script>xq{{7*7}}xq"),
        "subject_ref": mark(kind, "subject"),
        "external_source": "log",
        "external_reference": f"{mark(kind, 'reference')} {state}",
    }


def _move(task: Task, state: str, holder: User, manager: User, kind: str) -> Task:
    """Bring a fresh task into its state, by the verbs, with marked reasons."""
    reason = f"{mark(kind, 'reason')} {hostile('reason')}"
    if state in {"free", "planned"}:
        return task
    if state == "cancelled":
        return transitions.cancel(task, actor=manager, reason=reason)
    task = transitions.assign(task, actor=manager, to=holder)
    if state == "claimed":
        return task
    task = transitions.start(task, actor=holder)
    if task.version.steps.filter(key="text").exists():
        for mark_ in (Mark("text", True, mark(kind, "value")), Mark("choice", True, mark(kind, "choice"))):
            task = mark_step(task, mark_, actor=holder)
    if state == "waiting":
        return transitions.wait(task, actor=holder, kind="outside", reason=reason)
    if state == "in_review":
        return finishing.submit(task, actor=holder)
    return finishing.complete(task, actor=holder) if state == "done" else task


def _special(office: SimpleNamespace) -> None:
    """What is asked for by the colleague, what is confidential, and everything that hangs on a task."""
    asked = {"requester": office.cleo, "labels": (mark("I", "label"),), "external_source": "desk"}
    for state in ("started", "waiting", "done", "free"):
        texts = {name: mark("R", name) for name in ("title", "text", "subject_ref")} | asked
        texts["external_reference"] = f"{mark('I', 'reference')} {state}"
        row = task_in(office, "here", state, "I", procedure=office.steps_here, **texts)
        office.here[f"asked_{state}"] = row
        talk(row, office.mira, "I", "R")
    for place, kind in (("here", "A"), ("there", "B")):
        talk(getattr(office, place)["started"], _people_of(office, place)[1], kind, kind)
    for place, free, held in (("here", "D", "C"), ("there", "E", "B")):
        tasks = getattr(office, place)
        plain = {"confidential": True, "procedure": office.anything}
        tasks["secret"] = task_in(office, place, "free", free, **plain | {"external_source": "secret"})
        tasks["secret_held"] = task_in(office, place, "waiting", held, **plain | {"external_source": "held"})
        talk(tasks["secret_held"], _people_of(office, place)[1], held, held)


def talk(task: Task, author: User, internal: str, shared: str) -> None:
    """A comment and a file for those inside, and one of each for the requester; kept on the task as its parts."""
    for kind, for_requester in ((internal, False), (shared, True)):
        text = f"{mark(kind, 'comment')}\r\nX-Split: yes {hostile('comment')}"
        editing.comment(task, text, actor=author, for_requester=for_requester)
        upload = ContentFile(
            f"{mark(kind, 'bytes')}".encode(), name=f"{mark(kind, 'file')} {hostile('file')}\r\nX-A: b.txt"
        )
        file = editing.attach_file(task, upload, actor=author, for_requester=for_requester)
        setattr(task, "shared" if for_requester else "internal", file)


def _set_up(office: SimpleNamespace) -> None:
    """One row of everything else that has a page."""
    start = clock.now() - dt.timedelta(hours=1)
    away = {"starts_at": start, "ends_at": start + dt.timedelta(days=2)}
    office.absences = {}
    for place, substitute in (("here", office.mira), ("there", office.arno)):
        person = make.person(
            f"Nils {hostile('away')}", email=f"nils@{'permits' if place == 'here' else 'archive'}.example"
        )
        make.member(person, _people_of(office, place)[0])
        row = Absence(person=person, substitute=substitute, **away)
        office.absences[place] = setup.save_absence(row, actor=None)
    Alias.objects.create(source="old", kind="person", name=hostile("alias"), person=office.mira)
    office.run = Run.objects.create(
        kind="tasks.recompute", state=Run.State.PARKED, attempts=5, error=hostile("error"), asked_by=office.arno
    )
    RunReject.objects.create(
        run=office.run, line=2, column=hostile("c"), reason=hostile("reason"), row={"a": hostile("r")}
    )
    outgoing.queue_mail(key="walk", to="cleo@outside.example", subject=hostile("subject"), text="SECRET-LINK")
    office.message = "SECRET-LINK"
    everything = {"reach": [office.archive.pk], "since": None, "until": None, "verb": "open"}
    office.export = asking.ask_export(actor=office.arno, looked_for=everything)
    attach(ContentFile(b"number", name="events.csv"), owner_kind=OWNER, owner_id=office.export.pk, actor=office.arno)
    Run.objects.filter(pk=office.export.pk).update(state=Run.State.DONE, result={"rows": 0})
    office.gone = setup.deactivate(make.person("Gone Away", email="gone@hall.example"), actor=None)
    office.views = {
        place: saved_views.save_view(mark(kind, "view"), "?scope=departments", actor=boss, department=where)
        for place, kind, boss, where in (
            ("here", "A", office.ruth, office.permits),
            ("there", "B", office.arno, office.archive),
        )
    }
    office.draft = draft_of(office.anything, actor=None)


def objects_of(office: SimpleNamespace) -> Iterator[tuple[str, Task]]:
    """Every task by a name that tells where it is."""
    for place in ("here", "there"):
        for state, task in getattr(office, place).items():
            yield f"{place} {state}", task
