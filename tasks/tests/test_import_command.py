"""`manage.py import_tasks` for people at a terminal: what it prints, refuses, writes and takes back."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from records.models import Run
from tasks.models import Task
from tasks.tests.coming_in import MAPPING, row, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path, cast):
    """Writes what is to be imported; gives the paths of file and mapping."""

    def write(text, mapping=MAPPING):
        (tmp_path / "old.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        (tmp_path / "map.json").write_text(mapping if isinstance(mapping, str) else json.dumps(mapping))
        return str(tmp_path / "old.csv"), str(tmp_path / "map.json")

    return write


def told(*words, **options):
    out = StringIO()
    call_command("import_tasks", *words, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_it_tells_how_far_it_is_and_what_came_of_it(files):
    file, mapping = files(text_of(row(1), row(2, until="bad")))
    out = told(file, mapping=mapping)
    run = Run.objects.get()
    assert "2 of 2 rows, 1 kept aside" in out
    assert f"Import {run.pk}: 0 opened, 1 finished, 0 there already, 1 kept aside; made nothing" in out
    assert f"--rerun {run.pk}" in out


def test_rows_aside_go_out_are_corrected_and_come_back(files, tmp_path):
    file, mapping = files(text_of(row(1), row(2, until="bad"), row(3, who="")))
    aside = tmp_path / "aside.csv"
    told(file, mapping=mapping, rejects=str(aside))
    home = Run.objects.get()
    with aside.open(newline="") as rows:
        table = list(csv.DictReader(rows))
    assert [line["import:line"] for line in table] == ["3", "4"]
    table[0]["until"] = "2024-03-05"
    with aside.open("w", newline="") as rows:
        writer = csv.DictWriter(rows, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    out = told(str(aside), rerun=home.pk, rejects=str(aside))
    assert "1 rows corrected" in out and "1 finished" in out and "1 kept aside" in out
    assert set(Task.objects.values_list("external_reference", flat=True)) == {"old-1", "old-2"}
    assert "old-3" in aside.read_text() and "old-2" not in aside.read_text()


def test_missing_ones_are_made_on_request(files):
    file, mapping = files(text_of(row(1, where="Parks", what="Felling", who="Jo")))
    assert "1 kept aside" in told(file, mapping=mapping)
    out = told(rerun=Run.objects.get().pk, create_missing=True)
    assert "made 1 departments, 1 procedures, 1 people, 1 memberships" in out and "1 finished" in out


def test_open_brings_in_open_work(files):
    file, mapping = files(text_of(row(1)), {key: MAPPING[key] for key in MAPPING if key not in {"done_at", "person"}})
    with pytest.raises(CommandError, match="“done_at”"):
        told(file, mapping=mapping)
    assert "1 opened" in told(file, mapping=mapping, open=True)
    assert Task.objects.get().state == "open"


@pytest.mark.parametrize(
    ("text", "mapping", "says"),
    [
        ("id,what,who,from,until,due,case,channel\n", MAPPING, "no column “where”"),
        ("id;what\nMüller;x\n".encode("latin-1"), MAPPING, "UTF-8"),
        (b"", MAPPING, "empty"),
        (text_of(row(1)), "{nonsense", "cannot be read"),
        (text_of(row(1)), "[]", "JSON object"),
        (text_of(row(1)), MAPPING | {"titel": "x"}, "“titel”"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_leaves_nothing(files, text, mapping, says):
    file, mapping = files(text, mapping)
    with pytest.raises(CommandError) as error:
        told(file, mapping=mapping)
    assert says in str(error.value) and "\n" not in str(error.value)
    assert not Run.objects.exists() and not Task.objects.exists()


def test_places_that_are_not_there(files):
    file, mapping = files(text_of(row(1)))
    for words, options in (
        ((f"{file}.x",), {"mapping": mapping}),
        ((file,), {"mapping": f"{mapping}.x"}),
        ((), {"rerun": 7}),
    ):
        with pytest.raises(CommandError):
            told(*words, **options)
    with pytest.raises(CommandError, match="--mapping"):
        told(file)
