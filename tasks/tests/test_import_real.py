"""A municipality's real log: every row comes in as it stands in the file, and a second time changes nothing."""

import csv
import datetime as dt
import io
import json
from collections import Counter

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection

from organization.models import Department, User
from records import chain
from records.models import Event
from tasks import tallies
from tasks.importing.run import ask_import
from tasks.models import Procedure, Task
from tasks.tests.coming_in import checksums, done, shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """Bytes, rows and mapping of the real file."""
    data = shared("permit-intake.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    return data, rows, json.loads(shared("permit-intake.mapping.json").read_text())


def bring(data, mapping, **options):
    upload = ContentFile(data, name="permit-intake.csv")
    return done(ask_import(upload, mapping=mapping, **({"open_all": False, "actor": None} | options)))


def expected(row):
    """What a task of this row must say, from the file alone."""
    done_at = dt.datetime.fromisoformat(row["time:timestamp"])
    return (
        row["concept:name"],
        row["concept:name"],
        row["case:department"] if row["org:group"] in {"EMPTY", ""} else row["org:group"],
        row["org:resource"],
        min(dt.datetime.fromisoformat(row["case:startdate"]), done_at),
        done_at,
        dt.datetime.fromisoformat(row["case:deadline"]),
        row["case:concept:name"],
        row["case:channel"],
        "done",
    )


FACTS = (
    "title",
    "procedure__name",
    "department__name",
    "assignee__name",
    "opened_at",
    "closed_at",
    "due_at",
    "subject_ref",
    "labels__name",
    "state",
)


def test_every_row_comes_in_as_it_stands_and_a_second_time_changes_nothing(log):
    data, rows, mapping = log
    run = bring(data, mapping, create_missing=True)
    assert run.result["finished"] == len(rows) == 8577 and not run.rejects.exists()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does in an office: without, a recount may take very long
    tasks = {task[0]: task[1:] for task in Task.objects.values_list("external_reference", *FACTS)}
    wrong = [row["concept:instance"] for row in rows if tasks.get(row["concept:instance"]) != expected(row)]
    assert not wrong and len(tasks) == len(rows)
    assert_history(rows)
    assert_office(rows)
    before = checksums()
    for options in ({"create_missing": True}, {"create_missing": False}, {"create_missing": True, "open_all": True}):
        again = bring(data, mapping, **options)
        assert again.result["already"] == len(rows) and again.result["made"] == {}
        assert checksums() == before


def assert_history(rows):
    assert Counter(Event.objects.filter(task_id__isnull=False).values_list("verb", flat=True)) == {
        verb: len(rows) for verb in ("open", "claim", "complete")
    }
    early = [row for row in rows if row["time:timestamp"] and expected(row)[4] == expected(row)[5]]
    assert len(early) == 12
    finished = Event.objects.filter(verb="complete").values_list("task_id", "occurred_at", "actor_id", "origin")
    held = {task.pk: (task.closed_at, task.assignee_id) for task in Task.objects.only("closed_at", "assignee_id")}
    assert {pk: (at, actor) for pk, at, actor, _origin in finished} == held
    assert {origin for *_rest, origin in finished} == {"import"}
    assert not chain.verify().problems and not tallies.wrong_tallies()
    call_command("doctor", invariants=True)


def assert_office(rows):
    assert Department.objects.count() == 12 and Procedure.objects.count() == 27
    assert {department.site.name for department in Department.objects.select_related("site")} == {"Town hall"}
    people = User.objects.all()
    assert sorted(person.name for person in people) == sorted({row["org:resource"] for row in rows})
    twins = {person.name: person.email for person in people if person.name.lower() == "test"}
    assert set(twins) == {"test", "TEST"}
    assert set(twins.values()) == {"test@import.invalid", "test-2@import.invalid"}
    worked = {(expected(row)[3], expected(row)[2]) for row in rows}
    members = {
        (person.name, membership.department.name)
        for person in people.prefetch_related("memberships__department")
        for membership in person.memberships.all()
    }
    assert members == worked and len(members) == 224
