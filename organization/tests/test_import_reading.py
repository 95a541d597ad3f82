"""Files of people and departments: columns, separators, encodings, and what people write into cells."""

from __future__ import annotations

import datetime as dt

import pytest

from core.refusals import Refused
from organization.importing import values
from organization.importing.departments import in_order
from organization.importing.sheets import DEPARTMENTS, KINDS, MOST_ROWS, PEOPLE, Cells, read_sheet
from records.reading import guess


def cells(**written: str) -> Cells:
    return Cells(written, {key: key for key in written})


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("E-Mail;Name\nm@hall.example;Zoë Grün\n".encode(), "UTF-8"),
        ("E-Mail;Name\nm@hall.example;Zoë Grün\n".encode("utf-8-sig"), "UTF-8"),
        ("E-Mail;Name\nm@hall.example;Zoë Grün\n".encode("cp1252"), "Windows-1252"),
        ("E-Mail\tName\nm@hall.example\tZoë Grün\n".encode("utf-16"), "UTF-16"),
        ("e_mail ADDRESS,name\nm@hall.example,Zoë Grün\n".encode(), "UTF-8"),
        ("Náme\tÉ-mail\r\nZoë Grün\tm@hall.example\r\n".encode(), "UTF-8"),
    ],
)
def test_encodings_and_separators_are_found(data: bytes, encoding: str) -> None:
    sheet = read_sheet(data, PEOPLE)
    (record,) = sheet.records()
    row = Cells(record.cells, sheet.names)
    assert (sheet.encoding, row.text("email"), row.text("name")) == (encoding, "m@hall.example", "Zoë Grün")
    assert record.line == 2 and not sheet.ignored


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"Code,Name\nA,B\n", "no column “E-mail”"),
        (b"E-mail,Name,mail\na,b,c\n", "both understood as “E-mail”"),
        (b"E-mail,Name\n", "no row below"),
        (b"", "empty"),
        (b"PK\x03\x04\x00\x00", "no CSV file"),
        (b"\x81\x8d", "no CSV file"),
        (b"E-mail\n" + b"m@hall.example\n" * (MOST_ROWS + 1), "Split it"),
        (b"E-mail\n" + b"m" * 6_000_000, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_used_says_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_sheet(data, PEOPLE).records()


def test_other_columns_are_named_and_left_out() -> None:
    sheet = read_sheet(b"Shoe size,code,import:line,Name\n43,PER,9,Permits\n", DEPARTMENTS)
    assert sheet.ignored == ["Shoe size"] and sheet.names == {"code": "code", "name": "Name"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_template_is_read_as_it_is_given_out(kind: object) -> None:
    sheet = read_sheet(kind.template().encode("utf-8-sig"), kind)  # type: ignore[attr-defined]
    assert len(sheet.records()) == 2 and not sheet.ignored


def test_departments_come_behind_what_they_are_part_of() -> None:
    text = "code,name,parent\nC,Three,B\nB,Two,One\nA,One,\nX,Loop,Y\nY,Pool,X\n"
    sheet = read_sheet(text.encode(), DEPARTMENTS)
    ordered = [one.cells["code"] for one in in_order(sheet.records(), sheet.names)]
    assert ordered[:3] == ["A", "B", "C"] and sorted(ordered) == ["A", "B", "C", "X", "Y"]


@pytest.mark.parametrize(
    ("written", "week"),
    [
        ({"minutes": "Full-Time"}, [480] * 5 + [0, 0]),
        ({"minutes": "240"}, [240] * 5 + [0, 0]),
        ({"minutes": "480, 480, 0, 4:30, 60"}, [480, 480, 0, 270, 60, 0, 0]),
        ({"minutes": "1;2;3;4;5;6;7"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"monday": "60", "sunday": "30", "tuesday": ""}, [60, 0, 0, 0, 0, 0, 30]),
        ({"minutes": ""}, None),
    ],
)
def test_minutes(written: dict[str, str], week: list[int] | None) -> None:
    assert values.minutes(cells(**written)) == week


@pytest.mark.parametrize("text", ["half", "1441", "-5", "1 2", "7.5", "24:01", "²"])
def test_no_minutes(text: str) -> None:
    one = cells(minutes=text)
    values.minutes(one)
    (fault,) = one.faults
    assert fault.column == "minutes" and "Write" in fault.reason


def test_qualifications() -> None:
    first, second, third = values.qualifications(
        cells(qualifications="Diving; First aid:2:2030-12-31 | Law::2026-01-01/")
    )
    assert (first.folded, first.level, first.last) == ("diving", None, None)
    assert (second.name, second.level, second.last) == ("First aid", 2, dt.date(2030, 12, 31))
    assert (third.level, third.first, third.last) == (None, dt.date(2026, 1, 1), None)
    for text in ("Diving:x", "Diving:2:soon", "Diving; DIVING", ":2", "Diving:1:0001-01-01"):
        one = cells(qualifications=text)
        values.qualifications(one)
        assert len(one.faults) == 1, text


def test_roles_languages_and_answers() -> None:
    assert values.roles(cells(role="Manager"), 2) == ["manager", "manager"]
    assert values.roles(cells(role="manager, assistant"), 2) == ["manager", "assistant"]
    assert values.roles(cells(role=""), 3) == []
    assert values.language(cells(language="GERMAN")) == values.language(cells(language="de")) == "de"
    assert values.yes(cells(invite="Yes"), "invite") and not values.yes(cells(invite=""), "invite")
    for key, text, read in (
        ("role", "boss", lambda one: values.roles(one, 1)),
        ("role", "manager assistant", lambda one: values.roles(one, 3)),
        ("language", "Klingon", values.language),
        ("invite", "perhaps", lambda one: values.yes(one, "invite")),
        ("name", "a\0b", lambda one: one.text("name")),
    ):
        one = cells(**{key: text})
        read(one)
        assert [fault.column for fault in one.faults] == [key], text


def test_a_text_is_not_taken_for_another_encoding() -> None:
    assert guess("Łódź".encode()) == ("Łódź", "UTF-8")
