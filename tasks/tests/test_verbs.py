"""What single verbs refuse and keep: completion, waits, hand-offs, reopening, taking over, overrides, confidence."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core import clock
from core.refusals import Refused, Stale
from organization.calendars import calendar_of
from organization.models import Absence, Department
from organization.setup import deactivate, save_absence, save_department
from tasks import finishing, transitions
from tasks import next as taking
from tasks.changes import expecting
from tasks.editing import edit
from tasks.models import Task
from tasks.steps import Mark, mark_step
from tasks.tallies import backlog_of, wrong_tallies
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh, knock, refresh, row_of, trial

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 4, 11, tzinfo=ZoneInfo("Europe/Dublin"))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with clock.at(NOW):
        yield


def refused(code: str, act: Any, *args: Any, **fields: Any) -> Refused:
    """The act is refused with this code, and the task (the first argument) is left as it was."""
    before = row_of(args[0]) if isinstance(args[0], Task) else None
    with pytest.raises(Refused) as no:
        act(*args, **fields)
    assert no.value.code == code, no.value
    assert before is None or row_of(args[0]) == before
    return no.value


def begun(cast: Any, how: Any, **fields: Any) -> Task:
    task = make.task(cast.permits, how, **fields)
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    return transitions.start(task, actor=cast.mira)


# finishing


def test_mandatory_steps_are_done_before_the_end(cast: Any) -> None:
    steps = [{"instruction": "Read the plan"}, {"is_mandatory": False}, {"instruction": "Visit the site"}]
    for review, finish in ((False, finishing.complete), (True, finishing.submit)):
        task = begun(cast, make.procedure(steps=steps, review=review))
        no = refused("steps_open", finish, task, actor=cast.mira)
        assert str(no.sentence) == "2 steps are still to do, the first is: Read the plan"
        assert no.detail["steps"] == ["step-1", "step-3"]
        task = mark_step(task, Mark("step-1", True), actor=cast.mira)
        assert "1 step is still to do: Visit" in str(refused("steps_open", finish, task, actor=cast.mira).sentence)
        mark_step(task, Mark("step-3", True), actor=cast.mira)
        assert finish(task, actor=cast.mira).state in {"done", "in_review"}


def test_where_a_review_is_wanted_nobody_completes(cast: Any) -> None:
    task = begun(cast, cast.review)
    for actor in (cast.mira, cast.ruth):
        refused("wants_review", finishing.complete, task, actor=actor)
        with pytest.raises(PermissionDenied):
            knock("complete", task, actor)
    refused("no_review", finishing.submit, begun(cast, cast.permit), actor=cast.mira)


def test_what_its_subject_closes_is_finished_there_alone(cast: Any) -> None:
    task = begun(cast, cast.closed, subject_kind="letter", subject_id=7, subject_ref="IN-2026-7", requester=cast.cleo)
    for act in (finishing.complete, transitions.cancel, transitions.reopen, finishing.approve):
        words = {} if act in (finishing.complete, finishing.approve) else {"reason": REASON}
        with trial():
            if act is transitions.reopen:
                finishing.complete(task, actor=cast.mira, by_subject=True)
            if act is finishing.approve:
                Task.objects.filter(pk=task.pk).update(state="in_review")
            no = refused("closed_by_subject", act, fresh(task), actor=cast.ruth, **words)
            assert "IN-2026-7" in str(no.sentence)
            with pytest.raises(PermissionDenied):
                knock(act.__name__, task, cast.ruth)
            assert act(task, actor=cast.ruth, by_subject=True, **words).revision > task.revision


def test_four_eyes(cast: Any) -> None:
    """Whoever made, asked for, edited, held or marked it does not review it; who reviewed it before may again."""
    nina = make.person("Nina Vale")
    make.member(nina, cast.permits)
    how = make.procedure(steps=[{"is_mandatory": False}], review=True)
    task = make.task(cast.permits, how, actor=cast.vera, requester=cast.cleo)
    for person in (cast.kofi, cast.mira):
        transitions.assign(task, actor=cast.ruth, to=person)
    transitions.start(task, actor=cast.mira)
    edit(fresh(task), {"priority": 2}, actor=cast.ada, revision=fresh(task).revision)
    task = finishing.submit(task, actor=cast.mira)
    for person in (cast.mira, cast.kofi, cast.vera, cast.ada, cast.cleo):
        refused("not_a_reviewer", finishing.approve, task, actor=person)
        refused("not_a_reviewer", finishing.send_back, task, actor=person, reason=REASON)
    task = finishing.send_back(task, actor=nina, reason=REASON)
    task = finishing.submit(task, actor=cast.mira)
    with trial():
        assert finishing.approve(task, actor=nina).state == "done"
    assert finishing.approve(task, actor=cast.ruth).state == "done"
    assert events_of(task)[-1].actor == cast.ruth


def test_a_reviewer_is_eligible_whatever_they_hold(cast: Any) -> None:
    checks = make.qualification()
    how = make.procedure(requires=[(checks, 2)], review=True)
    make.holding(cast.mira, checks, 2)
    task = finishing.submit(begun(cast, how), actor=cast.mira)
    refused("not_a_reviewer", finishing.approve, task, actor=cast.kofi)
    with trial():
        assert finishing.approve(task, actor=cast.ruth).state == "done"  # a manager need not hold it
    make.holding(cast.kofi, checks, 2)
    cast.permits.cap = 1
    save_department(cast.permits, actor=None)
    transitions.claim(make.task(cast.permits, cast.permit), actor=cast.kofi)
    with trial():
        assert finishing.approve(task, actor=cast.kofi).state == "done"
    save_absence(Absence(person=cast.kofi, starts_at=NOW, ends_at=NOW + HOUR), actor=None)
    assert "absent" in str(refused("not_a_reviewer", finishing.approve, task, actor=cast.kofi).sentence)


# waits


WAITS: list[tuple[str, dict[str, Any], bool]] = [
    ("outside", {}, True),
    ("requester", {}, True),
    ("department", {}, False),
    ("colleague", {}, False),
    ("later", {}, False),
    ("outside", {"due_at": NOW + 9 * DAY}, False),
    ("requester", {"due_on": (NOW + 9 * DAY).date()}, False),
]


def test_an_outside_wait_extends_a_target_and_nothing_else(cast: Any) -> None:
    for kind, due, moves in WAITS:
        for end in ("resume", "by the clock", "release", "hand_off"):
            with trial():
                wait_and_see(cast, kind, due, moves, end)


def wait_and_see(cast: Any, kind: str, due: dict[str, Any], moves: bool, end: str) -> None:
    task = begun(cast, cast.anything, **due)
    until = NOW + 6 * DAY + 3 * HOUR  # Tuesday at two: 3 + 8 + 8 + 8 + 8 + 5 less what was worked before eleven
    transitions.wait(task, actor=cast.mira, kind=kind, reason=REASON, until=until)
    with clock.at(until):
        if end == "release":
            after = transitions.release(task, actor=cast.mira)
        elif end == "hand_off":
            after = transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason=REASON)
        else:
            after = transitions.resume(task, actor=None if end == "by the clock" else cast.mira)
    calendar = calendar_of(task.department)
    waited = calendar.minutes_between(NOW, until)
    assert waited == (6 + 8 + 8 + 8 + 5) * 60
    expected = calendar.add_minutes(task.due_at, waited) if moves else task.due_at
    assert after.due_at == expected and after.due_from_target == (not due)
    there = calendar_of(after.department)
    assert after.start_by == there.add_minutes(expected, -after.remaining_minutes)
    assert events_of(task)[-1].payload.body.get("waited") == (waited if moves else None)


def test_a_wait_says_for_what_and_until_when(cast: Any) -> None:
    task = begun(cast, cast.permit)
    wait = {"actor": cast.mira, "kind": "outside", "reason": REASON}
    assert refused("kind_unknown", transitions.wait, task, **(wait | {"kind": "weather"})).field == "kind"
    assert refused("reason_missing", transitions.wait, task, **(wait | {"reason": " \n"})).field == "reason"
    assert refused("text_invalid", transitions.wait, task, **(wait | {"reason": "a\x00b"})).field == "reason"
    for until in (NOW, NOW - HOUR):
        assert refused("until_past", transitions.wait, task, until=until, **wait).field == "until"
    far = dt.datetime(9999, 12, 29, tzinfo=dt.UTC)
    assert refused("date_out_of_range", transitions.wait, task, until=far, **wait).field == "until"
    assert transitions.wait(task, until=NOW + HOUR, **wait).waiting_until == NOW + HOUR


def test_the_clock_resumes_at_until_and_not_before(cast: Any) -> None:
    timed, endless = begun(cast, cast.permit), begun(cast, cast.permit)
    transitions.wait(timed, actor=cast.mira, kind="later", reason=REASON, until=NOW + HOUR)
    endless = transitions.wait(endless, actor=cast.mira, kind="later", reason=REASON)
    with clock.at(NOW + HOUR - dt.timedelta(microseconds=1)):
        refused("not_yet", transitions.resume, timed, actor=None)
    with clock.at(NOW + HOUR):
        refused("not_yet", transitions.resume, endless, actor=None)
        assert list(Task.objects.ready_to_resume()) == [timed]
        after = transitions.resume(timed, actor=None)
    assert (after.state, after.assignee_id, events_of(timed)[-1].actor) == ("in_progress", cast.mira.pk, None)


# hand-off


def test_a_hand_off_keeps_due_and_follows_the_other_calendar(cast: Any) -> None:
    task = begun(cast, cast.anything, due_at=NOW + 5 * HOUR)
    assert backlog_of([cast.permits.pk]).tasks == 0
    after = knock_off(cast, task)
    assert (after.due_at, after.procedure, after.department) == (task.due_at, task.procedure, cast.archive)
    dublin, york = calendar_of(cast.permits), calendar_of(cast.archive)
    assert task.start_by == dublin.add_minutes(task.due_at, -15)
    assert after.start_by == york.add_minutes(task.due_at, -15) and after.clock_key != task.clock_key
    event = events_of(task)[-1]
    assert event.department_id == cast.archive.pk and event.payload.body["from_department"] == cast.permits.pk
    assert backlog_of([cast.permits.pk]).tasks == 0 and backlog_of([cast.archive.pk]).tasks == 1
    assert list(Task.objects.visible_to(cast.otto)) == [task] and not wrong_tallies()
    assert list(Task.objects.visible_to(cast.mira)) == [task]  # what she did she may still read
    with pytest.raises(PermissionDenied):
        knock("comment", task, cast.mira)


def knock_off(cast: Any, task: Task) -> Task:
    knock("hand_off", task, cast.mira, where=cast.archive)
    return fresh(task)


def test_a_hand_off_goes_only_where_the_procedure_may(cast: Any) -> None:
    task = make.task(cast.permits, cast.anything)
    hand = {"actor": cast.ruth, "reason": REASON}
    assert refused("same_place", transitions.hand_off, task, department=cast.permits, **hand).field == "department"
    bound = make.task(cast.permits, cast.permit)
    no = refused("procedure_not_used", transitions.hand_off, bound, department=cast.archive, **hand)
    assert str(no.sentence) == "Archive does not use the procedure Permit check."
    cast.archive.is_active = False
    save_department(cast.archive, actor=None)
    refused("procedure_not_used", transitions.hand_off, task, department=cast.archive, **hand)
    words = {"actor": cast.ruth, "department": cast.hall, "reason": ""}
    refused("reason_missing", transitions.hand_off, task, **words)


# reopening


def test_a_requester_reopens_within_the_limit_of_the_department(cast: Any) -> None:
    cast.permits.reopen_days = 3
    save_department(cast.permits, actor=None)
    task = finishing.complete(begun(cast, cast.permit, requester=cast.cleo), actor=cast.mira)
    second = dt.timedelta(seconds=1)
    with clock.at(NOW + 3 * DAY), trial():
        knock("reopen", task, cast.cleo)
    with clock.at(NOW + 3 * DAY + second):
        no = refused("too_late", transitions.reopen, task, actor=cast.cleo, reason=REASON)
        assert "3 days" in str(no.sentence)
    with clock.at(NOW + 300 * DAY):
        after = transitions.reopen(task, actor=cast.ruth, reason=REASON)
    assert (after.state, after.assignee_id, after.closed_at, after.due_at) == ("open", None, None, task.due_at)


def test_reopening_to_somebody_is_a_managers_and_goes_through_the_gate(cast: Any) -> None:
    task = finishing.complete(begun(cast, cast.permit, requester=cast.cleo), actor=cast.mira)
    for override in ("", "please"):
        with pytest.raises(PermissionDenied):
            transitions.reopen(task, actor=cast.cleo, reason=REASON, to=cast.mira, override=override)
    again = {"actor": cast.ruth, "reason": REASON}
    refused("not_eligible_department", transitions.reopen, task, to=cast.otto, override="please", **again)
    with trial():
        deactivate(cast.kofi, actor=None)
        refused("left", transitions.reopen, task, to=cast.kofi, **again)
    after = transitions.reopen(task, to=cast.kofi, **again)
    assert (after.state, after.assignee_id, after.claimed_at) == ("open", cast.kofi.pk, NOW)


# taking over


def test_members_take_over_only_where_the_department_lets_them(cast: Any) -> None:
    task = begun(cast, cast.permit)
    with pytest.raises(PermissionDenied):
        knock("take_over", task, cast.kofi)
    cast.permits.members_may_take_over = True
    save_department(cast.permits, actor=None)
    refresh(cast.kofi)
    with pytest.raises(PermissionDenied):
        knock("take_over", task, cast.mira)  # her own
    with trial():
        knock("take_over", task, cast.kofi)
        after = fresh(task)
        assert (after.assignee, after.state, after.started_at) == (cast.kofi, "in_progress", NOW)
        assert after.first_started_at == task.first_started_at
    refused("reason_missing", transitions.take_over, task, actor=cast.kofi, reason=" ")
    Task.objects.filter(pk=task.pk).update(confidential=True)
    with pytest.raises(Http404):
        knock("take_over", task, cast.kofi)
    free = make.task(cast.permits, cast.permit)
    refused("nobodys", transitions.take_over, free, actor=cast.ruth, reason=REASON)


def test_only_a_manager_passes_over_the_gate_when_taking_over(cast: Any) -> None:
    checks = make.qualification()
    make.holding(cast.mira, checks)
    task = begun(cast, make.procedure(requires=[(checks, 1)]))
    Department.objects.update(members_may_take_over=True)
    with pytest.raises(PermissionDenied):
        transitions.take_over(task, actor=cast.kofi, reason=REASON, override="I can do it")
    refused("not_eligible_qualification", transitions.take_over, task, actor=cast.ruth, reason=REASON)
    after = transitions.take_over(task, actor=cast.ruth, reason=REASON, override="nobody else is here")
    assert after.assignee_id == cast.ruth.pk
    assert events_of(task)[-1].payload.body["override"]["checks"] == ["qualification"]


# the override


def test_an_override_is_recorded_and_never_makes_a_member(cast: Any) -> None:
    checks = make.qualification("Plans")
    task = make.task(cast.permits, make.procedure(requires=[(checks, 2)]))
    give = {"actor": cast.ruth, "override": " nobody else is here "}
    for person in (cast.otto, cast.cleo, cast.ada, cast.vera):
        refused("not_eligible_department", transitions.assign, task, to=person, **give)
    refused("not_eligible_qualification", transitions.assign, task, to=cast.mira, actor=cast.ruth, override=" ")
    transitions.assign(task, to=cast.mira, **give)
    assert events_of(task)[-1].payload.body["override"] == {
        "checks": ["qualification"],
        "was": "no valid qualification Plans of level 2",
        "reason": "nobody else is here",
    }
    plain = make.task(cast.permits, cast.permit)
    transitions.assign(plain, to=cast.mira, **give)
    assert "override" not in events_of(plain)[-1].payload.body  # nothing stood in the way
    with trial():
        deactivate(cast.kofi, actor=None)
        refused("left", transitions.assign, plain, to=cast.kofi, **give)
    refused("already_theirs", transitions.assign, plain, to=cast.mira, **give)


def test_an_override_records_all_it_passes_over(cast: Any) -> None:
    cast.permits.cap = 1
    save_department(cast.permits, actor=None)
    refresh(cast.permits)
    transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)
    away = Absence(person=cast.mira, starts_at=clock.now() - HOUR, ends_at=clock.now() + HOUR)
    save_absence(away, actor=None)
    task = make.task(cast.permits, make.procedure(requires=[(make.qualification("Plans"), 2)]))
    transitions.assign(task, to=cast.mira, actor=cast.ruth, override="nobody else is here")
    recorded = events_of(task)[-1].payload.body["override"]
    assert recorded["checks"] == ["qualification", "absence", "cap"]
    assert [part.partition(" ")[0] for part in recorded["was"].split("; ")] == ["no", "absent", "already"]


# confidential


def test_confidential_work_is_given_out_by_its_manager(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, confidential=True, requester=cast.cleo)
    refused("confidential", transitions.claim, task, actor=cast.mira)
    assert taking.take_next(actor=cast.mira) is None
    sees = {name: Task.objects.visible_to(getattr(cast, name)).exists() for name in ("mira", "ruth", "vera", "cleo")}
    assert sees == {"mira": False, "ruth": True, "vera": True, "cleo": True}
    for verb in ("assign", "cancel", "release", "edit", "hand_off", "wait", "comment", "take_over", "claim"):
        with pytest.raises(PermissionDenied):
            knock(verb, task, cast.ada, to=cast.mira, where=cast.archive)  # an admin knows that it exists
    knock("assign", task, cast.ruth, to=cast.mira)
    assert Task.objects.visible_to(cast.mira).get() == task and not Task.objects.visible_to(cast.kofi).exists()
    served = taking.take_next(actor=cast.mira)
    assert served and served.was_own and served.task.pk == task.pk
    with pytest.raises(PermissionDenied):
        knock("release", task, cast.ada)
    knock("release", task, cast.ruth)
    assert not Task.objects.visible_to(cast.mira).exists() and not wrong_tallies()


# what was read


def test_a_verb_may_carry_the_revision_it_was_read_at(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    transitions.claim(task, actor=cast.mira)
    with expecting(task.revision), pytest.raises(Stale) as stale:
        transitions.start(task, actor=cast.mira)
    assert stale.value.detail["theirs"]["revision"] == 2
    with expecting(2):
        assert transitions.start(task, actor=cast.mira).state == "in_progress"
