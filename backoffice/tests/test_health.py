"""/health/ tells the truth within a second, whatever hangs."""

import datetime as dt
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from backoffice import health
from launch.testing import Broker
from records.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)
# One second is the promise; the rest is the machine's other work.
SECONDS = 1.0


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


@pytest.fixture
def healthy(broker: Broker, settings: Any) -> Broker:
    """An office at work: a broker that answers, workers and schedule seen just now."""
    settings.REDIS_URL = broker.url
    for name in health.BEATS:
        seen(name, 0)
    return broker


def seen(name: str, seconds_ago: float) -> None:
    at = timezone.now() - dt.timedelta(seconds=seconds_ago)
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})


def look(client: Client) -> tuple[int, dict[str, Any], float]:
    """Return status, body and seconds of one look at /health/."""
    start = time.monotonic()
    answer = client.get("/health/")
    return answer.status_code, answer.json(), time.monotonic() - start


def failing(body: dict[str, Any]) -> set[str]:
    return {name for name, check in body["checks"].items() if not check["ok"]}


def test_an_office_at_work_is_ok(healthy: Broker, client: Client) -> None:
    seen("worker", 7)
    status, body, _ = look(client)
    assert (status, body["status"]) == (200, "ok")
    assert body["checks"].keys() == {"database", "broker", "worker", "long", "schedule"}
    assert 7 <= body["checks"]["worker"]["age"] < 12
    assert 0 <= body["checks"]["schedule"]["age"] < 5


@pytest.mark.parametrize("name", health.BEATS)
def test_two_minutes_without_a_sign_of_life_is_failing(healthy: Broker, client: Client, name: str) -> None:
    seen(name, health.STALE_SECONDS - 10)
    assert look(client)[0] == 200
    seen(name, health.STALE_SECONDS + 1)
    status, body, _ = look(client)
    assert (status, body["status"], failing(body)) == (503, "failing", {name})


def test_never_seen_is_failing(healthy: Broker, client: Client) -> None:
    Heartbeat.objects.filter(name="worker").delete()
    status, body, _ = look(client)
    assert (status, failing(body)) == (503, {"worker"})
    assert body["checks"]["worker"]["age"] is None


def test_a_heartbeat_from_a_clock_that_runs_ahead_is_fresh(healthy: Broker, client: Client) -> None:
    seen("worker", -30)
    assert look(client)[1]["checks"]["worker"] == {"ok": True, "age": 0.0}


def test_a_broker_that_is_gone_is_failing(healthy: Broker, client: Client) -> None:
    healthy.kill()
    status, body, seconds = look(client)
    assert (status, failing(body)) == (503, {"broker"})
    assert seconds < SECONDS


def test_a_broker_that_froze_is_failing_in_time_and_ok_when_it_is_back(healthy: Broker, client: Client) -> None:
    healthy.freeze()
    status, body, seconds = look(client)
    assert (status, failing(body)) == (503, {"broker"})
    assert seconds < SECONDS
    healthy.thaw()
    assert look(client)[0] == 200


def test_a_broker_that_accepts_and_never_answers_is_failing_in_time(
    healthy: Broker, client: Client, silent: int, settings: Any
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0"
    status, body, seconds = look(client)
    assert (status, failing(body)) == (503, {"broker"})
    assert seconds < SECONDS


def elsewhere(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Let new connections go to `port`; those that exist stay."""
    parameters = connection.get_connection_params() | {"host": "127.0.0.1", "port": port}
    monkeypatch.setattr(type(connections["default"]), "get_connection_params", lambda self: parameters)


def test_a_database_that_accepts_and_never_answers_is_failing_in_time(
    healthy: Broker, client: Client, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch, silent)
    status, body, seconds = look(client)
    assert (status, failing(body)) == (503, {"database", *health.BEATS})
    assert seconds < SECONDS


def test_a_database_that_is_gone_is_failing(
    healthy: Broker, client: Client, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    elsewhere(monkeypatch, port)
    status, body, seconds = look(client)
    assert (status, failing(body)) == (503, {"database", *health.BEATS})
    assert seconds < SECONDS


def test_a_locked_table_is_failing_in_time(healthy: Broker, client: Client) -> None:
    from launch.testing import second_connection

    with second_connection() as other, other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Heartbeat._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        status, body, seconds = look(client)
    assert (status, "database" in failing(body)) == (503, True)
    assert seconds < SECONDS


def test_it_asks_for_no_session_and_is_never_cached(
    healthy: Broker, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.cookies["sessionid"] = "whoever"
    with django_assert_num_queries(0):
        answer = client.get("/health/")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/health/").status_code == 405
