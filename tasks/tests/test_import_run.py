"""Work from a file: what comes in, as what, and what a second time changes."""

import datetime as dt

import pytest

from core import clock
from organization.models import Absence, Alias, Department, Membership, OfficeCalendar, Site, User
from organization.setup import save_absence
from records import chain
from records.models import Event, Run
from tasks import tallies
from tasks.finishing import complete
from tasks.models import Involvement, Procedure, Task
from tasks.opening import Request, open_task
from tasks.tests import factories as make
from tasks.tests.coming_in import MAPPING, bring, checksums, row, text_of
from tasks.transitions import claim

UTC = dt.UTC
BEFORE = dt.date(2024, 1, 1)
DERIVED = {"id", "external_reference", "subject_ref"}

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def facts_of(task):
    values = {field.attname: getattr(task, field.attname) for field in Task._meta.concrete_fields}
    return {name: value for name, value in values.items() if name not in DERIVED}


def history_of(task):
    events = Event.objects.filter(task_id=task.pk).select_related("payload").order_by("id")
    told = ("verb", "occurred_at", "actor_id", "origin", "from_state", "to_state", "department_id")
    return [(*(getattr(event, name) for name in told), event.payload.body) for event in events]


def test_finished_work_comes_in_with_its_history_at_its_real_instants(cast):
    before = clock.now()
    run = bring(text_of(row(1)))
    task = Task.objects.get(external_source="old-office", external_reference="old-1")
    done_at = dt.datetime(2024, 3, 5, 10, 30, tzinfo=UTC)
    assert (task.state, task.assignee, task.department, task.procedure) == (
        "done",
        cast.mira,
        cast.permits,
        cast.permit,
    )
    assert (task.opened_at, task.claimed_at, task.closed_at) == (
        dt.datetime(2024, 3, 4, 9, tzinfo=UTC),
        done_at,
        done_at,
    )
    assert task.due_at == dt.datetime(2024, 3, 8, 16, tzinfo=UTC) and not task.due_from_target
    assert task.subject_ref == "case-1" and [label.name for label in task.labels.all()] == ["Desk"]
    events = list(Event.objects.filter(task_id=task.pk).order_by("id"))
    assert [(event.verb, event.actor, event.origin) for event in events] == [
        ("open", None, "import"),
        ("claim", cast.mira, "import"),
        ("complete", cast.mira, "import"),
    ]
    assert [event.occurred_at for event in events] == [task.opened_at, done_at, done_at]
    assert all(event.recorded_at >= before for event in events)
    assert run.result == {"opened": 0, "finished": 1, "already": 0, "rejected": 0, "made": {}}
    assert not tallies.wrong_tallies() and not chain.verify().problems


def test_a_batch_writes_what_the_verbs_write(cast):
    """The lean way of an import leaves the very rows, events, involvement and backlog of the verbs one by one."""
    bring(text_of(row(1), row(2, until=""), row(3, who="Kofi Adjei", due="")))
    with_batch = list(Task.objects.order_by("id"))
    instants = [dt.datetime(2024, 3, 4, 9, tzinfo=UTC), dt.datetime(2024, 3, 5, 10, 30, tzinfo=UTC)]
    from records import events

    with events.origin("import"):
        for number, person in ((1, cast.mira), (2, None), (3, cast.kofi)):
            request = Request(
                title="Permit check",
                due_at=None if number == 3 else dt.datetime(2024, 3, 8, 16, tzinfo=UTC),
                labels=("Desk",),
                external_source="old-office",
                external_reference=f"one-{number}",
            )
            task = open_task(
                request, procedure=cast.permit, department=cast.permits, actor=None, occurred_at=instants[0]
            )
            if person:
                claim(task, actor=person, occurred_at=instants[1])
                complete(task, actor=person, occurred_at=instants[1])
    one_by_one = list(Task.objects.exclude(pk__in=[task.pk for task in with_batch]).order_by("id"))
    for left, right in zip(with_batch, one_by_one, strict=True):
        assert facts_of(left) == facts_of(right)
        assert history_of(left) == history_of(right)
        hands = [list(task.involvements.values_list("person_id", "how", "since")) for task in (left, right)]
        assert hands[0] == hands[1] and len(hands[0]) == (0 if left.state == "open" else 1)
        assert list(left.labels.all()) == list(right.labels.all())
    backlog = tallies.backlog_of([cast.permits.pk])
    assert backlog == tallies.Backlog(2, 30) and not tallies.wrong_tallies()


def test_open_brings_everything_in_open_and_nobodys(cast):
    run = bring(text_of(row(1), row(2, who="Nobody Known"), row(3, due="2024-03-08")), open_all=True)
    tasks = list(Task.objects.order_by("external_reference"))
    assert {(task.state, task.assignee_id, task.closed_at) for task in tasks} == {("open", None, None)}
    assert tasks[0].due_at == dt.datetime(2024, 3, 8, 16, tzinfo=UTC) and not tasks[0].due_is_date
    assert tasks[2].due_is_date and tasks[2].due_at == dt.datetime(2024, 3, 8, 17, tzinfo=UTC)
    assert run.result["opened"] == 3 and not User.objects.filter(name="Nobody Known").exists()
    assert not Involvement.objects.filter(task__in=tasks).exists()


def test_work_finished_before_it_was_opened_is_opened_then(cast):
    bring(text_of(row(1, **{"from": "2024-03-20 09:00+00:00"}), row(2, **{"from": ""})))
    for task in Task.objects.all():
        assert task.opened_at == task.closed_at == dt.datetime(2024, 3, 5, 10, 30, tzinfo=UTC)


def test_a_second_import_changes_nothing(cast):
    text = text_of(row(1), row(2, who="test"), row(3, who="TEST", where="Elsewhere", what="Another thing"))
    bring(text, create_missing=True)
    before = checksums()
    for options in ({"create_missing": True}, {"create_missing": True, "open_all": True}, {}):
        run = bring(text, **options)
        assert checksums() == before
        assert run.result["already"] == 3 and run.result["made"] == {}
    assert set(before) >= {"tasks_task", "records_event", "organization_alias", "tasks_label", "records_attachment"}


def test_history_is_not_refused_by_today(cast):
    """Away, full, and no longer certified today: the work was done all the same. Membership of that day is asked."""
    save_absence(
        Absence(person=cast.mira, starts_at=clock.now() - dt.timedelta(1), ends_at=clock.now() + dt.timedelta(1)),
        actor=None,
    )
    Membership.objects.filter(person=cast.mira).update(cap=1)
    claim(make.task(cast.permits, cast.permit), actor=cast.kofi)
    make.procedure("Fire safety", requires=[(make.qualification("Fire"), 1)])
    early = "2019-12-30 10:00+00:00"
    run = bring(text_of(row(1, what="Fire safety"), row(2), row(3, **{"from": early, "until": early})))
    assert run.result["finished"] == 2
    (reject,) = run.rejects.all()
    assert (reject.line, reject.column) == (4, "who") and "no member of Permits on 2019-12-30" in reject.reason


def test_who_left_since_did_their_work_then(cast):
    Membership.objects.filter(person=cast.mira).update(starts_on=BEFORE, ends_on=dt.date(2024, 3, 5))
    later = "2024-03-06 00:30+00:00"
    run = bring(text_of(row(1), row(2, until=later)))
    assert run.result["finished"] == 1 and run.rejects.get().line == 3


def test_missing_ones_are_made_once_and_make_sense(cast):
    text = text_of(
        row(1, where="Parks & Trees", who="test", what="Felling"),
        row(2, where="Parks & Trees", who="TEST", what="felling "),
        row(
            3,
            where="Parks, Trees",
            what="Felling",
            who="ann@parks.example",
            **{"from": "2023-05-01 23:30+00:00", "until": "2023-05-01 23:40+00:00"},
        ),
    )
    run = bring(text, create_missing=True, mapping=MAPPING | {"site": "Depot"})
    assert run.result["made"] == {"people": 3, "departments": 2, "procedures": 1, "memberships": 3}
    parks, trees = Department.objects.filter(site__name="Depot").order_by("id")
    assert [parks.code, trees.code] == ["PARKSTRE", "PARKSTR2"]
    assert Site.objects.get(name="Depot").time_zone == "Europe/Dublin"
    windows = OfficeCalendar.objects.get(pk=parks.calendar_id).windows.all()
    assert {window.weekday for window in windows} == set(range(5))
    people = User.objects.filter(aliases__source="old-office").order_by("id")
    assert [(one.name, one.email) for one in people] == [
        ("test", "test@import.invalid"),
        ("TEST", "test-2@import.invalid"),
        ("ann", "ann@parks.example"),
    ]
    assert not any(one.has_usable_password() or one.is_admin for one in people)
    # 23:40 UTC on the first is the second of May in Dublin's summer; the membership begins the day before.
    ann = Membership.objects.get(person=people[2])
    assert (ann.department, ann.starts_on, ann.ends_on) == (trees, dt.date(2023, 5, 1), None)
    assert Procedure.objects.filter(folded_name="felling").count() == 1
    assert [task.assignee.name for task in Task.objects.order_by("id")] == ["test", "TEST", "ann"]
    assert Event.objects.filter(verb="add", subject_kind="person", origin="import").count() == 3


def test_an_office_without_the_mappings_zone_uses_its_own(cast, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    mapping = {key: value for key, value in MAPPING.items() if key != "time_zone"} | {"site": "Depot"}
    bring(
        text_of(row(1, where="Depot", what="General duty", until="2024-03-05 10:00")),
        create_missing=True,
        mapping=mapping,
    )
    assert Site.objects.get(name="Depot").time_zone == "Asia/Tokyo"
    assert Task.objects.get().closed_at == dt.datetime(2024, 3, 5, 1, tzinfo=UTC)


def test_an_office_keeps_its_rights_when_its_people_are_named(cast):
    """Somebody of the office who worked elsewhere gets the days of that work, not a membership for good."""
    run = bring(text_of(row(1, where="Archive", what="General duty"), row(2)), create_missing=True)
    assert run.result["finished"] == 2 and run.result["made"] == {"memberships": 1}
    added = Membership.objects.get(person=cast.mira, department=cast.archive)
    assert (added.starts_on, added.ends_on) == (dt.date(2024, 3, 4), dt.date(2024, 3, 5))
    bring(text_of(row(3, where="Archive", what="General duty", who="Kofi Adjei")), create_missing=True, open_all=True)
    assert not Membership.objects.filter(person=cast.kofi, department=cast.archive).exists()


def test_names_are_matched_by_alias_address_and_folded_name(cast):
    Alias.objects.create(source="old-office", kind="person", name="R7", person=cast.kofi)
    Alias.objects.create(source="another", kind="person", name="R8", person=cast.kofi)
    Alias.objects.create(source="old-office", kind="department", name="Dept 1", department=cast.permits)
    rows = [
        row(1, who="R7", where="Dept 1"),
        row(2, who=cast.mira.email.upper()),
        row(3, who="  mírA   hOLT ", where="PERMITS"),
        row(4, who="R8"),
    ]
    run = bring(text_of(*rows))
    assert [task.assignee for task in Task.objects.order_by("id")] == [cast.kofi, cast.mira, cast.mira]
    assert run.rejects.get().line == 5
    # What matched keeps its meaning when it is called otherwise.
    cast.permits.name = "Licences"
    cast.permits.save()
    assert bring(text_of(row(5, where="PERMITS"))).result["finished"] == 1


def test_a_name_that_several_have_is_not_guessed(cast):
    make.person("Mira Holt")
    run = bring(text_of(row(1)), create_missing=True)
    reject = run.rejects.get()
    assert reject.column == "who" and "alias" in reject.reason
    assert User.objects.filter(name="Mira Holt").count() == 2


def test_rules_of_the_procedure_hold_for_imports(cast):
    """One door: review, veto and the departments of a procedure refuse a row as they refuse anybody."""
    make.procedure("Stepped", steps=[{"key": "a", "instruction": "Do it"}])
    rows = [
        row(1, what="Decision letter"),
        row(2, what="Letter"),
        row(3, what="Stepped"),
        row(4, where="Archive", who="Otto Weiss"),
        row(5),
    ]
    run = bring(text_of(*rows))
    assert {reject.line for reject in run.rejects.all()} == {2, 3, 4, 5}
    assert [task.external_reference for task in Task.objects.all()] == ["old-5"]
    assert not Event.objects.filter(verb="open", origin="import").exclude(task_id=Task.objects.get().pk).exists()


def test_a_run_that_fails_says_why(cast):
    run = bring(text_of(row(1)))
    Run.objects.filter(pk=run.pk).update(state="queued", parameters=run.parameters | {"file": 0})
    from records import runs

    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED and run.error
