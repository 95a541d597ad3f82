"""Reading CSV: encodings, delimiters, headers, and whatever people and programs make of rows."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.refusals import Refused
from records import tables
from records.reading import LONGEST_RECORD, REST, decode, read_table
from records.tables import lines_of

WANTED = [("title", "name"), ("procedure", "kind")]


def read(data, wanted):
    """Layout and records of a file."""
    file = io.BytesIO(data)
    layout = tables.look(file, wanted)
    return layout, list(tables.records(file, layout))


def records(text, wanted=WANTED):
    return read(text.encode(), wanted)[1]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf_8_with_and_without_a_mark(mark):
    layout, got = read(mark + "name,kind\nMüller,α\n".encode(), WANTED)
    assert layout.columns == ["name", "kind"]
    assert [record.cells for record in got] == [{"name": "Müller", "kind": "α"}]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("name,kind\nMüller,x\n".encode("latin-1"), ["Line 2", "UTF-8", "iconv"]),
        ("name,kind\nx,y\n".encode("utf-16"), ["UTF-16", "UTF-8"]),
        ("name,kind\nx,y\n".encode("utf-16-be"), []),
        (b"PK\x03\x04\xff\xfe\x9a\x00", ["workbook", "XLSX"]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ["XLSX", "password"]),
        (b"", ["empty"]),
        (b"\xef\xbb\xbf \n\n", ["empty"]),
    ],
)
def test_what_is_not_utf_8_is_refused_with_what_to_do(data, says):
    with pytest.raises(Refused) as refused:
        read(data, WANTED)
    assert all(word in str(refused.value.sentence) for word in says)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_gives_the_columns(delimiter):
    # The other three stand in the values and in the names, more often than the right one.
    others = "".join(one for one in ",;\t|" if one != delimiter) * 3
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["name", "kind", f"x{others}y"], ["a", others, "c"]])
    layout, got = read(out.getvalue().encode(), WANTED)
    assert layout.delimiter == delimiter
    assert [list(record.cells.values()) for record in got] == [["a", others, "c"]]


def test_a_missing_column_is_named_with_its_key_and_what_there_is():
    with pytest.raises(Refused) as refused:
        read(b"name;sort\nx;y\n", WANTED)
    assert "kind" in str(refused.value) and "procedure" in str(refused.value) and "name, sort" in str(refused.value)
    with pytest.raises(Refused, match="more than once"):
        read(b"name,kind,name\nx,y,z\n", WANTED)


def test_columns_without_a_name_or_with_a_taken_one_keep_their_values():
    (record,) = records("name,kind,,x,x,import:rest\n1,2,3,4,5,6\n")
    assert list(record.cells.values()) == ["1", "2", "3", "4", "5", "6"]
    assert REST not in record.cells


def test_lines_are_those_of_the_file():
    text = '\nname,kind\r\na,"two\r\nlines"\n\n  \nb,c\rd,e'
    assert [(record.line, record.cells["name"]) for record in records(text)] == [(3, "a"), (7, "b"), (8, "d")]
    assert records(text)[0].cells["kind"] == "two\r\nlines"


def test_ragged_rows_keep_what_they_have():
    short, long = records("name,kind\nonly\na,b,c,d\n")
    assert short.cells == {"name": "only"} and "2 columns, the row has 1" in short.problem
    assert long.cells == {"name": "a", "kind": "b", REST: "c,d"} and "2 columns, the row has 4" in long.problem


def test_a_stray_quotation_mark_costs_its_own_line_only():
    got = records('name,kind\na,"open\nb,c\nd,"e" f\ng,"h ""i"" j"\n"k,l\n')
    assert [(one.line, bool(one.problem)) for one in got] == [(2, True), (3, False), (4, True), (5, False), (6, True)]
    assert got[0].cells == {REST: 'a,"open'}
    assert got[3].cells["kind"] == 'h "i" j'


def test_a_mark_never_closed_does_not_look_through_a_whole_file():
    body = 'a",".\n' * (LONGEST_RECORD * 3)
    got = records("name,kind\n" + body)
    assert len(got) == LONGEST_RECORD * 3 and all(one.problem for one in got[:LONGEST_RECORD])


def test_a_value_longer_than_csv_allows_is_a_problem_of_its_row():
    got = records(f"name,kind\na,{'x' * 200_000}\nb,c\n")
    assert [bool(one.problem) for one in got] == [True, False]


HOSTILE = st.text(alphabet=st.sampled_from('",;|\t\r\n\0 abé\u2028\ufeff=\x85'), max_size=60)


@settings(max_examples=400, deadline=None)
@given(body=HOSTILE, delimiter=st.sampled_from(",;\t|"))
@example(body='"', delimiter=",")
@example(body='"\n"\n"', delimiter=";")
@example(body="\r\r\n\n\r", delimiter=",")
@example(body="\0,\0\n", delimiter=",")
def test_every_line_is_in_exactly_one_record_and_no_text_is_lost(body, delimiter):
    head = f"name{delimiter}kind\n"
    _layout, got = read((head + body).encode(), WANTED)
    firsts = [record.line for record in got]
    assert firsts == sorted(set(firsts)) and all(line > 1 for line in firsts)
    lines = list(lines_of(io.BytesIO((head + body).encode())))
    # Marks and delimiters apart, what stands in the lines of a record is in it; before the first all is blank.
    plain = str.maketrans("", "", f'"{delimiter}\r\n \t\u2028\x85')
    assert not "".join(lines[1 : firsts[0] - 1 if firsts else len(lines)]).translate(plain)
    for record, after in zip(got, [*firsts[1:], len(lines) + 1], strict=False):
        own = "".join(lines[record.line - 1 : after - 1])
        assert "".join(record.cells.values()).translate(plain) == own.translate(plain)
        assert record.problem or list(record.cells) == ["name", "kind"]


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(data):
    try:
        _layout, got = read(data, [])
    except Refused:
        return
    for record in got:
        assert record.line >= 1


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)] * 3),
        max_size=8,
    ),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_program_wrote_comes_back(rows, delimiter, quoting):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows([("name", "kind", "note"), *rows])
    got = [tuple(record.cells.values()) for record in records(out.getvalue())]
    assert got == rows


def test_a_small_file_is_read_as_a_whole():
    assert decode(b"\xef\xbb\xbfa") == "a"
    table = read_table(b"name;kind\na;b\n", WANTED)
    assert [record.cells for record in table.records()] == [{"name": "a", "kind": "b"}]
