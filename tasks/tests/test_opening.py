"""Opening work, and the same verb on many tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.refusals import Refused
from organization.models import Absence
from organization.setup import save_absence, save_department
from records.models import Event
from tasks import bulk, rules, transitions
from tasks.models import Task
from tasks.models.tasks import reference_id
from tasks.opening import Request, open_task
from tasks.tallies import wrong_tallies
from tasks.tests import factories as make
from tasks.tests.doors import REASON, events_of, fresh

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 4, 11, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def wednesday() -> Any:
    with clock.at(NOW):
        yield


def test_a_new_task_and_its_event(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit, actor=cast.mira, title=" Stall ", requester=cast.cleo, priority=2)
    [event] = events_of(task)
    assert (task.title, task.state, task.assignee, task.revision, task.opened_at) == ("Stall", "open", None, 1, NOW)
    assert (event.verb, event.from_state, event.to_state, event.actor) == ("open", "", "open", cast.mira)
    assert event.department_id == cast.permits.pk and event.payload.body["title"] == "Stall"
    assert set(task.involvements.values_list("person", "how")) == {(cast.mira.pk, "created")}
    assert task.reference == f"T-{task.pk}" and task.pk > 10_000 and not wrong_tallies()
    own = make.task(cast.permits, cast.request, actor=cast.cleo, requester=cast.cleo)
    assert not own.involvements.exists()  # asking for it is not making it


def test_planned_while_its_day_is_ahead(cast: Any) -> None:
    for days, state in ((1, "planned"), (0, "open"), (-1, "open")):
        task = make.task(cast.permits, cast.permit, ready_at=NOW + days * DAY)
        assert task.state == state and events_of(task)[0].to_state == state
    assert not wrong_tallies()


def test_an_import_keeps_its_instants(cast: Any) -> None:
    long_ago = NOW - 900 * DAY
    task = make.task(cast.permits, cast.permit, occurred_at=long_ago)
    [event] = events_of(task)
    assert (task.opened_at, event.occurred_at) == (long_ago, long_ago) and event.recorded_at == NOW


NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title_missing"),
    ({"title": "x" * 201}, "title_too_long"),
    ({"title": "a\x00"}, "text_invalid"),
    ({"text": "a\x00"}, "text_invalid"),
    ({"priority": 9}, "priority_unknown"),
    ({"due_at": NOW + 4000 * DAY}, "date_out_of_range"),
    ({"ready_at": NOW + 4000 * DAY}, "date_out_of_range"),
    ({"due_on": dt.date(9999, 12, 31)}, "date_out_of_range"),
]


def test_what_makes_no_sense_is_refused(cast: Any) -> None:
    events = Event.objects.count()
    for fields, code in NONSENSE:
        with pytest.raises(Refused) as no:
            make.task(cast.permits, cast.permit, **fields)
        assert no.value.code == code and not Task.objects.exists() and Event.objects.count() == events


def test_only_procedures_a_department_may_use(cast: Any) -> None:
    unpublished = type(cast.permit).objects.create(name="New")
    retired = make.procedure(is_active=False)
    for how, where, code in (
        (cast.permit, cast.archive, "procedure_not_used"),
        (unpublished, cast.permits, "not_published"),
        (retired, cast.permits, "not_in_use"),
    ):
        with pytest.raises(Refused) as no:
            make.task(where, how)
        assert (no.value.code, Task.objects.count()) == (code, 0)
    cast.permits.is_active = False
    save_department(cast.permits, actor=None)
    with pytest.raises(Refused) as no:
        make.task(cast.permits, cast.anything)
    assert (no.value.code, no.value.field) == ("not_in_use", "department")


def test_who_may_open_where(cast: Any) -> None:
    may = {
        name: [rules.can_open_in(getattr(cast, name), cast.permits.pk, how) for how in (cast.permit, cast.request)]
        for name in ("mira", "ruth", "vera", "ada", "otto", "cleo")
    }
    assert may == {
        "mira": [True, True],
        "ruth": [True, True],
        "vera": [True, True],
        "ada": [True, True],
        "otto": [False, True],
        "cleo": [False, True],
    }


@pytest.mark.database
def test_an_external_reference_comes_once_for_each_source(cast: Any) -> None:
    for source in ("log", "mail"):
        make.task(cast.permits, cast.permit, external_source=source, external_reference="7")
    for _ in range(2):
        make.task(cast.permits, cast.permit, external_source="log")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.task(cast.permits, cast.permit, external_source="log", external_reference="7")
    assert Task.objects.count() == 4 and not wrong_tallies()


CONTRADICTIONS: list[dict[str, Any]] = [
    {"state": "in_progress"},
    {"state": "in_review"},
    {"state": "done"},
    {"state": "planned"},
    {"state": "waiting"},
    {"closed_at": NOW},
    {"waiting_since": NOW},
    {"state": "waiting", "waiting_since": NOW},
    {"priority": 0},
    {"priority": 5},
]


@pytest.mark.database
def test_a_row_that_contradicts_itself_is_refused_by_the_database(cast: Any) -> None:
    task = make.task(cast.permits, cast.permit)
    for values in CONTRADICTIONS:
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.filter(pk=task.pk).update(**values)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("T-10234", 10234), ("t-5", 5), ("10234", 10234), (" T-7 ", 7)),
        *((text, None) for text in ("T-", "", "T-x", "T--5", "-5", "T-1.5", "T-٣", "T-²", "9" * 19, "X-5")),
    ],
)
def test_references_as_people_type_them(text: str, number: int | None) -> None:
    assert reference_id(text) == number


# many at once


def test_each_for_itself_with_done_skipped_and_why(cast: Any) -> None:
    cast.permits.cap = 2
    save_department(cast.permits, actor=None)
    mine = [make.task(cast.permits, cast.anything) for _ in range(3)]
    theirs = make.task(cast.archive, cast.anything)
    done = transitions.cancel(make.task(cast.permits, cast.anything), actor=cast.ruth, reason=REASON)
    ids = [mine[0].pk, theirs.pk, mine[1].pk, mine[0].pk, done.pk, mine[2].pk, 999_999]
    outcome = bulk.assign_all(ids, actor=cast.ruth, to=cast.mira)
    assert outcome.done == [mine[0].reference, mine[1].reference]
    why = dict(outcome.skipped)
    assert why[theirs.reference] == why["T-999999"] == "It cannot be reached."
    assert "is cancelled" in why[done.reference] and "already holds 2 tasks" in why[mine[2].reference]
    assert len(outcome.skipped) == 4 and not wrong_tallies()
    again = bulk.release_all([task.pk for task in mine], actor=cast.mira)
    assert len(again.done) == 2 and dict(again.skipped) == {mine[2].reference: "You may not do this with it."}
    gone = bulk.cancel_all([task.pk for task in mine], actor=cast.ruth, reason="")
    assert not gone.done and {words for _ref, words in gone.skipped} == {"Say why: a reason is needed."}
    assert not bulk.cancel_all([mine[0].pk], actor=cast.ruth, reason=REASON).skipped


def test_what_is_too_much_at_once_is_said(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    tasks = [make.task(cast.permits, cast.permit) for _ in range(3)]
    outcome = bulk.cancel_all([task.pk for task in tasks], actor=cast.ruth, reason=REASON)
    assert outcome.done == [task.reference for task in tasks[:2]]
    assert (
        outcome.skipped == [(tasks[2].reference, "Only 2 can be changed at once.")] and fresh(tasks[2]).state == "open"
    )


def test_work_of_somebody_away_goes_to_their_substitute(cast: Any) -> None:
    begun, held, waiting, free = (make.task(cast.permits, cast.permit) for _ in range(4))
    for task in (begun, held, waiting):
        transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(begun, actor=cast.mira)
    transitions.wait(waiting, actor=cast.mira, kind="outside", reason=REASON)
    away = save_absence(Absence(person=cast.mira, starts_at=NOW, ends_at=NOW + DAY, substitute=cast.kofi), actor=None)
    outcome = bulk.move_to_substitute(away, actor=cast.ruth)
    assert sorted(outcome.done) == sorted(task.reference for task in (begun, held, waiting)) and not outcome.skipped
    assert [fresh(task).state for task in (begun, held, waiting, free)] == ["open", "open", "waiting", "open"]
    last = events_of(begun)[-1]
    assert (last.verb, last.actor, last.on_behalf_of, fresh(free).assignee) == ("assign", cast.ruth, cast.mira, None)
    alone = save_absence(Absence(person=cast.kofi, starts_at=NOW, ends_at=NOW + DAY), actor=None)
    with pytest.raises(Refused) as no:
        bulk.move_to_substitute(alone, actor=cast.ruth)
    assert no.value.code == "no_substitute"


def test_a_verb_given_in_words(cast: Any) -> None:
    """Opening through the dataclass, as pages and programs do, with the version at hand."""
    version = cast.permit.versions.get()
    request = Request(title="Stall", labels=("market",), subject_ref="x" * 99)
    task = open_task(request, procedure=cast.permit, department=cast.permits, actor=None, version=version)
    assert task.version == version and task.subject_ref == "x" * 80 and task.labels.get().name == "market"
