"""Background work: three queues, a tick every second, and nothing the broker could lose for good.

What is due stands in PostgreSQL. The tick's job looks there and hands the work to its queue, so requests never
publish, and a broker that forgets everything costs seconds.
"""

import os
from typing import Any

from celery import Celery
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

from django.conf import settings

QUEUES = ("quick", "mail", "long")
TICK_SECONDS = 1.0
TICK_EXPIRES = 10
QUICK_SECONDS = 5 * 60
LONG_SECONDS = 60 * 60
VISIBILITY_SECONDS = 15 * 60


def broker_url(url: str) -> str:
    """Return the URL of Redis as Celery writes it: `unix:///path?db=1` becomes `redis+socket:///path?virtual_host=1`."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=')}".rstrip("?")


class LimitOfQueue:
    """Gives jobs of the queue `long` an hour. A worker's own limit would not do: `task_time_limit` goes before it."""

    def annotate(self, job: Any) -> dict[str, int]:
        """Return the attributes `job` gets beyond its own."""
        return {"time_limit": LONG_SECONDS} if getattr(job, "queue", None) == "long" else {}


app = Celery("backoffice")
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    # For ever, and at start too: whoever watches the office reads /health/, a worker that gave up helps nobody.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_SECONDS,
        # Without these a broker that accepts and never answers would hold a worker for ever.
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    result_backend=None,
    task_ignore_result=True,
    accept_content=["json"],
    task_serializer="json",
    task_acks_late=True,
    # acks_late alone loses a job whose process is killed; the cap on attempts is the lease of its row.
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # A broker that restarts must not end an import of an hour; the lease keeps the redelivered message harmless.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    task_time_limit=QUICK_SECONDS,
    task_annotations=[LimitOfQueue()],
    task_default_queue="quick",
    # Each with its own key: by default all three have the first one's, and a message sent by key reaches all.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    task_create_missing_queues=False,
    # On SIGQUIT running jobs get three seconds, then their messages go back to the queue.
    worker_soft_shutdown_timeout=3.0,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    beat_scheduler="backoffice.schedule:HeartbeatScheduler",
    beat_max_loop_interval=TICK_SECONDS,
    beat_schedule={
        "tick": {
            "task": "backoffice.records.tick",
            "schedule": TICK_SECONDS,
            "options": {"queue": "quick", "expires": TICK_EXPIRES, "retry": False},
        }
    },
    timezone="UTC",
)
app.autodiscover_tasks(related_name="jobs")
