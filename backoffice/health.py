"""Is the office at work? One cheap look at each part, in well under a second whatever is broken."""

from typing import Any

import psycopg2
import redis
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg2 import sql

from backoffice import probe
from records.models import Heartbeat

DATABASE_SECONDS = 0.4
BROKER_SECONDS = 0.3
STALE_SECONDS = 120
BEATS = ("worker", "long", "schedule")  # who takes quick jobs and mail, who takes long runs, who sends the ticks
TABLE = sql.Identifier(Heartbeat._meta.db_table)

Check = dict[str, Any]


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while everything works, else 503, with one entry for each check. Asks for no session."""
    checks = check_all()
    fine = all(check["ok"] for check in checks.values())
    return JsonResponse({"status": "ok" if fine else "failing", "checks": checks}, status=200 if fine else 503)


def check_all() -> dict[str, Check]:
    """Return the checks by name; ages are in seconds, None for a part that has never shown itself."""
    ages = _ages()
    beats = {name: _beat((ages or {}).get(name)) for name in BEATS}
    return {"database": {"ok": ages is not None}, "broker": {"ok": _broker_answers()}, **beats}


def _ages() -> dict[str, float] | None:
    """Seconds since each heartbeat by the database's clock; None when the database does not answer in time."""
    # greatest: a heartbeat written under a clock that runs ahead is fresh, not from the future.
    statement = sql.SQL("SELECT name, greatest(extract(epoch FROM clock_timestamp() - at), 0)::float FROM {}")
    try:
        return dict(probe.ask(statement.format(TABLE), seconds=DATABASE_SECONDS))
    except psycopg2.Error:
        return None


def _beat(age: float | None) -> Check:
    return {"ok": age is not None and age <= STALE_SECONDS, "age": None if age is None else round(age, 1)}


def _broker_answers() -> bool:
    """Ping the broker, once: a client made from a URL does not try again."""
    limits = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    client = redis.Redis.from_url(settings.REDIS_URL, **limits)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()
