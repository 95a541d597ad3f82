"""Background jobs with real workers: what is due is done, once, whatever is killed or forgotten meanwhile."""

from __future__ import annotations

import datetime as dt
import email
import os
import signal
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.test import Client
from django.utils import timezone

from backoffice import health
from core import clock
from launch.processes import wait_until
from launch.testing import Background, Broker, running_background, second_connection
from records import outgoing, runs
from records.models import Event, Heartbeat, Outgoing, Run
from tasks import transitions
from tasks.models import Task
from tasks.states import State
from tasks.tests import factories as make
from tasks.tests.cast import gather

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECONDS = 20


def soon(check: Callable[[], Any], background: Background) -> None:
    """Wait until `check` holds, else fail with what the workers said."""
    assert wait_until(check, seconds=SECONDS, every=0.1), background.log.read_text(encoding="utf-8")[-3000:]


@pytest.fixture
def office(transactional_db: None) -> SimpleNamespace:
    return gather()


def state_of(task: Task) -> str:
    return str(Task.objects.values_list("state", flat=True).get(pk=task.pk))


def count(task: Task, verb: str) -> int:
    return Event.objects.filter(task_id=task.pk, verb=verb).count()


def kill_children(background: Background) -> int:
    """Kill -9 whatever runs jobs now; how many there were."""
    killed = 0
    for pid in background.children("worker"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed


def due_tasks(office: SimpleNamespace, seconds: float = 1) -> tuple[Task, Task]:
    """One that opens and one that goes on, both in a moment."""
    at = timezone.now() + dt.timedelta(seconds=seconds)
    planned = make.task(office.permits, office.permit, ready_at=at)
    waiting = transitions.claim(make.task(office.permits, office.permit), actor=office.mira)
    transitions.wait(waiting, actor=office.mira, kind="later", reason="not yet", until=at)
    return planned, waiting


def came(planned: Task, waiting: Task) -> bool:
    return (state_of(planned), state_of(waiting)) == (State.OPEN, State.IN_PROGRESS)


def test_the_clock_opens_and_resumes_once_even_with_two_beats(office: SimpleNamespace, broker: Broker) -> None:
    with running_background(broker.url) as first, running_background(broker.url):
        planned, waiting = due_tasks(office)
        soon(lambda: came(planned, waiting), first)
        soon(lambda: Heartbeat.objects.filter(name="worker").exists(), first)
        time.sleep(2.5)  # ticks of both beats go on
    assert (count(planned, "become_ready"), count(waiting, "resume")) == (1, 1)
    event = Event.objects.get(task_id=waiting.pk, verb="resume")
    assert (event.actor_id, event.origin) == (None, "job")


def test_a_broker_that_forgot_everything_loses_nothing(office: SimpleNamespace, broker: Broker) -> None:
    with running_background(broker.url) as background:
        planned, waiting = due_tasks(office, seconds=2)
        Outgoing.objects.all().delete()
        with redis.Redis.from_url(broker.url) as client:
            for _again in range(10):
                client.flushall()
                time.sleep(0.2)
        soon(lambda: came(planned, waiting), background)
    assert (count(planned, "become_ready"), count(waiting, "resume")) == (1, 1)


class Letters(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given, slowly enough to be cut off while it takes it."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.kept: list[str] = []


class Talk(socketserver.StreamRequestHandler):
    """SMTP (RFC 5321) as far as sending one message needs it."""

    server: Letters

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.say("220 ready")
        with suppress(OSError):
            while line := self.rfile.readline().decode().strip().upper():
                if line == "DATA":
                    self.say("354 go on")
                    self.server.kept.append(self.message())
                    time.sleep(0.15)
                self.say("221 bye" if line == "QUIT" else "250 ok")

    def message(self) -> str:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        return "".join(lines)


@contextmanager
def letters() -> Iterator[Letters]:
    with Letters() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_mail_keeps_its_identity_while_workers_are_killed(
    office: SimpleNamespace, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with letters() as server:
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.server_address[1]}")
        with running_background(broker.url) as background:
            for number in range(20):
                outgoing.queue_mail(key=f"letter {number}", to="cleo@office.example", subject=f"L{number}", text="x")
            killed = sum(kill_children(background) for _second in range(4) if not time.sleep(1))
            # What a killed worker held comes back when its lease is over: two minutes, by the rows' own times.
            past = timezone.now() - dt.timedelta(seconds=1)

            def all_sent() -> bool:
                Outgoing.objects.filter(state="due").update(lease_until=None, due_at=past)
                return not Outgoing.objects.exclude(state="sent").exists()

            assert wait_until(all_sent, seconds=SECONDS, every=4), background.log.read_text(encoding="utf-8")[-3000:]
    got = [email.message_from_string(text) for text in server.kept]
    by_subject: dict[str, Counter[str]] = {}
    for message in got:
        by_subject.setdefault(message["Subject"], Counter())[message["Message-ID"]] += 1
    assert set(by_subject) == {f"L{number}" for number in range(20)}
    assert all(len(identities) == 1 for identities in by_subject.values()), "another identity at another try"
    assert len({message["Message-ID"] for message in got}) == 20
    assert len(got) <= 20 + killed, "more doubles than workers cut off while they sent"


def test_a_run_goes_on_after_its_worker_was_killed(office: SimpleNamespace, broker: Broker) -> None:
    tasks = [make.task(office.permits, office.permit) for _number in range(60)]
    Task.objects.update(clock_key="from other hours")
    with running_background(broker.url) as background:
        with second_connection() as other:
            # The last task is held fast, so that the run is killed in its midst.
            other.cursor().execute("SELECT 1 FROM tasks_task WHERE id = %s FOR UPDATE", [tasks[-1].pk])
            runs.ask("tasks.recompute", actor=office.ada, parameters={"departments": [office.permits.pk]})
            soon(lambda: Task.objects.exclude(clock_key="from other hours").count() == len(tasks) - 1, background)
            assert kill_children(background)

        def done() -> bool:
            Run.objects.filter(state="running").update(lease_until=timezone.now() - dt.timedelta(seconds=1))
            return Run.objects.filter(state="done").exists()

        assert wait_until(done, seconds=SECONDS, every=3), background.log.read_text(encoding="utf-8")[-3000:]
    assert Run.objects.get().attempts >= 2, "it was not cut off"
    assert not Task.objects.filter(clock_key="from other hours").exists()
    assert Event.objects.filter(verb="recompute", task_id__in=[task.pk for task in tasks]).count() == len(tasks)


def test_the_long_queue_is_looked_at_by_itself(office: SimpleNamespace, broker: Broker, settings: Any) -> None:
    """Its worker is away: nothing piles up, /health/ says so; it comes: all is well, with no run to do."""
    settings.REDIS_URL = broker.url

    def failing() -> set[str]:
        checks = Client().get("/health/").json()["checks"]
        return {name for name, check in checks.items() if not check["ok"]}

    with running_background(broker.url, queues="quick,mail") as background:
        soon(lambda: failing() == {"long"}, background)
        time.sleep(5)
        with redis.Redis.from_url(broker.url) as client:
            assert client.llen("long") == 1, "one that waits is enough"
        with running_background(broker.url, queues="long", beat=False) as other:
            soon(lambda: failing() == set(), other)


def test_a_run_at_work_is_a_sign_of_life(office: SimpleNamespace) -> None:
    run = runs.ask("tasks.recompute", actor=None, parameters={"departments": []})
    runs.hand_over(1)
    runs.perform(run.pk)
    taken = Heartbeat.objects.get(name="long").at
    with second_connection() as other:
        other.cursor().execute("SELECT 1 FROM records_heartbeat WHERE name = 'long' FOR UPDATE")
        runs.progress(Run.objects.get(pk=run.pk), done=1)  # does not wait
        assert Heartbeat.objects.get(name="long").at == taken
    runs.progress(Run.objects.get(pk=run.pk), done=2)
    assert Heartbeat.objects.get(name="long").at > taken


def test_a_worker_that_is_deaf_fails_the_look_at_health(office: SimpleNamespace, broker: Broker, settings: Any) -> None:
    settings.REDIS_URL = broker.url
    with running_background(broker.url) as background:
        soon(lambda: Client().get("/health/").status_code == 200, background)
        pids = [background.processes["worker"].pid, *background.children("worker")]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(2)
        last = Heartbeat.objects.get(name="worker").at
        time.sleep(2)
        assert Heartbeat.objects.get(name="worker").at == last, "a stopped worker went on"
        # Its silence as it will be in two minutes, while the schedule beats on.
        Heartbeat.objects.filter(name="worker").update(at=last - dt.timedelta(seconds=health.STALE_SECONDS))
        answer = Client().get("/health/")
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        assert answer.status_code == 503
        failing = {name for name, check in answer.json()["checks"].items() if not check["ok"]}
        assert failing == {"worker"}
        assert health.STALE_SECONDS < 180
        soon(lambda: Client().get("/health/").status_code == 200, background)
    assert clock.shifted() is None
