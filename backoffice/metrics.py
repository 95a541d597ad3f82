"""Figures for Prometheus, read from the database and the broker: the same from every web worker.

Off unless METRICS_TOKEN is set; then only for who sends it. Format: Prometheus text exposition format 0.0.4, by
prometheus_client.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import psycopg2
import redis
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from backoffice import probe
from backoffice.celery import QUEUES
from backoffice.health import BROKER_SECONDS
from backoffice.version import VERSION
from tasks.states import UNFINISHED

DATABASE_SECONDS = 3.0
NAMES: dict[str, tuple[str, str]] = {
    "heartbeat_age_seconds": ("name", "Seconds since a background process was last seen."),
    "waiting": ("kind", "Messages to be sent and runs to be finished."),
    "waiting_oldest_seconds": ("kind", "Age of the oldest of them."),
    "unfinished_tasks": ("state", "Work that is not finished."),
    "queue_length": ("queue", "Jobs the broker holds."),
}
_AGE = "coalesce(max(extract(epoch FROM clock_timestamp() - created_at)), 0)::float"
_DUE, _UNDONE = "FROM records_outgoing WHERE state = 'due'", "FROM records_run WHERE state IN ('queued', 'running')"
# Only what the indexes of unfinished work hold: history costs nothing here.
STATEMENT = f"""SELECT 'heartbeat_age_seconds', name,
    greatest(extract(epoch FROM clock_timestamp() - at), 0)::float FROM records_heartbeat
UNION ALL SELECT 'waiting', 'outgoing', count(*) {_DUE}
UNION ALL SELECT 'waiting_oldest_seconds', 'outgoing', {_AGE} {_DUE}
UNION ALL SELECT 'waiting', 'run', count(*) {_UNDONE}
UNION ALL SELECT 'waiting_oldest_seconds', 'run', {_AGE} {_UNDONE}
UNION ALL SELECT 'unfinished_tasks', state, count(*) FROM tasks_task
    WHERE state IN ({", ".join(f"'{state.value}'" for state in UNFINISHED)}) GROUP BY state"""


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures to who sends the token as Bearer (RFC 6750), 401 to others, 404 to all while it is off."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(sent, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    registry = CollectorRegistry()
    registry.register(Office())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Office(Collector):
    """Looks anew each time it is asked, with one statement; what does not answer in time is told as down."""

    def describe(self) -> list[Metric]:
        """Nothing ahead: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families of figures, all by the prefix backoffice_."""
        yield InfoMetricFamily("backoffice", "Which version this is.", {"version": VERSION})
        rows, queues = _rows(), _queues()
        up = GaugeMetricFamily("backoffice_up", "Whether a part answers in time.", labels=["part"])
        up.add_metric(["database"], rows is not None)
        up.add_metric(["broker"], queues is not None)
        yield up
        families = {
            name: GaugeMetricFamily(f"backoffice_{name}", says, labels=[label]) for name, (label, says) in NAMES.items()
        }
        for name, label, value in [*(rows or []), *(queues or [])]:
            families[name].add_metric([label], value)
        yield from families.values()


Rows = list[tuple[str, str, float]]


def _rows() -> Rows | None:
    try:
        found = probe.ask(STATEMENT, seconds=DATABASE_SECONDS)
    except psycopg2.Error:
        return None
    # A state nobody's work is in is told as none, not left out: else it would keep its last value.
    none: Rows = [("unfinished_tasks", state.value, 0.0) for state in UNFINISHED]
    return [(name, label, value) for (name, label), value in {(n, w): v for n, w, v in [*none, *found]}.items()]


def _queues() -> Rows | None:
    limits = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    client = redis.Redis.from_url(settings.REDIS_URL, **limits)
    try:
        pipeline = client.pipeline(transaction=False)
        for queue in QUEUES:
            pipeline.llen(queue)
        return [
            ("queue_length", queue, float(length)) for queue, length in zip(QUEUES, pipeline.execute(), strict=True)
        ]
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()
