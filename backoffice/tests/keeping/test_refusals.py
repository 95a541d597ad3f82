"""What restore refuses, and that a refusal or a failure leaves nothing behind."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from backoffice.environment import BASE
from backoffice.keeping import archive, stamp
from backoffice.keeping.backup import backup
from backoffice.keeping.restore import restore
from backoffice.tests.keeping import places
from backoffice.tests.keeping.conftest import Elsewhere
from core.refusals import Refused
from organization.models import User
from records.models import Blob, Event

pytestmark = pytest.mark.django_db(transaction=True)
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def kept(office: SimpleNamespace, tmp_path: Path) -> Path:
    """A backup of the office."""
    backup(tmp_path / "office.tar.gz")
    return tmp_path / "office.tar.gz"


def nothing_came() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'records_event'")
        events = cursor.fetchone()[0] and (Event.objects.exists() or User.objects.exists() or Blob.objects.exists())
    return not events and places.stored() == {}


def flip(name: str) -> Change:
    def change(members: dict[str, bytes]) -> None:
        content = bytearray(members[name])
        content[len(content) // 2] ^= 1
        members[name] = bytes(content)

    return change


def drop(name: str) -> Change:
    def change(members: dict[str, bytes]) -> None:
        del members[name]

    return change


def add(name: str) -> Change:
    return lambda members: members.update({name: b"anything"})


def first(path: Path, kind: str) -> str:
    return next(name for name, _content in archive.members(path) if name.startswith(kind))


@pytest.mark.parametrize("kind", ["stamp.json", "files/", "rows/records_event/", "rows/tasks_task/", "manifest.json"])
def test_a_changed_byte_names_its_member(kept: Path, elsewhere: Elsewhere, kind: str) -> None:
    name = first(kept, kind)
    with elsewhere():
        with pytest.raises(CommandError, match=rf"damaged: {name} (is not what|cannot be read)"):
            call_command("restore", places.forged(kept, flip(name)))
        assert nothing_came()


@pytest.mark.parametrize("sums", [True, False])
def test_a_member_that_is_missing_or_foreign_is_named(kept: Path, elsewhere: Elsewhere, sums: bool) -> None:
    name = first(kept, "rows/records_event/")
    with elsewhere():
        with pytest.raises(Refused, match=f"damaged: {name}" if not sums else "records_event has 0 rows, not"):
            restore(places.forged(kept, drop(name), sums=sums))
        assert nothing_came()
        if not sums:
            with pytest.raises(Refused, match=r"damaged: files/\.\./\.\./evil does not belong"):
                restore(places.forged(kept, add("files/../../evil")))


def test_a_file_cut_off_or_spoiled_anywhere_is_refused(kept: Path, elsewhere: Elsewhere) -> None:
    whole = kept.read_bytes()
    copy = kept.with_name("cut.tar.gz")
    with elsewhere():
        for end in (0, 10, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1):
            copy.write_bytes(whole[:end])
            with pytest.raises(Refused, match="The backup is damaged"):
                restore(copy)
        for place in range(20, len(whole), len(whole) // 40):
            spoiled = bytearray(whole)
            spoiled[place] ^= 0xFF  # a single bit may be the packing's padding, which says nothing
            copy.write_bytes(spoiled)
            with pytest.raises(Refused, match="The backup is damaged"):
                restore(copy)
        assert nothing_came()


def of_stamp(**changes: Any) -> Change:
    def change(members: dict[str, bytes]) -> None:
        members[archive.STAMP] = json.dumps(json.loads(members[archive.STAMP]) | changes).encode()

    return change


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": "999.0.0"}, r"newer Backoffice \(999\.0\.0\)"),
        ({"format": 2, "version": ""}, r"newer Backoffice \(format 2\)"),
        (
            {"migrations": [["records", "0001_tables"], ["tasks", "9999_ahead"]]},
            r"knows no migration tasks\.9999_ahead",
        ),
        ({"product": "else"}, "no backup of Backoffice"),
    ],
)
def test_a_newer_or_foreign_one_is_refused(kept: Path, elsewhere: Elsewhere, changes: Any, words: str) -> None:
    with elsewhere():
        with pytest.raises(Refused, match=words):
            restore(places.forged(kept, of_stamp(**changes), sums=True))
        assert nothing_came()


@pytest.mark.parametrize("elsewhere", ["empty"], indirect=True)
def test_an_older_one_is_taken_and_migrated(office: SimpleNamespace, elsewhere: Elsewhere, tmp_path: Path) -> None:
    """The place is taken back to how it was before runs kept the number of their request, then on to now."""
    with elsewhere():
        call_command("migrate", "records", "0002", verbosity=0)
        call_command("migrate", "organization", "0001", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO records_run (kind, parameters, state, done, result, error, attempts) "
                           "VALUES ('tasks.recompute', '{}', 'done', 0, '{}', '', 1)")  # fmt: skip
        assert stamp.ours()["version"] == "", "the rows are of an older version than this"
        backup(tmp_path / "old.tar.gz")
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        restore(tmp_path / "old.tar.gz")
        assert stamp.pending() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, request_id FROM records_run")
            assert cursor.fetchall() == [("tasks.recompute", "")]


def test_a_place_where_somebody_worked_is_refused(kept: Path, elsewhere: Elsewhere, office: SimpleNamespace) -> None:
    before = places.rows()
    with pytest.raises(Refused, match=r"database .* is not empty: its table \w+ has rows"):
        restore(kept)
    assert places.rows() == before
    with elsewhere():
        name = places.default_storage.save("ab/note", ContentFile(b"somebody's"))
        with pytest.raises(Refused, match=f"storage is not empty .{name}"):
            restore(kept)
        places.default_storage.delete(name)
        restore(kept)  # what `migrate` leaves is no work of anybody's
        with pytest.raises(Refused, match="is not empty"):
            restore(kept)


def test_a_place_migrated_further_is_refused(kept: Path, elsewhere: Elsewhere) -> None:
    fewer = [one for one in stamp.ours()["migrations"] if one[0] != "records"] + [["records", "0001_tables"]]
    told = r"migrated further than the backup \(records\.0002_append_only\)"
    with elsewhere(), pytest.raises(Refused, match=told):
        restore(places.forged(kept, of_stamp(migrations=fewer), sums=True))


def test_a_full_disk_leaves_nothing_and_the_next_try_succeeds(
    kept: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileSystemStorage.save
    saved: list[str] = []

    def save(self: FileSystemStorage, name: str, content: Any, **options: Any) -> str:
        saved.append(name)
        if len(saved) == 4:
            raise OSError(28, "No space left on device")
        return str(real(self, name, content, **options))

    monkeypatch.setattr(FileSystemStorage, "save", save)
    with elsewhere():
        with pytest.raises(CommandError, match="No space left"):
            call_command("restore", kept)
        assert nothing_came()
        restore(kept)
        assert len(places.stored()) == 6


def test_rows_that_do_not_fit_together_leave_nothing(kept: Path, elsewhere: Elsewhere) -> None:
    def orphan(members: dict[str, bytes]) -> None:
        rows = members["rows/tasks_task/1"].splitlines(keepends=True)
        members["rows/tasks_task/1"] = b"".join(rows[:-1])
        manifest = json.loads(members[archive.MANIFEST])
        manifest["tables"]["tasks_task"]["rows"] -= 1
        members[archive.MANIFEST] = json.dumps(manifest).encode()

    with elsewhere():
        with pytest.raises(IntegrityError, match="foreign key"):
            restore(places.forged(kept, orphan, sums=True))
        assert nothing_came()


KILLED = """import os, signal, sys, django
django.setup()
from pathlib import Path
from backoffice.keeping import restore
restore.transactions.go_on = lambda: os.kill(os.getpid(), signal.SIGKILL)
restore.restore(Path(sys.argv[1]))"""


@pytest.mark.parametrize("elsewhere", ["empty"], indirect=True)
def test_killed_just_before_its_end_it_can_be_started_again(kept: Path, elsewhere: Elsewhere, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with elsewhere():
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environ = os.environ | {"DATABASE_URL": url, "DATA": str(data)}
        done = subprocess.run([sys.executable, "-c", KILLED, str(kept)], env=environ, cwd=BASE, capture_output=True)
        assert done.returncode == -9, done.stderr.decode()
        assert nothing_came(), "rows came without the rest"
        assert len([path for path in (data / "files").rglob("*") if path.is_file()]) == 6
        again = subprocess.run(
            [sys.executable, "manage.py", "restore", str(kept)], env=environ, cwd=BASE, capture_output=True
        )
        assert again.returncode == 0, again.stderr.decode()
        assert Event.objects.exists()
    files = {path.name: path.read_bytes() for path in (data / "files").rglob("*") if path.is_file()}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == {
        name: name for name in files
    }


def test_while_the_office_runs_it_is_refused(kept: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    from backoffice.keeping import restore as module
    from launch.testing import second_connection

    monkeypatch.setattr(module, "LOCK_SECONDS", 1)
    with elsewhere():
        with second_connection() as other, other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM records_heartbeat")
            with pytest.raises(Refused, match="The office is running"):
                restore(kept)
        assert nothing_came()
