"""What programs send is taken as declared, or refused before anything is looked up."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from organization.shapes import Day, Id, Instant, SentFlag, SentId, Shape, Text

INSTANT = TypeAdapter(Instant)


class Sample(Shape):
    number: Id = 1
    flag: bool = False
    text: Annotated[str, Text(5, 1)] = "x"


def refused(kind, value):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)
    return True


@pytest.mark.parametrize(
    "wrong",
    [
        {"other": 1},
        {"number": "1"},
        {"number": 1.5},
        {"number": 1e300},
        {"number": float("inf")},
        {"number": True},
        {"number": 0},
        {"number": 2**63},
        {"flag": "true"},
        {"flag": 1},
        {"text": ""},
        {"text": "123456"},
        {"text": "a\x00"},
        {"text": "\ud800"},
        {"text": 1},
        {"text": None},
    ],
)
def test_no_value_is_bent_into_another_type(wrong):
    assert refused(Sample, wrong)


def test_bounds_are_inside():
    assert Sample.model_validate({"number": 1.0}).number == 1
    assert Sample.model_validate({"number": 2**63 - 1, "text": "12345", "flag": True}).number == 2**63 - 1


@given(st.datetimes(), st.integers(-23 * 60, 23 * 60))
def test_every_instant_with_an_offset_is_the_same_instant(day, offset):
    value = day.replace(tzinfo=dt.timezone(dt.timedelta(minutes=offset)))
    read = INSTANT.validate_python(value.isoformat())
    edge = not dt.datetime(1, 1, 4) < day < dt.datetime(9999, 12, 28)
    assert read.tzinfo is dt.UTC and (edge or read == value)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-30T09:00:00Z", (2026, 11, 30, 9, 0)),
        ("2026-11-30t09:00:00z", (2026, 11, 30, 9, 0)),
        ("2026-11-30T09:00:00.123456789+01:00", (2026, 11, 30, 8, 0, 0, 123456)),
        ("2016-12-31T23:59:60Z", (2016, 12, 31, 23, 59, 59)),
        ("0001-01-01T00:00:00+23:59", (1, 1, 3)),
        ("9999-12-31T23:59:59-23:59", (9999, 12, 29)),
    ],
)
def test_instants(text, instant):
    assert INSTANT.validate_python(text) == dt.datetime(*instant, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-30T09:00:00",
        "2026-11-30",
        "2026-02-30T09:00:00Z",
        "2026-11-30T24:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-30T09:00:00+0100",
        "٢٠٢٦-11-30T09:00:00Z",
        "now",
        "",
        0,
        1764493200,
        None,
        True,
    ],
)
def test_no_instant_without_its_offset(wrong):
    assert refused(Instant, wrong)


def test_days():
    assert TypeAdapter(Day).validate_python("2026-11-30") == dt.date(2026, 11, 30)
    assert all(refused(Day, wrong) for wrong in ("20261130", "2026-11-31", "2026-11-30T00:00:00Z", 0, None))


def test_what_stands_in_addresses_is_text():
    assert TypeAdapter(SentId).validate_python("7") == 7
    assert all(refused(SentId, wrong) for wrong in ("0", "-1", "1.0", "1_0", "٧", " 7", "x", "", str(2**63), "9" * 30))
    assert TypeAdapter(SentFlag).validate_python("true") is True
    assert all(refused(SentFlag, wrong) for wrong in ("1", "yes", "True", ""))
