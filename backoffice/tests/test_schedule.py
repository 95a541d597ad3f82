"""Beat, the worker and their broker: what is sent where, and how they survive an outage."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from django.db import connection, connections
from kombu import Connection

from backoffice import schedule
from backoffice.celery import LONG_SECONDS, QUEUES, QUICK_SECONDS, app, broker_url
from launch.processes import wait_until
from launch.testing import Background, Broker
from records.models import Heartbeat


@contextmanager
def client_of(broker: Broker) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(broker.url) as client:
        yield client


@contextmanager
def connection_to(broker: Broker) -> Iterator[Connection]:
    with app.connection_for_write(broker_url(broker.url)) as link:
        yield link


@pytest.mark.parametrize(
    ("url", "celerys"),
    [
        ("redis://broker.example:6379/2", "redis://broker.example:6379/2"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
    ],
)
def test_the_url_of_a_socket_is_written_as_celery_reads_it(url: str, celerys: str) -> None:
    assert broker_url(url) == celerys


@pytest.mark.parametrize("by_key", [False, True], ids=["by name", "by key"])
@pytest.mark.parametrize("queue", QUEUES)
def test_a_message_reaches_its_queue_and_no_other(broker: Broker, queue: str, by_key: bool) -> None:
    way = {"exchange": queue, "routing_key": queue} if by_key else {"queue": queue}
    with connection_to(broker) as link, client_of(broker) as client:
        for each in QUEUES:  # as three workers would declare them
            app.amqp.queues[each](link.default_channel).declare()
        app.send_task("backoffice.records.tick", connection=link, **way)
        assert {each: client.llen(each) for each in QUEUES} == {each: int(each == queue) for each in QUEUES}


def test_jobs_have_names_of_their_own() -> None:
    app.loader.import_default_modules()
    names = [name for name in app.tasks if not name.startswith("celery.")]
    assert "backoffice.records.tick" in names
    assert [name for name in names if not re.fullmatch(r"backoffice\.[a-z]+\.[a-z]+(_[a-z]+)*", name)] == []


def test_only_jobs_of_the_long_queue_may_take_an_hour() -> None:
    app.loader.import_default_modules()
    limits = {name: app.tasks[f"backoffice.records.{name}"].time_limit for name in ("tick", "deliver_outgoing")}
    assert limits == {"tick": QUICK_SECONDS, "deliver_outgoing": QUICK_SECONDS}
    assert app.tasks["backoffice.records.perform_run"].time_limit == LONG_SECONDS


@pytest.fixture
def scheduler(broker: Broker) -> schedule.HeartbeatScheduler:
    one = schedule.HeartbeatScheduler(app, Producer=app.amqp.Producer)
    one.connection = app.connection_for_write(broker_url(broker.url))
    return one


def test_ticks_that_nobody_takes_do_not_pile_up(scheduler: schedule.HeartbeatScheduler, broker: Broker) -> None:
    for _ in range(schedule.MOST_WAITING + 5):
        scheduler.apply_entry(scheduler.schedule["tick"], producer=scheduler.producer)
    with client_of(broker) as client:
        assert client.llen("quick") == schedule.MOST_WAITING


def test_a_broker_that_is_gone_does_not_end_beat(scheduler: schedule.HeartbeatScheduler, broker: Broker) -> None:
    scheduler.apply_entry(scheduler.schedule["tick"], producer=scheduler.producer)
    broker.kill()
    scheduler.apply_entry(scheduler.schedule["tick"], producer=scheduler.producer)


@pytest.mark.django_db(transaction=True)
def test_the_sign_of_life_is_written_and_renewed() -> None:
    schedule.beat()
    first = Heartbeat.objects.get(name="schedule").at
    schedule.beat()
    assert Heartbeat.objects.get(name="schedule").at > first


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_does_not_end_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = connection.get_connection_params() | {"host": "127.0.0.1", "port": 1}
    monkeypatch.setattr(type(connections["default"]), "get_connection_params", lambda self: parameters)
    schedule.beat()
    monkeypatch.undo()
    assert not Heartbeat.objects.filter(name="schedule").exists()


def beats_again(seconds: float) -> bool:
    """Tell whether both signs of life are renewed within `seconds` from now."""
    asked = time.time()

    def renewed() -> bool:
        fresh = {row.name for row in Heartbeat.objects.all() if row.at.timestamp() > asked}
        return fresh >= {"worker", "schedule"}

    return wait_until(renewed, seconds=seconds, every=0.1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_and_beat_survive_a_broker_that_freezes_and_a_killed_pool(
    broker: Broker, background: Background
) -> None:
    assert beats_again(20), background.log.read_text(encoding="utf-8")
    broker.freeze()
    asked = time.time()
    time.sleep(3)
    assert Heartbeat.objects.get(name="worker").at.timestamp() < asked + 1.5  # it really stood still
    broker.thaw()
    assert beats_again(20), background.log.read_text(encoding="utf-8")
    for pid in background.children("worker"):
        os.kill(pid, signal.SIGKILL)
    assert beats_again(20), background.log.read_text(encoding="utf-8")
