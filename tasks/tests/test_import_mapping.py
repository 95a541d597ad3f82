"""The mapping: every slip is told with the key at fault."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.refusals import Refused
from records.rejects import Bad
from tasks.importing.mapping import check_use, read_mapping
from tasks.importing.rows import read_row

WHOLE = {
    "source": "permit-intake",
    "site": "Town hall",
    "time_zone": "Europe/Amsterdam",
    "external_reference": "id",
    "title": "what",
    "procedure": "what",
    "department": {"column": "group", "empty": ["EMPTY", ""], "else": "owner"},
    "person": "who",
    "opened_at": "from",
    "done_at": "until",
    "due_at": "due",
    "subject_reference": "case",
    "labels": ["channel"],
}
NOW = dt.datetime(2025, 6, 2, 12, tzinfo=dt.UTC)


def without(key):
    return {name: value for name, value in WHOLE.items() if name != key}


@pytest.mark.parametrize("key", ["source", "external_reference", "title", "procedure", "department"])
def test_what_is_needed_is_named_when_it_is_missing(key):
    with pytest.raises(Refused) as refused:
        read_mapping(without(key))
    assert f"“{key}”" in str(refused.value) and refused.value.field == key


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("titel", "x", "titel"),
        ("title", 7, "title"),
        ("title", "  ", "title"),
        ("source", "x" * 61, "source"),
        ("source", "a\0b", "source"),
        ("time_zone", "Mars/Base", "time_zone"),
        ("department", {"empty": []}, "department.column"),
        ("department", {"column": "x", "empty": "EMPTY"}, "department.empty"),
        ("department", {"column": "x", "otherwise": "y"}, "department.otherwise"),
        ("department", ["x"], "department"),
        ("department", {"empty": ["x"]}, "department.column"),
        ("procedure", {"column": "x", "values": ["a"]}, "procedure.values"),
        ("procedure", {"column": "x", "values": {"a": ""}}, "procedure.values.a"),
        ("procedure", {"default": " "}, "procedure.default"),
        ("dates", "american", "dates"),
        ("labels", "channel", "labels"),
        ("labels", ["a", None], "labels[1]"),
    ],
)
def test_what_is_wrong_is_named(key, value, named):
    with pytest.raises(Refused) as refused:
        read_mapping(WHOLE | {key: value})
    assert f"“{named}”" in str(refused.value)


def test_what_this_import_needs():
    check_use(read_mapping(WHOLE), open_all=False, create_missing=True)
    check_use(read_mapping(without("done_at")), open_all=True, create_missing=True)
    for key, open_all, create_missing in (("done_at", False, False), ("person", False, False), ("site", True, True)):
        with pytest.raises(Refused, match=key):
            check_use(read_mapping(without(key)), open_all=open_all, create_missing=create_missing)


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*WHOLE, "column", "else", "x"]), inner, max_size=6)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_mapping_or_refused(data):
    try:
        mapping = read_mapping(data)
    except Refused:
        return
    assert mapping.source and list(mapping.columns())


GOOD = {
    "id": "a-1",
    "what": "Check",
    "group": "North",
    "owner": "General",
    "who": "Mira",
    "from": "2025-03-03 09:00+01:00",
    "until": "2025-03-04T10:00:00.5",
    "due": "2025-03-10",
    "case": "c-1",
    "channel": "Desk",
}


def row(mapping=WHOLE, **cells):
    return read_row(7, GOOD | cells, read_mapping(mapping), zone="Europe/Amsterdam", now=NOW)


def test_what_the_names_of_a_file_mean():
    procedure = {"column": "what", "values": {"Check": "Permit check"}, "default": "Anything"}
    department = {"column": "group", "empty": ["?"], "else": "owner", "values": {"N": "North"}, "default": "General"}
    mapping = WHOLE | {"procedure": procedure, "department": department}
    for cells, means in (
        ({}, ("Permit check", "North")),
        ({"group": " N "}, ("Permit check", "North")),
        ({"group": "?", "owner": "N"}, ("Permit check", "North")),
        ({"group": "", "owner": "?"}, ("Permit check", "General")),
        ({"group": "South"}, ("Permit check", "South")),
    ):
        got = row(mapping, **cells)
        assert (got.procedure, got.department) == means
    everywhere = WHOLE | {"procedure": {"default": "Anything"}, "department": {"default": "General"}}
    assert (row(everywhere).procedure, row(everywhere, group="x").department) == ("Anything", "General")
    assert [key for key, _column in read_mapping(everywhere).columns()].count("procedure") == 0


@pytest.mark.parametrize(
    ("dates", "text", "means"),
    [
        ("day-first", "31.3.2025 14:05", dt.datetime(2025, 3, 31, 12, 5, tzinfo=dt.UTC)),
        ("day-first", "31/03/2025, 14:05:09", dt.datetime(2025, 3, 31, 12, 5, 9, tzinfo=dt.UTC)),
        ("day-first", "1-2-2025 00:30+00:00", dt.datetime(2025, 2, 1, 0, 30, tzinfo=dt.UTC)),
        ("month-first", "3/31/2025 2:05 PM", dt.datetime(2025, 3, 31, 12, 5, tzinfo=dt.UTC)),
        ("month-first", "1/2/2025 12:30 am", dt.datetime(2025, 1, 1, 23, 30, tzinfo=dt.UTC)),
        ("month-first", "2025-01-02 12:30", dt.datetime(2025, 1, 2, 11, 30, tzinfo=dt.UTC)),
    ],
)
def test_dates_as_people_write_them(dates, text, means):
    assert row(WHOLE | {"dates": dates}, until=text, **{"from": ""}).done_at == means


def test_a_due_date_stays_one_however_it_is_written():
    assert row(WHOLE | {"dates": "day-first"}, due="5.6.2025").due_on == dt.date(2025, 6, 5)
    for dates, text in (
        ("day-first", "3/31/2025"),
        ("day-first", "5.6.25"),
        ("month-first", "3/31/2025 14:05 PM"),
        ("iso", "5.6.2025"),
    ):
        with pytest.raises(Bad, match="not a time"):
            row(WHOLE | {"dates": dates}, due=text)


def test_a_row_as_work():
    got = row()
    assert (got.reference, got.title, got.department, got.person, got.labels) == (
        "a-1",
        "Check",
        "North",
        "Mira",
        ("Desk",),
    )
    assert got.opened_at == dt.datetime(2025, 3, 3, 8, tzinfo=dt.UTC)
    # Without an offset it is local time of the zone; a due date stays a date.
    assert got.done_at == dt.datetime(2025, 3, 4, 9, 0, 0, 500_000, tzinfo=dt.UTC)
    assert got.due_on == dt.date(2025, 3, 10) and got.due_at is None
    assert row(due="2025-03-10 17:00+00:00").due_at == dt.datetime(2025, 3, 10, 17, tzinfo=dt.UTC)
    assert row(group="EMPTY").department == "General" and row(group=" ").department == "General"
    assert row(until="", due="", channel="").done_at is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"id": " "}, "id"),
        ({"id": "x" * 121}, "id"),
        ({"what": ""}, "what"),
        ({"what": "x" * 161}, "what"),
        ({"group": "EMPTY", "owner": ""}, "group"),
        ({"group": "EMPTY", "owner": "EMPTY"}, "group"),
        ({"group": "x" * 121}, "group"),
        ({"who": "x" * 151}, "who"),
        ({"case": "x" * 81}, "case"),
        ({"channel": "x" * 61}, "channel"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2025-02-30"}, "from"),
        ({"from": "1066-10-14"}, "from"),
        ({"until": "9999-12-31T23:59-10:00"}, "until"),
        ({"until": "2025-06-03"}, "until"),
        ({"until": "2024-11-01"}, "until"),
        ({"due": "10.3.2025"}, "due"),
        ({"who": "a\0b"}, "who"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_column(cells, column):
    with pytest.raises(Bad) as bad:
        row(**cells)
    assert bad.value.column == column and bad.value.reason


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(list(GOOD)), st.text(max_size=30) | st.datetimes().map(str), max_size=6))
def test_any_row_is_work_or_bad(cells):
    try:
        got = row(**cells)
    except Bad as bad:
        assert bad.reason and bad.column in {*GOOD, ""}
    else:
        assert got.title and got.reference and got.department
