"""Rows kept aside: they stop nobody, can be corrected, and come in when their run is run again."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import clock
from core.refusals import Refused
from organization.models import User
from records import rejects
from records.models import Event, Run, RunReject
from records.reading import COLUMN, LINE, REASON, REST
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.coming_in import HEAD, again, bring, checksums, row, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def mixed(cast):
    """A file of eleven rows, four of them good."""
    return text_of(
        row(1),
        row(2, what=""),
        row(3, where="Nowhere"),
        row(4, until="5 March"),
        row(5, what="x" * 201),
        row(1, case="another"),
        row(6, until="2023-03-05"),
        ["old-7", "Permit check"],
        row(8, who="Nobody Known"),
        [*row(9), "more", "and more"],
        row(10, who=""),
        row(11, until=(clock.now() + dt.timedelta(days=1)).isoformat()),
        row(12, due="2099-01-01"),
        row(1),
        row(13),
    )


def aside(run):
    return {reject.line: reject.column for reject in run.rejects.order_by("line")}


def test_bad_rows_are_kept_aside_and_stop_nobody(mixed):
    run = bring(mixed)
    assert sorted(Task.objects.values_list("external_reference", flat=True)) == ["old-1", "old-13"]
    assert aside(run) == {
        3: "what",
        4: "where",
        5: "until",
        6: "what",
        7: "id",
        8: "until",
        9: "",
        10: "who",
        11: "",
        12: "who",
        13: "until",
        14: "due",
    }
    assert run.result == {"opened": 0, "finished": 2, "already": 1, "rejected": 12, "made": {}}
    assert all(reject.reason and reject.settled_at is None for reject in run.rejects.all())
    assert run.rejects.get(line=11).row[REST] == "more,and more"
    assert run.rejects.get(line=5).row == dict(zip(HEAD, row(4, until="5 March"), strict=True))


def test_a_corrected_row_comes_in_and_the_others_stay(mixed, cast):
    home = bring(mixed)
    reject = home.rejects.get(line=5)
    rejects.correct_reject(reject, {"until": "2024-03-05 09:00+00:00"}, actor=cast.ada)
    event = Event.objects.get(verb="correct_reject")
    assert (event.actor, event.subject_id) == (cast.ada, home.pk)
    assert event.payload.body == {"line": 5, "changes": {"until": ["5 March", "2024-03-05 09:00+00:00"]}}
    make.department("Nowhere", site=cast.permits.site, calendar=cast.permits.calendar)
    run = again(home)
    assert run.result["finished"] == 1 and run.result["rejected"] == 11 and run.total == 12
    assert Task.objects.get(external_reference="old-4").closed_at == dt.datetime(2024, 3, 5, 9, tzinfo=dt.UTC)
    assert home.rejects.get(line=5).settled_at is not None and not run.rejects.exists()
    # The department is known now; what stops the row is the next thing, and it is told.
    assert "Nowhere does not use" in home.rejects.get(line=4).reason
    with pytest.raises(Refused, match="came in already"):
        rejects.correct_reject(reject, {"until": ""}, actor=None)
    before = checksums(but=frozenset({"records_run", "records_heartbeat"}))
    assert again(home).result["rejected"] == 11
    assert checksums(but=frozenset({"records_run", "records_heartbeat"})) == before


def test_a_row_that_exists_by_now_is_not_settled_by_another(mixed):
    home = bring(mixed)
    assert again(home).result["already"] == 0
    assert "exists" in home.rejects.get(line=7).reason
    rejects.correct_reject(home.rejects.get(line=7), {"id": "old-99"}, actor=None)
    assert (
        again(home).result["finished"] == 1 and Task.objects.get(external_reference="old-99").subject_ref == "another"
    )


def test_missing_ones_may_be_made_when_it_is_run_again(mixed):
    home = bring(mixed)
    run = again(home, create_missing=True)
    assert run.result["finished"] == 1 and run.result["made"]["people"] == 1
    assert User.objects.get(name="Nobody Known").tasks.count() == 1
    assert home.rejects.get(line=10).settled_at


def test_only_columns_of_the_file_are_corrected(mixed):
    reject = bring(mixed).rejects.get(line=5)
    with pytest.raises(Refused, match="no column “when”"):
        rejects.correct_reject(reject, {"when": "now"}, actor=None)
    assert not Event.objects.filter(verb="correct_reject").exists()


def test_an_export_is_corrected_in_a_spreadsheet_and_comes_in(mixed):
    home = bring(mixed)
    table = list(csv.DictReader(io.StringIO("".join(rejects.export(home)))))
    assert [line[LINE] for line in table] == [str(line) for line in sorted(aside(home))]
    assert table[0][COLUMN] == "what" and table[0][REASON]
    for line in table:
        if line[LINE] == "9":
            line |= dict(zip(HEAD, row(7), strict=True))
        if line[LINE] == "11":
            line[REST] = ""
    table.append(table[0] | {LINE: "2"})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(table[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(table)
    done = rejects.correct_all(home, io.BytesIO(out.getvalue().encode()), actor=None)
    assert done.changed == 2 and len(done.problems) == 1
    assert again(home).result["finished"] == 2
    assert set(Task.objects.values_list("external_reference", flat=True)) == {"old-1", "old-13", "old-7", "old-9"}
    with pytest.raises(Refused, match=LINE):
        rejects.correct_all(home, io.BytesIO(mixed.encode()), actor=None)


FORMULAS = ["=1+1", "+49", "-5", "@x", "'=kept", "plain", "'plain", "\t=x", "''=", ""]


def test_an_export_runs_no_formula_and_comes_back_as_it_was(cast):
    home = bring(text_of(*[row(n, until="bad", case=value) for n, value in enumerate(FORMULAS)]))
    export = "".join(rejects.export(home))
    cells = [line["case"] for line in csv.DictReader(io.StringIO(export))]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert [rejects.as_came(cell) for cell in cells] == FORMULAS
    assert rejects.correct_all(home, io.BytesIO(export.encode()), actor=None).changed == 0


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
@example("'=")
def test_every_cell_comes_back_from_an_export(value):
    assert rejects.as_came(rejects.as_text(value)) == value


def test_what_no_text_may_hold_is_shown_and_not_taken(cast):
    home = bring(text_of(row(1, who="Mi\0ra")))
    reject = home.rejects.get()
    assert reject.column == "who" and reject.row["who"] == "Mi␀ra"
    assert again(home).result["rejected"] == 1


def test_an_unexpected_error_in_one_row_keeps_that_row_aside(cast, monkeypatch):
    from tasks.importing import work

    def claim(task, **rest):
        if task.external_reference == "old-2":
            raise ZeroDivisionError("a bug")
        return real(task, **rest)

    real = work.claim
    monkeypatch.setattr(work, "claim", claim)
    run = bring(text_of(row(1), row(2), row(3)))
    assert run.result["finished"] == 2 and "ZeroDivisionError" in run.rejects.get(line=3).reason


CELL = st.sampled_from(
    ['"', ",", "\n", "\r", "\0", "=1", "old-1", "Permits", "Mira Holt", "2024-03-05", "é", "x" * 300, ""]
)
LINES = st.lists(
    st.one_of(st.lists(CELL, max_size=11).map(",".join), st.lists(CELL, max_size=4).map("".join)), max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, good=st.integers(0, 3))
def test_every_row_of_hostile_input_ends_as_task_or_aside(cast, lines, good):
    """Whatever stands between good rows: nothing crashes, each row is counted once, and the good ones are in."""
    source = [f"h{Run.objects.count()}-{number}" for number in range(good)]
    rows = [row(0, id=reference) for reference in source]
    text = text_of(*rows) + "\n".join(lines)
    before = Task.objects.count()
    run = bring(text)
    counts = run.result
    assert run.done == run.total == sum(counts[name] for name in ("opened", "finished", "already", "rejected"))
    assert counts["rejected"] == RunReject.objects.filter(run=run).count()
    assert Task.objects.count() - before == counts["finished"] + counts["opened"]
    assert Task.objects.filter(external_reference__in=source).count() == good
