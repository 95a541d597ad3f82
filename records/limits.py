"""Rate limits: token buckets in the database, so that they hold over all processes and need no broker.

A bucket of `amount` tokens that fills within `seconds` is kept as one instant, the one at which it is full again;
what is owed until then has been taken. Taking is one statement that compares and writes under the lock of the row,
by the database's clock (the generic cell rate algorithm, ITU-T I.371, A.2, which is a token bucket).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from core.refusals import TooMany
from records.models import Bucket

log = structlog.get_logger(__name__)

# What would be full only in twice its time was written before the clock was set back: that must lock nobody out.
_TAKE = """INSERT INTO records_bucket AS kept (key, full_at) VALUES (%(key)s, clock_timestamp() + %(cost)s)
    ON CONFLICT (key) DO UPDATE SET full_at = %(cost)s + CASE
        WHEN kept.full_at > clock_timestamp() + 2 * %(whole)s THEN clock_timestamp()
        ELSE GREATEST(kept.full_at, clock_timestamp()) END
    WHERE GREATEST(kept.full_at, clock_timestamp()) + %(cost)s <= clock_timestamp() + %(whole)s
        OR kept.full_at > clock_timestamp() + 2 * %(whole)s
    RETURNING EXTRACT(EPOCH FROM full_at - clock_timestamp())"""
_OWED = "SELECT EXTRACT(EPOCH FROM full_at - clock_timestamp()) FROM records_bucket WHERE key = %(key)s"
_GIVE_BACK = "UPDATE records_bucket SET full_at = full_at - %(cost)s WHERE key = %(key)s"
_FULL = "DELETE FROM records_bucket WHERE full_at < clock_timestamp()"


@dataclass(frozen=True)
class Rate:
    """`amount` at once, and again within `seconds`."""

    amount: int
    seconds: float

    @property
    def each(self) -> float:
        """Seconds until one token is back."""
        return self.seconds / self.amount


@dataclass(frozen=True)
class Taken:
    """What a bucket answered: whether there was a token, how many are left, and in how many seconds there is one."""

    allowed: bool
    rate: Rate
    left: int
    retry_after: int = 0


def rates_of(name: str) -> list[Rate]:
    """The rates of a limit (settings.RATES, from RATE_<NAME> in the environment); none where it is switched off."""
    return [Rate(amount, seconds) for amount, seconds in settings.RATES[name]]


def hashed(text: str) -> str:
    """A name for a bucket that tells nothing of what it is for, for instance of an address."""
    return hashlib.sha256(text.casefold().encode()).hexdigest()[:32]


@dataclass
class Ready:
    """Tokens a process has taken and not used, until when (monotonic seconds), and what was left in the bucket."""

    tokens: int
    until: float
    left: int


PARTS = 200
KEPT_SECONDS = 10
MOST_KEYS = 10_000
_ahead: dict[str, Ready] = {}
_guard = threading.Lock()


def take(key: str, rate: Rate, some: int = 1) -> Taken:
    """Take tokens from the bucket `key`; one statement, two where there are none. Safe from many connections."""
    values: dict[str, Any] = {
        "key": key,
        "cost": dt.timedelta(seconds=rate.each * some),
        "whole": dt.timedelta(seconds=rate.seconds),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        if row := cursor.fetchone():
            return Taken(True, rate, max(0, math.floor((rate.seconds - float(row[0])) / rate.each + 1e-6)))
        cursor.execute(_OWED, values)
        row = cursor.fetchone()
    owed = float(row[0]) if row else 0.0
    return Taken(False, rate, 0, max(1, math.ceil(owed + rate.each - rate.seconds)))


def take_ahead(key: str, rate: Rate) -> Taken:
    """As `take`, but a process takes some tokens of a large bucket at once and asks for more when they are used up.

    So most calls cost no statement. It never lets through more than `take` would; what is not used within KEPT_SECONDS
    is lost to who asks, at most one part in PARTS of the bucket for each process.
    """
    some = rate.amount // PARTS
    if some < 2:
        return take(key, rate)
    with _guard:
        ready = _ahead.get(key)
        if ready and ready.tokens and time.monotonic() < ready.until:
            ready.tokens -= 1
            return Taken(True, rate, ready.left + ready.tokens)
    taken = take(key, rate, some)
    if not taken.allowed:
        return take(key, rate)
    with _guard:
        if len(_ahead) > MOST_KEYS:
            _ahead.clear()
        _ahead[key] = Ready(some - 1, time.monotonic() + KEPT_SECONDS, taken.left)
    return Taken(True, rate, taken.left + some - 1)


def spend(name: str, who: Any) -> Taken | None:
    """Take a token from each bucket of the limit `name` for `who`; the first that has none, else the last.

    None where the limit is switched off. What was taken before a refusal stays taken. A refusal is logged, with the
    name of the limit only.
    """
    taken = None
    for rate in rates_of(name):
        taken = take_ahead(_key(name, who, rate), rate)
        if not taken.allowed:
            log.warning("rate_limited", limit=name, retry_after=taken.retry_after)
            return taken
    return taken


def demand(name: str, who: Any) -> Taken | None:
    """As `spend`, but raises TooMany (429) with when to come again."""
    taken = spend(name, who)
    if taken and not taken.allowed:
        raise too_many(taken)
    return taken


def too_many(taken: Taken) -> TooMany:
    """The refusal for a bucket that has no token."""
    minutes = math.ceil(taken.retry_after / 60)
    if minutes <= 1:
        words = _("That was too much at once. Wait a minute, then try again.")
    else:
        words = _("That was too much at once. Try again in %(minutes)s minutes.") % {"minutes": minutes}
    return TooMany(words, retry_after=taken.retry_after)


def give_back(name: str, who: Any) -> None:
    """Put a token back into each bucket of the limit: what was done does not count."""
    with connection.cursor() as cursor:
        for rate in rates_of(name):
            values: dict[str, Any] = {"key": _key(name, who, rate), "cost": dt.timedelta(seconds=rate.each)}
            cursor.execute(_GIVE_BACK, values)


def forgive(name: str, who: Any) -> None:
    """Fill the buckets of the limit."""
    Bucket.objects.filter(key__in=[_key(name, who, rate) for rate in rates_of(name)]).delete()


def _key(name: str, who: Any, rate: Rate) -> str:
    return f"{name}:{rate.amount}/{rate.seconds:g}:{who}"


def forget_full() -> int:
    """Remove the rows of buckets that are full again, so that the table holds what was used of late; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FULL)
        return int(cursor.rowcount)
