"""An import that is killed goes on where it was; by the command, and by a worker."""

import json
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from core import clock
from organization.models import Alias, Membership, User
from records import jobs, runs
from records.models import Attachment, Blob, Event, Run
from tasks import tallies
from tasks.importing import directory, work
from tasks.importing.run import BATCH, Import, take_up, told
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.coming_in import MAPPING, asked, bring, checksums, done, row, text_of
from tasks.tests.web import database_url


class Killed(BaseException):
    """What a process that is killed does to a run: nothing catches it."""


def many(count):
    """Rows of which each tenth is bad."""
    return text_of(*[row(n, until="bad" if n % 10 == 3 else f"2024-03-05 10:{n % 60:02}+00:00") for n in range(count)])


def verbs_written():
    return Event.objects.filter(origin="import", task_id__isnull=False).count()


@pytest.mark.django_db
def test_an_interrupted_import_goes_on_where_it_was(cast):
    rows = BATCH * 3 + 7
    run = asked(many(rows))

    def stop(run):
        if run.done >= BATCH * 2:
            raise Killed

    with pytest.raises(Killed), told(stop):
        runs.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.place["line"]) == (Run.State.RUNNING, BATCH * 2, BATCH * 2 + 1)
    assert runs.hand_over(10) == []
    Run.objects.filter(pk=run.pk).update(lease_until=clock.now())
    assert runs.hand_over(10) == [run.pk]
    jobs.perform_run.apply(kwargs={"run_id": run.pk})
    run.refresh_from_db()
    bad = len(range(3, rows, 10))
    assert (run.state, run.attempts, run.done, run.total) == (Run.State.DONE, 2, rows, rows)
    assert run.result == {"opened": 0, "finished": rows - bad, "already": 0, "rejected": bad, "made": {}}
    assert Task.objects.count() == rows - bad and run.rejects.count() == bad
    assert verbs_written() == 3 * (rows - bad)
    assert not tallies.wrong_tallies()


@pytest.mark.django_db
def test_one_killed_while_it_makes_people_makes_none_twice(cast, monkeypatch):
    text = text_of(*[row(n, who=f"Helper {n % 7}", where=f"Team {n % 3}", what="General duty") for n in range(21)])
    run = asked(text, create_missing=True)
    calls = []

    def stop(self):
        calls.append(User.objects.count())
        if len(calls) > 3:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(directory, "RENEW_EVERY", 2)
        patched.setattr(Import, "_renew", stop)
        with pytest.raises(Killed):
            runs.perform(run.pk)
    assert 0 < User.objects.filter(name__startswith="Helper").count() < 7 and not Task.objects.exists()
    Run.objects.filter(pk=run.pk).update(lease_until=clock.now())
    take_up(run)
    done(run)
    assert run.result["finished"] == 21
    assert User.objects.filter(name__startswith="Helper").count() == 7
    assert Membership.objects.filter(person__name__startswith="Helper").count() == 21
    assert Alias.objects.filter(source="old-office").count() == 7 + 3


@pytest.mark.django_db
def test_the_victim_of_a_deadlock_is_done_again(cast, monkeypatch):
    times = []

    def bring_in(jobs, *rest, **options):
        times.append(len(jobs))
        if len(times) < 3:
            raise OperationalError("deadlock detected")
        return work.bring_in(jobs, *rest, **options)

    monkeypatch.setattr("tasks.importing.run.bring_in", bring_in)
    assert bring(text_of(row(1), row(2))).result["finished"] == 2 and times == [2, 2, 2]


@pytest.mark.django_db
def test_two_workers_at_one_import_double_nothing(cast):
    """A worker that lost its lease (a machine that slept) does its rows again: they are there already."""
    text = many(BATCH + 5)
    run = asked(text)

    def other_is_faster(mine):
        if mine.pk == run.pk and mine.done == BATCH:
            bring(text)

    with told(other_is_faster):
        done(run)
    assert run.result["already"] == 4 and run.rejects.count() == len(range(3, BATCH + 5, 10))
    assert Task.objects.count() == len([n for n in range(BATCH + 5) if n % 10 != 3])


@pytest.mark.django_db
def test_a_worker_does_it_from_the_kept_bytes(cast):
    run = asked(text_of(row(1)))
    assert runs.hand_over(10) == [run.pk]
    jobs.perform_run.apply(kwargs={"run_id": run.pk})
    run.refresh_from_db()
    assert run.state == Run.State.DONE and Task.objects.count() == 1
    assert Attachment.objects.get(owner_kind="run").owner_id == run.pk
    before = checksums()
    bring(text_of(row(1)))
    assert checksums() == before and Blob.objects.count() == 1


@pytest.mark.django_db
def test_what_the_command_does_is_not_offered_to_a_worker(cast):
    run = asked(text_of(row(1)), here=True)
    assert runs.hand_over(10) == []
    done(run)


@pytest.mark.django_db
def test_a_run_somebody_is_at_is_not_taken_up(cast):
    run = asked(text_of(row(1)))
    Run.objects.filter(pk=run.pk).update(state="running", lease_until=clock.now() + runs.LEASE)
    from core.refusals import Refused

    with pytest.raises(Refused):
        take_up(run)
    with pytest.raises(CommandError):
        call_command("import_tasks", rerun=run.pk)


def _others() -> set[int]:
    """Sessions of the test's database but our own; earlier tests may have left some in their threads."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(others + " AND backend_type = 'client backend'")
        return {row[0] for row in cursor.fetchall()}


def _wait_until_gone(before: set[int]) -> None:
    """Until the database noticed that the killed process is gone: its last commit is in, or never will be."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not _others() - before:
            return
        time.sleep(0.05)
    raise AssertionError("the killed process is still in the test's database")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_survives_kill_9(tmp_path):
    site = make.site("Town hall")
    permits = make.department("Permits", site=site, calendar=make.calendar())
    make.procedure("Permit check")
    make.member(make.person("Mira Holt"), permits)
    rows = BATCH * 12
    (tmp_path / "old.csv").write_text(many(rows))
    (tmp_path / "map.json").write_text(json.dumps(MAPPING))
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_tasks", "--skip-checks"]
    files = [str(tmp_path / "old.csv"), "--mapping", str(tmp_path / "map.json")]
    environment = os.environ | {"DATABASE_URL": database_url()}
    before = _others()
    process = subprocess.Popen([*command, *files], env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not Task.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    _wait_until_gone(before)
    run = Run.objects.get()
    assert run.state == Run.State.RUNNING and 0 < run.done < rows, "it was to be killed in the middle"
    assert Task.objects.count() + run.rejects.count() == run.done, "a batch and its place are one transaction"
    Run.objects.update(lease_until=clock.now())
    subprocess.run([*command, "--rerun", str(run.pk)], env=environment, check=True, stdout=subprocess.DEVNULL)
    run.refresh_from_db()
    bad = len(range(3, rows, 10))
    assert (run.state, run.result["finished"], run.rejects.count()) == (Run.State.DONE, rows - bad, bad)
    assert Task.objects.count() == rows - bad and verbs_written() == 3 * (rows - bad)
    assert not tallies.wrong_tallies()
