"""Backup and restore: the same rows, the same files, the same office."""

from __future__ import annotations

import io
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from backoffice.keeping import archive
from backoffice.keeping.backup import backup
from backoffice.keeping.restore import restore
from backoffice.tests.keeping import places
from backoffice.tests.keeping.conftest import Elsewhere
from core.refusals import Refused
from launch import office as offices
from launch import programs
from launch.places import Office
from organization import invariants as organization
from records import chain, files
from records import invariants as records
from records.models import Attachment, Blob, Event
from tasks import editing, transitions
from tasks import invariants as tasks
from tasks.models import Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def breaches() -> list[str]:
    return [*organization.broken(), *records.broken(), *tasks.broken()]


@pytest.mark.parametrize("elsewhere", ["empty"], indirect=True)
def test_the_same_rows_and_files_come_back(office: SimpleNamespace, elsewhere: Elsewhere, tmp_path: Path) -> None:
    out = io.StringIO()
    places.seal()
    call_command("backup", tmp_path / "office.tar.gz", stdout=out)
    assert "6 files" in out.getvalue()
    assert stat.S_IMODE((tmp_path / "office.tar.gz").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "tar" in path.name] == ["office.tar.gz"]
    kept = (places.rows(), places.structure(), places.stored())
    head = chain.verify().head
    with elsewhere():
        call_command("restore", tmp_path / "office.tar.gz", stdout=out)
        assert (places.rows(), places.structure(), places.stored()) == kept
        assert breaches() == []
        report = chain.verify(head)
        assert report.events > 0
        assert report.problems == []
    assert "Made by Backoffice" in out.getvalue()


def test_a_restored_office_works_on_and_its_history_is_still_closed(
    office: SimpleNamespace, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    backup(tmp_path / "office.tar.gz")
    highest = Task.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with elsewhere():
        restore(tmp_path / "office.tar.gz")
        assert make.task(office.permits).pk == highest + 1
        transitions.claim(office.tasks[8], actor=office.kofi)
        places.seal()
        assert breaches() == []
        event = Event.objects.order_by("pk")[0]
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(verb="x")
        with pytest.raises(DatabaseError, match="published"), transaction.atomic():
            office.stepped.versions.get().steps.update(instruction="Another")
        with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic():
            Task.objects.filter(pk=highest).update(department=9_999_999)


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    """A PostgreSQL of its own, as `make run` has it: its transactions count from the beginning."""
    with tempfile.TemporaryDirectory(prefix="backoffice-test-", dir="/tmp") as place:
        Path(place).chmod(0o711)  # PostgreSQL 15 comes back to its directory by its whole path
        home = Office(Path(place))
        home.create()
        with offices.embedded(home, [programs.DATABASE]):
            where = {"NAME": "backoffice", "USER": "backoffice", "HOST": str(home.sockets), "PORT": "", "PASSWORD": ""}
            yield where


@pytest.mark.slow
def test_into_another_server_whose_transactions_count_lower(
    office: SimpleNamespace, elsewhere: Elsewhere, server: dict[str, Any], tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        for _one in range(2_000):  # so that this server has certainly counted further
            cursor.execute("SELECT pg_current_xact_id()")
    make.task(office.permits, title="The last one")
    backup(tmp_path / "office.tar.gz")
    kept = (places.rows(), places.stored())
    last = Event.objects.order_by("-transaction").values_list("transaction", flat=True)[0]
    with elsewhere(server):
        restore(tmp_path / "office.tar.gz")
        assert (places.rows(), places.stored()) == kept
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            assert cursor.fetchone()[0] < last, "this server was to count lower"
        make.task(office.permits)
        assert Event.objects.order_by("-pk").values_list("transaction", flat=True)[0] > last
        places.seal()
        assert chain.verify().unsealed == 0
        assert breaches() == []


class Writers:
    """People at work in threads of their own: tasks, claims, files that come and go."""

    def __init__(self, office: SimpleNamespace, number: int) -> None:
        self.office, self.stop, self.done, self.failures = office, threading.Event(), 0, []
        self.threads = [threading.Thread(target=self._work, args=(one,)) for one in range(number)]

    def __enter__(self) -> Writers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert self.failures == []

    def _work(self, number: int) -> None:
        try:
            while not self.stop.is_set():
                self._once(number)
        except Exception as error:
            self.failures.append(repr(error))
        finally:
            connections.close_all()

    def _once(self, number: int) -> None:
        task = transitions.claim(make.task(self.office.permits, title=f"By {number}"), actor=self.office.mira)
        content = f"{number} {self.done}".encode() * 1000
        editing.attach_file(task, ContentFile(content, name="note.txt"), actor=self.office.mira)
        if self.done % 2:
            files.remove(Attachment.objects.order_by("pk").filter(owner_id=task.pk)[0])
        chain.seal()
        self.done += 1


def test_while_people_work_it_holds_one_instant(
    office: SimpleNamespace, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., Any] = archive.Writer.add

    def add(self: archive.Writer, *args: Any) -> None:
        time.sleep(0.01)  # a slow disk
        real(self, *args)

    monkeypatch.setattr(archive.Writer, "add", add)
    before = Event.objects.count()
    with Writers(office, 4) as writers:
        for number in range(5):
            done = writers.done
            assert backup(tmp_path / f"{number}.tar.gz").missing == []
            assert writers.done > done, "nobody was at work"
    counts = []
    for number in (1, 4):
        with elsewhere():
            restore(tmp_path / f"{number}.tar.gz")
            assert breaches() == []
            assert chain.verify().problems == []
            blobs = dict(Blob.objects.values_list("stored_as", "sha256"))
            assert blobs
            # Those removed between their copy and the instant are not brought back.
            assert places.stored() == blobs
            counts.append(Event.objects.count())
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            for name in blobs:
                places.default_storage.delete(name)
    assert before < counts[0] < counts[1]


def test_a_lost_file_is_told_and_the_rest_is_kept(
    office: SimpleNamespace, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    lost = Blob.objects.order_by("pk")[0].stored_as
    places.default_storage.delete(lost)
    with pytest.raises(Exception, match=f"lost 1 files.*{lost}"):
        call_command("backup", tmp_path / "office.tar.gz", stdout=io.StringIO())
    with elsewhere():
        manifest = restore(tmp_path / "office.tar.gz")
        assert manifest["missing"] == [lost]
        assert len(places.stored()) == 5


def test_a_backup_takes_nobodys_place_and_leaves_nothing_unfinished(
    office: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken.tar.gz"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="is there already"):
        backup(taken)
    assert taken.read_text(encoding="utf-8") == "mine"
    monkeypatch.setattr(archive.Writer, "add_sealed", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        backup(tmp_path / "new.tar.gz")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["taken.tar.gz"]


def test_who_writes_is_not_held_up(office: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer commits while the backup is between its instant and its rows; the row is not in it, and nobody waits."""
    real: Callable[..., Any] = archive.Writer.add_bytes
    came: list[int] = []

    def add(self: archive.Writer, name: str, content: bytes) -> None:
        if name.startswith("rows/") and not came:
            came.append(make.task(office.permits, title="Came meanwhile").pk)
        real(self, name, content)

    monkeypatch.setattr(archive.Writer, "add_bytes", add)
    backup(tmp_path / "office.tar.gz")
    held = b"".join(
        b"".join(iter(content.read, b""))
        for name, content in archive.members(tmp_path / "office.tar.gz")
        if name.startswith("rows/tasks_task/")
    )
    assert came
    assert b"Odd" in held
    assert b"Came meanwhile" not in held
