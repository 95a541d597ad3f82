"""The scheduler of Celery beat: the schedule is code, and its sign of life is a row."""

import time

import psycopg2
import structlog
from celery.beat import ScheduleEntry, Scheduler
from kombu.exceptions import ChannelError, OperationalError
from psycopg2 import sql
from redis.exceptions import RedisError

from backoffice import probe

log = structlog.get_logger(__name__)
BEAT_SECONDS = 5
ANSWER_SECONDS = 2
MOST_WAITING = 20
NAME = "schedule"
BEAT = sql.SQL(
    "INSERT INTO {} (name, at) VALUES (%(name)s, clock_timestamp()) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
)


class HeartbeatScheduler(Scheduler):
    """Beat's in-memory scheduler, which also tells the database every five seconds that it is alive.

    Nothing is kept on disk: a tick that was missed is not made up, because what is due stands in the database.
    """

    _beaten_at = float("-inf")

    def tick(self, *args: object, **kwargs: object) -> float:
        """Send what is due; return the seconds until the next look."""
        delay: float = super().tick(*args, **kwargs)
        if time.monotonic() - self._beaten_at >= BEAT_SECONDS:
            self._beaten_at = time.monotonic()
            beat()
        return delay

    def apply_entry(self, entry: ScheduleEntry, producer: object = None) -> None:
        """Send one entry, unless nobody takes what was sent before: an outage must not fill the broker."""
        try:
            if self._waiting(entry.options["queue"]) < MOST_WAITING:
                super().apply_entry(entry, producer=producer)
        except (RedisError, OperationalError, OSError) as error:
            log.warning("tick_not_sent", entry=entry.name, reason=str(error))

    def _waiting(self, queue: str) -> int:
        try:
            declared = self.producer.channel.queue_declare(queue=queue, passive=True)
        except ChannelError:  # no worker has declared it yet
            return 0
        count: int = declared.message_count
        return count


def beat() -> None:
    """Write the heartbeat `schedule`, the database's clock deciding. A database that is away is only logged."""
    from records.models import Heartbeat

    table = sql.Identifier(Heartbeat._meta.db_table)
    try:
        probe.ask(BEAT.format(table), {"name": NAME}, seconds=ANSWER_SECONDS)
    except psycopg2.Error as error:
        log.warning("heartbeat_not_written", name=NAME, reason=str(error).strip())
