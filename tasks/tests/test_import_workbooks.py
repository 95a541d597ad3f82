"""Workbooks: typed cells as texts, the sheet one chose, and what is no workbook or would harm."""

import datetime as dt
import io
import json
import random
import re
import tracemalloc
import zipfile

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from core.refusals import Refused
from records import tables, workbooks
from records.models import Run
from records.reading import REST
from tasks.importing.entries import read_entries
from tasks.importing.mapping import read_mapping
from tasks.importing.run import ask_import
from tasks.models import Task
from tasks.tests.coming_in import HEAD, MAPPING, checksums, done, row, text_of

WHEN = dt.datetime(2025, 3, 31, 14, 5, 30)


def book(rows, *, name="Work", before=(), **options):
    """The bytes of a workbook with these rows; a function writes its cell itself."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss", **options}) as made:
        for other in before:
            made.add_worksheet(other)
        sheet = made.add_worksheet(name)
        for number, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if callable(value):
                    value(made, sheet, number, column)
                elif value is not None:
                    sheet.write(number, column, value)
    return out.getvalue()


def read(data, **options):
    file = io.BytesIO(data)
    layout = tables.look(file, [], **options)
    return layout, list(tables.records(file, layout))


def formula(text, result):
    return lambda made, sheet, number, column: sheet.write_formula(number, column, text, None, result)


def without_results(data):
    """The same workbook as a program without a calculator writes it."""
    return changed(data, lambda name, text: re.sub(r"(</f>)<v>[^<]*</v>", r"\1", text))


def changed(data, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part.filename, change(part.filename, body.decode()) if part.filename[-4:] == ".xml" else body)
    return out.getvalue()


def test_cells_are_told_as_texts():
    cells = [42933, 3.14, -0.5, 1e21, True, "  Müller ", WHEN, dt.date(2025, 3, 31), dt.time(14, 5), "", "=x"]
    cells[-1] = lambda made, sheet, number, column: sheet.write_string(number, column, "=x")
    layout, (record,) = read(book([[f"c{n}" for n in range(len(cells))], cells]))
    told = ["42933", "3.14", "-0.5", "1e+21", "TRUE", "  Müller ", "2025-03-31 14:05:30", "2025-03-31", "14:05:00"]
    assert list(record.cells.values()) == [*told, "", "=x"]
    assert (record.line, layout.sheet, layout.begins) == (2, "Work", 1)


def test_the_other_epoch_and_texts_in_the_cells_themselves():
    _layout, (record,) = read(book([["a", "b"], [WHEN, "x"]], date_1904=True, constant_memory=True, in_memory=False))
    assert list(record.cells.values()) == ["2025-03-31 14:05:30", "x"]


def test_lines_are_the_rows_of_the_sheet():
    rows = [[], [], ["name", "kind"], ["a", "b"], [], [" ", ""], ["c"], ["d", "e", "f"], [None, "g"]]
    data = book(rows)
    layout, got = read(data)
    assert layout.columns == ["name", "kind"] and layout.begins == 3
    assert [record.line for record in got] == [4, 7, 8, 9]
    assert got[1].cells == {"name": "c", "kind": ""} and not got[1].problem
    assert got[2].cells[REST] == "f" and "2 columns, the row has 3" in got[2].problem
    assert got[3].cells == {"name": "", "kind": "g"}


def test_a_sheet_is_chosen_else_it_is_the_first():
    data = book([["name"], ["x"]], before=["Empty"])
    assert tables.sheets_of(io.BytesIO(data)) == ["Empty", "Work"]
    assert read(data, sheet="Work")[1][0].cells == {"name": "x"}
    for sheet, words in (("", "is empty"), ("Nope", "Empty, Work")):
        with pytest.raises(Refused, match=words):
            read(data, sheet=sheet)


def test_a_formula_is_its_result_and_one_without_is_told():
    data = book([["a", "b"], [formula("=1+1", 2), formula('="x"', "x")], [formula("=1/0", "#DIV/0!"), "y"]])
    assert [list(record.cells.values()) for record in read(data)[1]] == [["2", "x"], ["#DIV/0!", "y"]]
    assert read(without_results(data))[1][0].cells == {"a": workbooks.NO_RESULT, "b": workbooks.NO_RESULT}


@pytest.mark.django_db
def test_formulas_without_a_result_keep_their_row_aside(cast):
    rows = [HEAD, row(1), row(2), row(3)]
    rows[2][1], rows[3][4] = formula("=1/0", "#DIV/0!"), formula("=NOW()", 1)
    for data, wrong in ((book(rows), {3: "what"}), (without_results(book(rows)), {3: "what", 4: "from"})):
        upload = ContentFile(data, name="old.xlsx")
        run = done(ask_import(upload, mapping=MAPPING, open_all=True, create_missing=False, actor=None))
        assert {reject.line: reject.column for reject in run.rejects.all()} | {4: "from"} == wrong | {4: "from"}


@pytest.mark.django_db
def test_a_workbook_comes_in_like_its_text(cast, tmp_path):
    """Dates are typed cells without an offset; the command takes the sheet one names."""
    rows = [HEAD]
    for number in range(1, 4):
        cells = row(number)
        for place in (4, 5):
            cells[place] = dt.datetime.fromisoformat(cells[place]).replace(tzinfo=None)
        rows.append([*cells[:6], dt.date(2024, 3, 8), *cells[7:]])
    path, mapping = tmp_path / "old.xlsx", tmp_path / "mapping.json"
    path.write_bytes(book(rows, before=["About"]))
    mapping.write_text(json.dumps(MAPPING | {"time_zone": "UTC"}))
    call_command("import_tasks", str(path), mapping=str(mapping), sheet="Work", stdout=io.StringIO())
    facts = list(Task.objects.order_by("external_reference").values_list("opened_at", "closed_at", "due_is_date"))
    assert (
        facts == [(dt.datetime(2024, 3, 4, 9, tzinfo=dt.UTC), dt.datetime(2024, 3, 5, 10, 30, tzinfo=dt.UTC), True)] * 3
    )
    before = checksums()
    text = text_of(*[row(n, due="2024-03-08") for n in range(1, 4)])
    upload = ContentFile(text.encode(), name="old.csv")
    run = done(ask_import(upload, mapping=MAPPING, open_all=False, create_missing=False, actor=None))
    assert run.result["already"] == 3
    after = checksums()
    assert {name for name in before if before[name] != after[name]} <= {"records_attachment", "records_blob"}


def test_what_is_no_workbook_is_refused_with_what_to_do():
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.txt", "x")
    whole = book([["a"], ["b"]])
    entity = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "boo">]>'
    doctype = changed(whole, lambda name, text: text.replace("<?xml", entity + "<!--", 1).replace("?>", "-->", 2)
                      if "sheet1" in name else text)  # fmt: skip
    cut = changed(whole, lambda name, text: text[: len(text) // 2] if "sheet1" in name else text)
    for data, words in (
        (plain.getvalue(), "archive, not a workbook"),
        (doctype, "cannot be read"),
        (cut, "cannot be read"),
    ):
        with pytest.raises(Refused, match=words):
            read(data)


def test_what_unpacks_into_masses_is_refused_before_it_is_unpacked(monkeypatch):
    padding = lambda name, text: text + " " * (30 << 20) if "sheet1" in name else text  # noqa: E731
    data = changed(book([["a"], ["b"]]), padding)
    assert len(data) < 100_000
    monkeypatch.setattr(workbooks.Stream, "feed", lambda self: pytest.fail("it was unpacked"))
    with pytest.raises(Refused, match="unpacks into too much"):
        read(data)


def test_a_sheet_without_end_is_read_as_far_as_it_is_asked_for():
    """A million rows said to be there, one that is far down, a column that no sheet has: nothing is filled up."""
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
    data = changed(book([["a"], ["b"]]), lambda name, text: text.replace("</sheetData>", far))
    assert [(record.line, record.cells["a"]) for record in read(data)[1]] == [(2, "b"), (1048576, "far")]
    wide = '<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'
    with pytest.raises(Refused, match="more than 1000 columns"):
        read(changed(book([["a"], ["b"]]), lambda name, text: text.replace("</sheetData>", wide)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_spoilt_workbook_is_read_or_refused(data):
    whole = bytearray(SPOILT)
    for _number in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except Refused:
        return


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_workbook_of_spoilt_xml_is_read_or_refused(seed):
    chance = random.Random(seed)

    def spoil(name, text):
        if "sheet1" not in name and "shared" not in name and "workbook" not in name:
            return text
        place = chance.randrange(len(text))
        return (
            text[:place]
            + chance.choice(["", "<", ">", '"', "9999999999", "A", " "])
            + text[place + chance.randrange(4) :]
        )

    try:
        read(changed(SPOILT, spoil))
    except Refused:
        return


SPOILT = book([["name", "kind"], ["a", 1], ["b", WHEN], [formula("=1", 1), True]])


@pytest.mark.django_db
def test_an_upload_that_is_refused_leaves_nothing_behind(cast):
    with pytest.raises(Refused):
        ask_import(
            ContentFile(b"PK\x03\x04zzzz", name="x.xlsx"),
            mapping=MAPPING,
            open_all=True,
            create_missing=False,
            actor=None,
        )
    assert not Run.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_file_costs_no_more_memory_than_a_short_one(kind):
    """Of the rows only what tells a reference from the others is kept: some dozens of bytes each."""
    head, peaks = ["id", "what", "where", "note"], {}
    mapping = read_mapping(
        {"source": "x", "external_reference": "id", "title": "what", "procedure": "what", "department": "where"}
    )
    for count in (100, 1500):
        rows = [head, *([f"r{n}", "Check", "Permits", f"{n} " + "y" * 400] for n in range(count))]
        text = "".join(",".join(cells) + "\n" for cells in rows).encode()
        file = io.BytesIO(text if kind == "csv" else book(rows, constant_memory=True, in_memory=False))
        layout = tables.look(file, [])
        tracemalloc.start()
        entries = read_entries(tables.records(file, layout), mapping, zone="UTC", now=WHEN.replace(tzinfo=dt.UTC))
        assert sum(entry.row is not None for entry in entries) == count
        peaks[count] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[1500] - peaks[100] < 300_000, f"the rows are {1500 * 420} bytes"
