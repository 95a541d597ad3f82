"""/metrics: closed unless the operator opens it, right in its figures, and quick whatever is down."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries

from backoffice import environment, metrics, probe
from backoffice.tests.test_health import elsewhere, seen
from backoffice.version import VERSION
from launch.testing import Broker
from records import outgoing, runs
from records.jobs import perform_run
from records.models import Outgoing
from tasks import transitions
from tasks.tests import factories as make
from tasks.tests.cast import gather

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "operators-own-token-0123456789"
SENT = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def opened(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def silent() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


def figures(client: Client) -> dict[str, dict[str, float]]:
    """Family -> label -> value, as Prometheus reads it."""
    answer = client.get("/metrics", headers=SENT)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        family.name: {next(iter(one.labels.values()), ""): one.value for one in family.samples} for family in families
    }


def test_it_is_nowhere_unless_it_is_opened(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    for sent in ("Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_only_the_token_opens_it(client: Client, opened: None) -> None:
    office = gather()
    client.force_login(office.ada)
    for sent in ("", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer \u00fc"):
        answer = client.get("/metrics", headers={"Authorization": sent})
        assert (answer.status_code, answer.content) == (401, b""), sent
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert Client().get("/metrics", headers=SENT).status_code == 200
    assert client.post("/metrics", headers=SENT).status_code == 405


def test_a_weak_token_is_refused() -> None:
    assert environment.metrics_token("") == ""
    assert environment.metrics_token(TOKEN) == TOKEN
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN"):
        environment.metrics_token("short")


@runs.kind("tests.nothing")
def nothing(run: Any) -> dict[str, Any]:
    return {}


def test_the_figures_are_those_of_the_office(
    client: Client, opened: None, broker: Broker, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.REDIS_URL = broker.url
    office = gather()
    tasks = [make.task(office.permits) for _one in range(4)]
    transitions.claim(tasks[0], actor=office.mira)
    transitions.start(tasks[0], actor=office.mira)
    seen("worker", 7)
    for number in range(3):
        outgoing.queue_mail(key=f"letter {number}", to="cleo@office.example", subject="x", text="x")
    Outgoing.objects.filter(key="letter 0").update(created_at=timezone.now() - dt.timedelta(minutes=5))
    Outgoing.objects.filter(key="letter 2").update(state="sent")
    perform_run(run_id=runs.ask("tests.nothing", actor=None, parameters={}).pk)
    import redis

    with redis.Redis.from_url(broker.url) as link:
        link.rpush("mail", "one", "two")
    with django_assert_num_queries(0):
        found = figures(client)
    assert found["backoffice_up"] == {"database": 1, "broker": 1}
    assert found["backoffice_info"] == {VERSION: 1}
    assert 7 <= found["backoffice_heartbeat_age_seconds"]["worker"] < 15
    assert found["backoffice_waiting"] == {"outgoing": 2, "run": 0}
    assert 300 <= found["backoffice_waiting_oldest_seconds"]["outgoing"] < 310
    assert found["backoffice_waiting_oldest_seconds"]["run"] == 0
    states = {"planned": 0, "open": 3, "in_progress": 1, "waiting": 0, "in_review": 0}
    assert found["backoffice_unfinished_tasks"] == states
    assert found["backoffice_queue_length"] == {"quick": 0, "mail": 2, "long": 0}


def test_it_is_one_statement_however_much_there_is(
    client: Client, opened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = probe.ask
    monkeypatch.setattr(
        metrics.probe, "ask", lambda statement, **more: asked.append(statement) or real(statement, **more)
    )
    office = gather()
    for count in (1, 3):
        for _one in range(count):
            make.task(office.permits)
        figures(client)
    assert asked == [metrics.STATEMENT] * 2


def test_what_is_down_is_told_in_time(
    client: Client, opened: None, silent: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0"
    monkeypatch.setattr(metrics, "DATABASE_SECONDS", 0.5)
    begun = time.monotonic()
    assert figures(client)["backoffice_up"] == {"database": 1, "broker": 0}
    elsewhere(monkeypatch, silent)
    found = figures(client)
    assert found["backoffice_up"] == {"database": 0, "broker": 0}
    assert found["backoffice_unfinished_tasks"] == {}
    assert time.monotonic() - begun < 4
