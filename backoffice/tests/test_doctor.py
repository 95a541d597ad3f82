"""The doctor tells each trouble by itself, says what to do, and never waits for long."""

from __future__ import annotations

import datetime as dt
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from backoffice import health
from backoffice.doctor import checks
from backoffice.keeping import stamp
from backoffice.tests.test_health import elsewhere, seen
from launch.testing import Broker
from records import outgoing, runs
from records.models import Blob, Heartbeat, Outgoing, Run
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.cast import gather

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [
    "database", "migrations", "clock", "broker", *health.BEATS, "mail", "storage", "static files", "languages",
    "outgoing", "runs", "organization", "records", "tasks",
]  # fmt: skip


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


@pytest.fixture
def well(broker: Broker, settings: Any, tmp_path: Path) -> SimpleNamespace:
    """An office in which all is well."""
    settings.REDIS_URL = broker.url
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": backend}
    for name in health.BEATS:
        seen(name, 1)
    return gather()


def doctor(**options: Any) -> tuple[int, dict[str, dict[str, Any]], float]:
    """Exit code, findings by name, seconds."""
    out, code, begun = io.StringIO(), 0, time.monotonic()
    try:
        call_command("doctor", json=True, stdout=out, **options)
    except SystemExit as end:
        code = int(end.code or 0)
    told = json.loads(out.getvalue())
    assert told["ok"] is (code == 0)
    return code, {found["name"]: found for found in told["checks"]}, time.monotonic() - begun


def failing(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: one["says"] for name, one in found.items() if not one["ok"]}


def test_all_is_well(well: SimpleNamespace) -> None:
    code, found, _seconds = doctor()
    assert (code, failing(found)) == (0, {})
    assert list(found) == NAMES
    out = io.StringIO()
    call_command("doctor", stdout=out, no_color=True)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(NAMES)
    assert all(line[14:16] == "ok" for line in lines)


def test_a_silent_broker_and_a_silent_mail_server_hold_nothing_up(
    well: SimpleNamespace, silent: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent}/0"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", silent, 60
    monkeypatch.setattr(checks, "SECONDS", 1.0)
    code, found, seconds = doctor()
    assert (code, set(failing(found))) == (1, {"broker", "mail"})
    assert "EMAIL_URL" in found["mail"]["says"]
    assert "REDIS_URL" in found["broker"]["says"]
    assert list(found) == NAMES
    assert seconds < 10


def test_a_mail_server_that_drips_is_left_in_time(well: SimpleNamespace, settings: Any, monkeypatch: Any) -> None:
    """Each byte comes within the time-out of the socket, the greeting never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            link, _address = server.accept()
            with link:
                try:
                    for _byte in range(200):
                        link.sendall(b"2")
                        time.sleep(0.1)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.getsockname()[1]
        monkeypatch.setattr(checks, "SECONDS", 0.5)
        _code, found, seconds = doctor()
    assert failing(found).keys() == {"mail"}
    assert "no answer in 1 s" in found["mail"]["says"]
    assert seconds < 8


def test_a_silent_database_is_told_and_the_rest_is_looked_at(
    well: SimpleNamespace, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch, silent)
    monkeypatch.setattr(checks, "SECONDS", 1.0)
    code, found, seconds = doctor()
    assert (code, list(found)) == (1, NAMES)
    assert "DATABASE_URL" in found["database"]["says"]
    assert {name for name, one in found.items() if one["says"].startswith("not looked at")} == checks.READS
    assert found["broker"]["ok"] and found["mail"]["ok"] and found["storage"]["ok"]
    assert seconds < 8


def test_a_locked_table_ends_one_check(well: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from launch.testing import second_connection

    with second_connection() as other, other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Task._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        _code, found, seconds = doctor(seconds=1)
    assert failing(found).keys() == {"tasks"}
    assert "not finished in 1 s" in found["tasks"]["says"]
    assert seconds < 8


def test_a_check_that_breaks_hides_no_other(well: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.organization, "broken", lambda: 1 / 0)
    _code, found, _seconds = doctor()
    assert list(found) == NAMES
    assert failing(found) == {"organization": "the check itself failed: ZeroDivisionError: division by zero"}


def test_clocks_apart(well: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr(checks.time, "time", lambda: real() - 90)
    _code, found, _seconds = doctor()
    assert "90 s ahead of this machine's" in failing(found)["clock"]


def test_a_missing_and_a_foreign_migration(well: SimpleNamespace) -> None:
    last = max(name for app, name in stamp.known() if app == "tasks")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = '9999_ahead' WHERE app = 'tasks' AND name = %s", [last])
        try:
            _code, found, _seconds = doctor()
            assert "newer version (tasks.9999_ahead)" in failing(found)["migrations"]
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_ahead'")
            _code, found, _seconds = doctor()
            assert "manage.py upgrade" in failing(found)["migrations"]
            assert found["migrations"]["problems"] == [f"tasks.{last}"]
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_ahead'")
            cursor.execute("INSERT INTO django_migrations VALUES (DEFAULT, 'tasks', %s, now())", [last])


def test_who_was_not_seen_lately(well: SimpleNamespace) -> None:
    seen("worker", health.STALE_SECONDS + 30)
    Heartbeat.objects.filter(name="schedule").delete()
    _code, found, _seconds = doctor()
    assert failing(found).keys() == {"worker", "schedule"}
    assert "ago" in found["worker"]["says"]
    assert "never been seen" in found["schedule"]["says"]


def test_mails_and_runs_that_nobody_takes(well: SimpleNamespace) -> None:
    outgoing.queue_mail(key="letter", to="cleo@office.example", subject="x", text="x")
    run = runs.ask("tasks.recompute", actor=None, parameters={})
    old = timezone.now() - dt.timedelta(minutes=40)
    Outgoing.objects.update(created_at=old)
    Run.objects.filter(pk=run.pk).update(created_at=old)
    outgoing.hand_over(10)  # the tick goes on handing it to a queue nobody reads
    _code, found, _seconds = doctor()
    assert "the oldest for 40 min: look at the worker of the queue mail" in failing(found)["outgoing"]
    assert "the oldest for 40 min: look at the worker of the queue long" in failing(found)["runs"]


def test_what_must_be_true_and_is_not_is_listed(well: SimpleNamespace) -> None:
    task = make.task(well.permits)
    Task.objects.filter(pk=task.pk).update(revision=7)
    Blob.objects.create(sha256="0" * 64, size=1, media_type="text/plain", stored_as="00/none")
    _code, found, _seconds = doctor(invariants=True)
    assert list(found) == ["database", "organization", "records", "tasks"]
    assert failing(found).keys() == {"records", "tasks"}
    assert any("is missing from the storage" in one or "are missing" in one for one in found["records"]["problems"])
    assert any(task.reference in one for one in found["tasks"]["problems"])


@pytest.mark.parametrize("backend", ["console", "filebased", "dummy"])
def test_mail_that_reaches_nobody_is_trouble_in_production(well: SimpleNamespace, settings: Any, backend: str) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.DEBUG, settings.DEMO = False, False
    assert "set EMAIL_URL" in failing(doctor()[1])["mail"]
    settings.DEMO = True
    assert doctor()[1]["mail"]["ok"]


def test_a_storage_that_cannot_be_written_and_one_that_is_full(
    well: SimpleNamespace, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda place: SimpleNamespace(free=7_000_000))
    assert "only 7 MB are free" in failing(doctor()[1])["storage"]
    (tmp_path / "file").touch()
    location = {"location": tmp_path / "file" / "files"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": location}
    }
    assert "must be ours to write" in failing(doctor()[1])["storage"]
    assert connections["default"].is_usable()
