"""What the columns of a file mean: read from JSON, checked key by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.refusals import Refused
from organization.models.people import check_zone

CONSTANTS = {"source": 60, "site": 120, "time_zone": 64}
COLUMNS = (
    "external_reference",
    "title",
    "text",
    "person",
    "opened_at",
    "done_at",
    "due_at",
    "subject_reference",
)
NAMES = ("procedure", "department")
NEEDED = ("source", "external_reference", "title", *NAMES)
NAME_KEYS = ("column", "empty", "else", "values", "default")
LONGEST_NAME = 160
MOST_VALUES = 1000
DATES = ("iso", "day-first", "month-first")


@dataclass(frozen=True)
class Named:
    """Where a department or procedure stands. In a row whose value is one of `empty`, it stands in `otherwise`; where
    that says nothing, `default` is meant. `values` tell what the file's names are called here.
    """

    column: str = ""
    empty: frozenset[str] = frozenset({""})
    otherwise: str = ""
    values: dict[str, str] = field(default_factory=dict)
    default: str = ""

    def means(self, value: str, other: str) -> str:
        """What a row means that says `value`, and `other` in the other column; "" for nothing."""
        name = other if value in self.empty else value
        return self.default if name in self.empty else self.values.get(name, name)


@dataclass(frozen=True)
class Mapping:
    """Column names by what they mean ("" where the file does not say), and what is the same for all rows."""

    source: str
    external_reference: str
    title: str
    procedure: Named
    department: Named
    site: str = ""
    time_zone: str = ""
    dates: str = DATES[0]
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
        for key in NAMES:
            named: Named = getattr(self, key)
            if named.column:
                yield key, named.column
            if named.otherwise:
                yield f"{key}.else", named.otherwise
        for number, column in enumerate(self.labels):
            yield f"labels[{number}]", column

    def column_of(self, field: str | None) -> str:
        """The column a field of a verb's refusal came from; "" where it came from none."""
        if field in NAMES:
            named: Named = getattr(self, field)
            return named.column
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
    known = {*CONSTANTS, *COLUMNS, *NAMES, "dates", "labels"}
    for key in data:
        if key not in known:
            raise wrong(str(key)[:60], _("it is not known. Known are: %(keys)s.") % {"keys": ", ".join(sorted(known))})
    for key in NEEDED:
        if key not in data:
            raise wrong(key, _("it is missing."))
    texts = {key: _text(key, data[key], CONSTANTS.get(key, 0)) for key in (*CONSTANTS, *COLUMNS) if key in data}
    if "time_zone" in texts:
        _check_zone(texts["time_zone"])
    dates = data.get("dates", DATES[0])
    if dates not in DATES:
        raise wrong("dates", _("it must be one of: %(known)s.") % {"known": ", ".join(DATES)})
    return Mapping(
        **texts,
        procedure=_named("procedure", data["procedure"]),
        department=_named("department", data["department"]),
        dates=str(dates),
        labels=_labels(data.get("labels", [])),
    )


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


def _named(key: str, value: Any) -> Named:
    if not isinstance(value, dict):
        return Named(_text(key, value))
    for one in value:
        if one not in NAME_KEYS:
            known = ", ".join(NAME_KEYS)
            raise wrong(f"{key}.{one}"[:60], _("it is not known. Known are: %(keys)s.") % {"keys": known})
    if "column" not in value and "default" not in value:
        raise wrong(f"{key}.column", _("it is missing."))
    empty = value.get("empty", [""])
    if not isinstance(empty, list) or not all(isinstance(one, str) for one in empty):
        raise wrong(f"{key}.empty", _("it must be a list of texts."))
    texts = {one: _text(f"{key}.{one}", value[one]) for one in ("column", "else") if one in value}
    return Named(
        texts.get("column", ""),
        frozenset(one.strip() for one in empty) | {""},
        texts.get("else", ""),
        _values(f"{key}.values", value.get("values", {})),
        _text(f"{key}.default", value["default"], LONGEST_NAME) if "default" in value else "",
    )


def _values(key: str, values: Any) -> dict[str, str]:
    if not isinstance(values, dict) or len(values) > MOST_VALUES:
        raise wrong(
            key,
            _("it must be an object with what each name of the file means, %(most)s at the most.")
            % {"most": MOST_VALUES},
        )
    return {str(said).strip(): _text(f"{key}.{said}"[:60], means, LONGEST_NAME) for said, means in values.items()}


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
