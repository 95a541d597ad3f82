"""Upgrade: backs up first, may be repeated, and says the way back when it fails."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from backoffice import static_files, upgrading
from backoffice.keeping import archive, stamp
from backoffice.keeping.restore import restore
from backoffice.tests.keeping import places
from launch.testing import second_connection
from records.models import Run
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.cast import gather

pytestmark = pytest.mark.django_db(transaction=True)
# Nothing is built on it yet: what was would be taken back too, which takes long.
LAST, BEFORE = ["reports", "0003_keep_papers_by_language"], "0002"


@pytest.fixture(params=["migrated"])
def place(
    request: pytest.FixtureRequest,
    transactional_db: None,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """A database without rows (`empty`: without tables), an empty DATA, and a checkout with one static file."""
    settings.DATA = tmp_path / "data"
    settings.STATIC_ROOT = settings.DATA / "static"
    settings.STATIC_ROOT.mkdir(parents=True)
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static/app.css").write_text("a {}", encoding="utf-8")
    monkeypatch.setattr(static_files, "BASE", tmp_path)
    monkeypatch.setattr(static_files, "PINNED", ())
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": backend}
    name = f"upgraded_{connection.settings_dict['NAME']}"
    with places.database(name, migrated=request.param == "migrated"), places.at({"NAME": name}):
        yield tmp_path


def upgrade(**options: Any) -> str:
    out = io.StringIO()
    call_command("upgrade", stdout=out, **options)
    return out.getvalue()


def backups(place: Path) -> list[Path]:
    return sorted((place / "data/backups").glob("*"))


def applied() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM django_migrations ORDER BY id")
        return cursor.fetchall()


@pytest.mark.parametrize("place", ["empty"], indirect=True)
def test_from_nothing_and_again(place: Path) -> None:
    said = upgrade()
    assert "migrated:" in said
    assert "collected: static files" in said
    assert "backed up" not in said, "there was nothing to keep"
    assert (place / "data/static/app.css").exists()
    before, rows = applied(), places.rows()
    said = upgrade()
    assert said.splitlines() == [
        "checked: settings and code",
        f"nothing to do: this office is at version {upgrading.VERSION}",
    ]
    assert (applied(), places.rows(), backups(place)) == (before, rows, [])


def test_the_version_before_is_kept_first(place: Path) -> None:
    upgrade()
    office = gather()
    make.task(office.permits)
    call_command("migrate", LAST[0], BEFORE, verbosity=0)
    (place / "static/app.css").write_text("a { color: red }", encoding="utf-8")
    said = upgrade()
    (kept,) = backups(place)
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    order = [line.partition(":")[0] for line in said.splitlines()]
    assert order == ["checked", "backed up", "migrated", "collected", f"this office is at version {upgrading.VERSION}"]
    assert re.search(r"migrated: .*\(\d+ in all\)", said)
    assert stamp.pending() == []
    told = archive.verify(kept, stamp.refuse_newer)["stamp"]
    assert LAST not in told["migrations"]
    assert upgrade().splitlines()[-1].startswith("nothing to do")
    assert backups(place) == [kept]
    call_command("migrate", LAST[0], BEFORE, verbosity=0)
    assert "backed up" not in upgrade(no_backup=True)
    assert backups(place) == [kept]


def test_a_failed_migration_says_the_way_back_and_the_way_works(
    place: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    upgrade()
    task = make.task(gather().permits, title="Kept")
    call_command("migrate", LAST[0], BEFORE, verbosity=0)
    real = MigrationExecutor.apply_migration

    def fail(self: Any, state: Any, migration: Any, **options: Any) -> Any:
        if [migration.app_label, migration.name] == LAST:
            raise RuntimeError("column is of another kind")
        return real(self, state, migration, **options)

    with monkeypatch.context() as patch:
        patch.setattr(MigrationExecutor, "apply_migration", fail)
        with pytest.raises(CommandError, match="column is of another kind") as failed:
            upgrade()
    (kept,) = backups(place)
    assert re.search(rf"manage\.py restore {re.escape(str(kept))}", str(failed.value))
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    restore(kept)
    assert Task.objects.get().title == task.title
    assert upgrade().splitlines()[-1].startswith("nothing to do")


def test_a_newer_database_is_left_alone(place: Path) -> None:
    upgrade()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations VALUES (DEFAULT, 'tasks', '9999_ahead', now())")
    with pytest.raises(CommandError, match=r"newer version \(tasks\.9999_ahead\)"):
        upgrade()


def test_two_at_once(place: Path) -> None:
    upgrade()
    with second_connection() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [upgrading.LOCK])
        with pytest.raises(CommandError, match="Another upgrade is at work"):
            upgrade()


def test_no_room_for_the_backup_changes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade()
    call_command("migrate", LAST[0], BEFORE, verbosity=0)
    before = applied()
    monkeypatch.setattr(archive.Writer, "add", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(CommandError, match="Nothing was changed"):
        upgrade()
    assert (applied(), backups(place)) == (before, [])


def test_clocks_are_asked_for_once_where_they_count_differently(place: Path) -> None:
    upgrade()
    office: SimpleNamespace = gather()
    task = make.task(office.permits)
    make.task(office.archive)
    assert "asked for" not in upgrade()
    Task.objects.filter(pk=task.pk).update(clock_key="of another version")
    assert "asked for: clocks" in upgrade()
    assert "nothing to do" in upgrade()
    assert Run.objects.filter(kind="tasks.recompute").count() == 1
