"""What the columns of a file mean: read from JSON, checked key by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.refusals import Refused
from organization.models.people import check_zone

CONSTANTS = {"source": 60, "site": 120, "time_zone": 64}
COLUMNS = (
    "external_reference",
    "title",
    "procedure",
    "text",
    "person",
    "opened_at",
    "done_at",
    "due_at",
    "subject_reference",
)
NEEDED = ("source", "external_reference", "title", "procedure", "department")
DEPARTMENT_KEYS = frozenset({"column", "empty", "else"})


@dataclass(frozen=True)
class DepartmentColumn:
    """Where the department stands; in a row whose value is one of `empty`, it stands in `otherwise`."""

    column: str
    empty: frozenset[str] = frozenset({""})
    otherwise: str = ""


@dataclass(frozen=True)
class Mapping:
    """Column names by what they mean ("" where the file does not say), and what is the same for all rows."""

    source: str
    external_reference: str
    title: str
    procedure: str
    department: DepartmentColumn
    site: str = ""
    time_zone: str = ""
    text: str = ""
    person: str = ""
    opened_at: str = ""
    done_at: str = ""
    due_at: str = ""
    subject_reference: str = ""
    labels: tuple[str, ...] = ()

    def columns(self) -> Iterator[tuple[str, str]]:
        """(key of the mapping, column it names) for every column that must be in the file."""
        for key in COLUMNS:
            if column := getattr(self, key):
                yield key, column
        yield "department", self.department.column
        if self.department.otherwise:
            yield "department.else", self.department.otherwise
        for number, column in enumerate(self.labels):
            yield f"labels[{number}]", column

    def column_of(self, field: str | None) -> str:
        """The column a field of a verb's refusal came from; "" where it came from none."""
        if field == "department":
            return self.department.column
        known = {
            "due_on": self.due_at,
            "external_reference": self.external_reference,
            "labels": "".join(self.labels[:1]),
        }
        return known.get(field or "") or (getattr(self, field) if field in COLUMNS else "")


def wrong(key: str, sentence: str) -> Refused:
    """The refusal of a mapping, naming the key at fault."""
    return Refused(
        _("The mapping's key “%(key)s”: %(why)s") % {"key": key, "why": sentence}, code="mapping_wrong", field=key
    )


def read_mapping(data: Any) -> Mapping:
    """The mapping in parsed JSON. Raises Refused, naming the key, for what is missing, unknown or of a wrong kind."""
    if not isinstance(data, dict):
        raise Refused(_("The mapping must be a JSON object with a key for each meaning."), code="mapping_wrong")
    known = {*CONSTANTS, *COLUMNS, "department", "labels"}
    for key in data:
        if key not in known:
            raise wrong(str(key)[:60], _("it is not known. Known are: %(keys)s.") % {"keys": ", ".join(sorted(known))})
    for key in NEEDED:
        if key not in data:
            raise wrong(key, _("it is missing."))
    texts = {key: _text(key, data[key], CONSTANTS.get(key, 0)) for key in (*CONSTANTS, *COLUMNS) if key in data}
    if "time_zone" in texts:
        _check_zone(texts["time_zone"])
    return Mapping(**texts, department=_department(data["department"]), labels=_labels(data.get("labels", [])))


def _text(key: str, value: Any, most: int = 0) -> str:
    if not isinstance(value, str) or not value.strip():
        raise wrong(key, _("it must be a text that is not empty."))
    if "\0" in value:
        raise wrong(key, _("it holds a character that no text may hold (NUL)."))
    if most and len(value) > most:
        raise wrong(key, _("shorten it to %(most)s characters.") % {"most": most})
    return value.strip()


def _check_zone(name: str) -> None:
    try:
        check_zone(name)
    except ValidationError as error:
        raise wrong("time_zone", " ".join(error.messages)) from error


def _department(value: Any) -> DepartmentColumn:
    if not isinstance(value, dict):
        return DepartmentColumn(_text("department", value))
    for key in value:
        if key not in DEPARTMENT_KEYS:
            raise wrong(f"department.{key}"[:60], _("it is not known. Known are: column, empty, else."))
    if "column" not in value:
        raise wrong("department.column", _("it is missing."))
    empty = value.get("empty", [""])
    if not isinstance(empty, list) or not all(isinstance(one, str) for one in empty):
        raise wrong("department.empty", _("it must be a list of texts."))
    return DepartmentColumn(
        _text("department.column", value["column"]),
        frozenset(one.strip() for one in empty) | {""},
        _text("department.else", value["else"]) if "else" in value else "",
    )


def _labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise wrong("labels", _("it must be a list of columns."))
    return tuple(_text(f"labels[{number}]", one) for number, one in enumerate(value))


def check_use(mapping: Mapping, *, open_all: bool, create_missing: bool) -> None:
    """Refuse a mapping that lacks what this import needs: who finished work and when, where departments are made."""
    if not open_all:
        for key in ("done_at", "person"):
            if not getattr(mapping, key):
                raise wrong(key, _("it is missing. Finished work needs it; import it as open work instead."))
    if create_missing and not mapping.site:
        raise wrong("site", _("it is missing. Departments that are made need the name of their site."))
