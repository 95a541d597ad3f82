"""The demo office: what is in it, that its history holds, and that it is alive when the page opens."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.test import Client, override_settings
from django.urls import reverse

from backoffice.demo import history, kept, load
from backoffice.demo.people import SIGN_INS
from backoffice.demo.taken_in import OutOfDate, Reader
from core import clock
from organization.models import Absence, Department, Site, User
from records import chain
from records.models import Attachment, Event
from tasks import tallies
from tasks.models import Comment, Procedure, ProcedureVersion, Step, Task
from tasks.next import take_next
from tasks.states import UNFINISHED, State

# A Wednesday morning in Dublin, three days after the clocks went forward there and weeks after they did in Halifax.
NOW = dt.datetime(2027, 3, 31, 9, 42, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The office, loaded for real and emptied afterwards; the clock stands at NOW."""
    with django_db_blocker.unblock(), clock.at(NOW):
        load.load(NOW, lambda text: None)
        try:
            yield
        finally:
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


def person(kind: str) -> User:
    return User.objects.get(email=f"{kind}@demo.example")


def test_the_office_is_whole(demo: None) -> None:
    assert Site.objects.values("time_zone").distinct().count() == 3
    assert Site.objects.exclude(country="").values("country").distinct().count() == 3
    assert Department.objects.count() == 8
    assert max(len(row.lineage) for row in Department.objects.all()) == 3
    assert User.objects.count() == 40 and User.objects.filter(is_active=False).count() == 1
    assert all(email.endswith(".example") for email in User.objects.values_list("email", flat=True))
    assert Procedure.objects.count() == 12
    for fact in ({"open_to_requests": True}, {"closed_by_subject": True}, {"departments": None}):
        assert Procedure.objects.filter(**fact).exists(), fact
    assert set(Step.objects.values_list("value_kind", flat=True)) == set(Step.Value.values)
    versions = ProcedureVersion.objects
    assert versions.filter(stage="published", wants_review=True).count() == 3
    assert versions.filter(stage="draft").exists() and versions.filter(stage="retired").exists()
    assert 3_000 <= Task.objects.count() <= 5_500


def test_the_year_has_everything_in_it(demo: None) -> None:
    verbs = Counter(Event.objects.filter(task_id__isnull=False).values_list("verb", flat=True))
    for verb in ("next", "claim", "assign", "wait", "resume", "hand_off", "release", "take_over", "reopen", "cancel"):
        assert verbs[verb], verb
    for verb in ("submit", "approve", "send_back", "undo", "edit", "comment", "attach", "become_ready", "recompute"):
        assert verbs[verb], verb
    done = Task.objects.filter(state=State.DONE)
    late = [row for row in done.values_list("closed_at", "due_at") if row[0] > row[1]]
    assert 0.03 < len(late) / done.count() < 0.25
    assert Task.objects.filter(confidential=True).exists() and Task.objects.filter(labels__isnull=False).exists()
    texts = Comment.objects.values_list("text", flat=True)
    assert len(set(texts)) > 300 and not any("lorem" in text.lower() for text in texts)
    assert Attachment.objects.values("blob__media_type").distinct().count() >= 3
    assert Event.objects.earliest("occurred_at").occurred_at < NOW - dt.timedelta(days=360)
    overridden = Event.objects.filter(verb="assign", payload__body__has_key="override")
    assert overridden.exists() and Event.objects.filter(on_behalf_of__isnull=False).exists()


def test_history_and_counts_hold(demo: None) -> None:
    report = chain.verify()
    assert report.problems == [] and report.events + report.unsealed == Event.objects.count()
    assert tallies.wrong_tallies() == []
    last = Event.objects.filter(task_id=OuterRef("pk")).order_by("-pk")
    told = Task.objects.annotate(told=Subquery(last.values("to_state")[:1]), body=Subquery(last.values("pk")[:1]))
    assert [row.pk for row in told if row.told != row.state] == []
    state: dict[int, str] = {}
    for task_id, before, after in (
        Event.objects.filter(task_id__isnull=False).order_by("pk").values_list("task_id", "from_state", "to_state")
    ):
        assert state.get(task_id, "") == before, task_id
        state[task_id] = after


def test_nobody_works_at_night(demo: None) -> None:
    zones = {row.pk: row.site.zone for row in Department.objects.select_related("site")}
    # What is handed off belongs to the place it went to, so its clock is another one.
    events = Event.objects.filter(task_id__isnull=False, actor__isnull=False).exclude(verb="hand_off")
    for instant, department_id, verb in events.values_list("occurred_at", "department_id", "verb"):
        local = instant.astimezone(zones[department_id])
        assert instant <= NOW and local.weekday() < 5 and 6 <= local.hour < 20, (verb, local)
    for task in Task.objects.filter(state__in=UNFINISHED, due_from_target=True).select_related("department__site"):
        due = task.due_at.astimezone(task.department.site.zone)
        assert due.weekday() < 5 and dt.time(8) <= due.time() <= dt.time(17, 15), (task, due)


def test_holidays_of_the_last_days_are_kept(demo: None) -> None:
    """On Good Friday (26 March 2027) Ireland works; on Easter Monday Nova Scotia does."""
    place = dict(Department.objects.values_list("pk", "site__name"))
    for day, open_there in ((dt.date(2027, 3, 26), "Brookmere Hall"), (dt.date(2027, 3, 29), "Saltern Quay")):
        done = Event.objects.filter(verb="complete", occurred_at__date=day).values_list("department_id", flat=True)
        assert {place[pk] for pk in done} == {open_there}
    assert load.end_of_the_kept(NOW).date() < dt.date(2027, 3, 26)


def test_the_desk_of_the_assistant(demo: None) -> None:
    desk = Task.objects.mine(person("assistant"))
    assert Counter(desk.values_list("state", flat=True)) == {"open": 6, "in_progress": 1, "waiting": 1, "in_review": 1}
    begun = desk.get(state=State.IN_PROGRESS)
    assert begun.step_runs.filter(marked_at__isnull=False).count() == 2
    assert begun.version.steps.count() == 6
    assert desk.filter(due_at__lt=NOW).count() == 1
    assert desk.filter(due_at__gt=NOW, due_at__date=NOW.date()).count() >= 3
    with transaction.atomic():
        assert take_next(actor=person("assistant")).task.pk == begun.pk
        transaction.set_rollback(True)


def test_the_department_of_the_manager(demo: None) -> None:
    permits = Department.objects.get(code="PER")
    assert permits.pk in person("manager").standing.managed
    assert 34 <= Task.objects.free().filter(department=permits).count() <= 48
    held = Task.objects.unfinished().filter(department=permits, assignee__isnull=False)
    loads = [row["n"] for row in held.values("assignee").annotate(n=Count("pk")).order_by("n")]
    assert len(loads) >= 6 and loads[-1] >= 3 * loads[0]
    away = Absence.objects.at(NOW).get(person__name="Greta Lindqvist")
    assert away.substitute.name == "Ines Duarte"
    assert held.filter(assignee=away.person).count() == 3
    overdue = Task.objects.overdue().filter(department=permits).count()
    assert 1 <= overdue <= 20


def test_what_the_colleague_asked_for(demo: None) -> None:
    colleague = person("colleague")
    assert not colleague.standing.departments and not colleague.is_admin
    asked = Task.objects.asked_by(colleague).filter(opened_at__gt=NOW - dt.timedelta(days=10))
    assert {"done", "waiting", "open", "in_progress"} <= set(asked.values_list("state", flat=True))
    assert Comment.objects.filter(task__in=asked, for_requester=True).exists()


def test_the_four_sign_in_and_nobody_else(demo: None) -> None:
    for row in User.objects.all():
        assert row.has_usable_password() == (row.email in SIGN_INS), row
        assert not row.has_usable_password() or row.check_password(load.PASSWORD)
    for email in SIGN_INS:
        client = Client()
        client.post(reverse("account_login"), {"login": email, "password": load.PASSWORD})
        assert client.get(reverse("home"), follow=True).status_code == 200
        assert client.session["_auth_user_id"]
    assert person("admin").is_admin


def test_a_second_time_it_is_refused(demo: None) -> None:
    with pytest.raises(CommandError, match="not empty"):
        call_command("load_demo")
    out = StringIO()
    call_command("load_demo", if_empty=True, stdout=out)
    assert "was not loaded" in out.getvalue()


def test_what_is_kept_comes_back_the_same(demo: None, tmp_path: Path) -> None:
    end = load.end_of_the_kept(NOW)
    assert kept.write(end, tmp_path / "office.xz") < 2 * 1024 * 1024
    reader = Reader(end, tmp_path / "office.xz")
    for model in kept.kept_models():
        fields = [field for field in kept.columns_of(model) if not field.has_db_default()]
        names = [field.attname for field in fields]
        there = list(model._base_manager.order_by("pk").values(*names))
        restored = [{name: row[name] for name in names} for row in reader.restored(model)]
        assert [{k: plain(v) for k, v in row.items()} for row in there] == [
            {k: plain(v) for k, v in row.items()} for row in restored
        ], model


def plain(value: Any) -> str:
    return str(value)


@pytest.mark.django_db
@override_settings(DEBUG=False, DEMO=False)
def test_it_is_refused_in_production() -> None:
    with pytest.raises(CommandError, match="not for production"):
        call_command("load_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_file_without_a_column_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(load.saturday(NOW))
    del reader.tables["tasks.Task"]["opened_at"]
    with pytest.raises(OutOfDate, match="make demo-data"):
        reader.take_in()


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23T09:00", "2026-11-14"),  # Monday morning: all of last week is lived through
        ("2026-11-24T20:00", "2026-11-21"),  # Tuesday evening: two working days
        ("2026-11-27T12:00", "2026-11-21"),
        ("2026-11-28T03:00", "2026-11-21"),  # Saturday night
        ("2026-12-28T12:00", "2026-12-19"),  # between the years few days are worked
        ("2027-01-04T12:00", "2026-12-26"),
    ],
)
def test_where_the_kept_year_ends(now: str, end: str) -> None:
    instant = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert load.end_of_the_kept(instant).date().isoformat() == end


@pytest.mark.django_db
def test_a_week_is_lived_twice_the_same() -> None:
    def week() -> list[Any]:
        with transaction.atomic():
            world = history.live_a_year(load.saturday(NOW), weeks=1)
            told = list(Event.objects.order_by("pk").values_list("occurred_at", "verb", "actor__name", "to_state"))
            titles = list(Task.objects.order_by("pk").values_list("title", "state", "assignee__name", "due_at"))
            assert tallies.wrong_tallies() == [] and len(titles) > 40
            assert sum(world.agenda.refused.values()) < len(told) / 20
            transaction.set_rollback(True)
        return [told, titles]

    assert week() == week()
    assert connection.in_atomic_block
