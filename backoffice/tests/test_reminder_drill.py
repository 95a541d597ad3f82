"""The drill of reminders: real workers killed each second, a broker emptied, two beats, an outage of three days."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from types import SimpleNamespace

import pytest
import redis
from django.db.models import F
from django.utils import timezone

from launch.processes import wait_until
from launch.testing import Background, Broker, running_background
from organization.models import CalendarWindow, Notice, NoticeHours
from organization.setup import save_calendar
from records.models import Event, Outgoing
from tasks import invariants, transitions
from tasks.alarms import moments
from tasks.models import Reminder, Task
from tasks.procedures import save_procedure
from tasks.tests import factories as make
from tasks.tests.cast import gather

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECONDS = 25
TASKS = 240


@pytest.fixture
def office(transactional_db: None) -> SimpleNamespace:
    """The cast in an office that never closes: working time is time."""
    office = gather()
    windows = [CalendarWindow(weekday=day, start=dt.time(0), end=dt.time(0)) for day in range(7)]
    save_calendar(office.permits.calendar, actor=None, windows=windows, closures=[])
    permit = office.permit
    permit.standard_minutes, permit.remind_minutes, permit.escalate_minutes = 1, 2, 3
    save_procedure(permit, actor=None)
    return office


def ripe(office: SimpleNamespace) -> None:
    """Work one after the other: a third is mira's and due soon, a third hers and overdue, a third nobody's."""
    start = timezone.now() + dt.timedelta(seconds=8)
    for number in range(TASKS):
        lead = dt.timedelta(minutes=2 if number % 3 == 0 else 0)
        task = make.task(office.permits, office.permit, due_at=start + lead + dt.timedelta(seconds=number * 0.05))
        if number % 3 < 2:
            transitions.claim(task, actor=office.mira)


def kill(background: Background) -> int:
    killed = 0
    for pid in background.children("worker"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed


def silent() -> bool:
    """Nothing is left to say, nor a notice whose mail is due."""
    now = timezone.now()
    due = Task.objects.filter(alarm_at__lte=now).exists()
    return not due and not Notice.objects.filter(mail_at__lte=now).exists()


def check_each_once() -> None:
    """Each moment that passed stands there once; each that was said was told once to each it concerns."""
    now = timezone.now()
    kept = Counter(Reminder.objects.values_list("task_id", "kind", "due_at"))
    assert set(kept.values()) == {1}
    for task in Task.objects.select_related("department__site", "department__calendar", "procedure").order_by("pk"):
        passed = {kind for kind, at in moments(task) if task.opened_at < at <= now}
        assert {kind for pk, kind, _due in kept if pk == task.pk} == passed, task
        said = set(task.reminders.filter(superseded=False).values_list("kind", flat=True))
        keys = Notice.objects.filter(subject_id=task.pk).values_list("key", flat=True)
        assert {key.partition(":")[0] for key in keys} == said, task
    assert Notice.objects.count() == Notice.objects.values("person", "key").distinct().count()
    escalated = Reminder.objects.filter(kind="escalated").count()
    assert Event.objects.filter(verb="escalate").count() == escalated, "a priority rose twice, or not at all"
    assert not list(invariants.wrong_alarms())
    mailed = Notice.objects.exclude(mailed_at=None).count()
    lines = sum(row.text.count("\n- ") for row in Outgoing.objects.filter(owner_kind="notices"))
    assert lines == mailed, "a notice stands in two mails or in none"
    assert Outgoing.objects.count() == Outgoing.objects.values("key").distinct().count()


def three_days_pass() -> None:
    """An outage as its rows tell it: every time of the office lies three days further back, and nobody worked."""
    days = dt.timedelta(days=3)
    for model, names in (
        (Task, ("opened_at", "due_at", "start_by", "urgent_at", "alarm_at")),
        (Reminder, ("due_at", "moment", "said_at")),
        (Notice, ("written_at", "mail_at", "mailed_at")),
        (NoticeHours, ("mailed_at",)),
    ):
        model.objects.update(**{name: F(name) - days for name in names})


def test_each_reminder_once_whatever_happens(office: SimpleNamespace, broker: Broker) -> None:
    killed = 0
    with running_background(broker.url) as first, running_background(broker.url) as second:
        ripe(office)
        with redis.Redis.from_url(broker.url) as client:
            for step in range(16):
                time.sleep(1)
                killed += kill(first if step % 2 else second)
                if step % 4 == 1:
                    client.flushall()
    assert killed >= 8
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"due_soon", "overdue"}, "not much of a storm"
    three_days_pass()
    with running_background(broker.url) as first, running_background(broker.url):
        assert wait_until(silent, seconds=SECONDS, every=0.5), first.log.read_text(encoding="utf-8")[-3000:]
        time.sleep(2.5)  # ticks of both beats go on
    assert Reminder.objects.filter(kind="escalated", superseded=False).count() == TASKS
    check_each_once()
