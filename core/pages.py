"""Keyset pages: a place in a list is the key of the row before it, never a count of rows.

A cursor names the sort it was made for; with another sort it is ignored and the list starts anew.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet


@dataclass(frozen=True)
class Sort:
    """A named order: `field` (direction `descending`), ties by id in the same direction, empty values last.

    `kind` is the type of the field's values (datetime, str or int; the id needs none): a cursor with another is no
    cursor.
    """

    name: str
    label: Any
    field: str
    descending: bool = False
    nullable: bool = False
    kind: type = dt.datetime

    def takes(self, value: Any) -> bool:
        """Can the database compare the field with this value?"""
        if value is None:
            return self.nullable
        if self.field == "id" or self.kind is int:
            return type(value) is int and abs(value) < 2**63
        if self.kind is str:
            # U+0000 and lone surrogates are what no text column holds.
            return isinstance(value, str) and "\x00" not in value and value.encode("utf-8", "ignore").decode() == value
        return isinstance(value, dt.datetime) and value.tzinfo is not None

    def order(self, backwards: bool = False) -> list[Any]:
        """Arguments for `order_by`; `backwards` turns the whole order round (empty values first)."""
        descending = self.descending != backwards
        keys: list[Any] = []
        if self.field != "id":
            key = F(self.field)
            nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
            nulls = nulls if self.nullable else {}
            keys.append(key.desc(**nulls) if descending else key.asc(**nulls))
        keys.append("-id" if descending else "id")
        return keys


@dataclass(frozen=True)
class Cursor:
    """A place: after (or before, when `backwards`) the row with this value and id."""

    sort: str
    value: Any
    pk: int
    backwards: bool = False

    def encode(self) -> str:
        value = {"t": self.value.isoformat()} if isinstance(self.value, dt.datetime) else self.value
        raw = json.dumps([self.sort, value, self.pk, int(self.backwards)], separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, sort: Sort) -> "Cursor | None":
        """The cursor in `text` if it is whole and of this sort, else None."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            name, value, pk, backwards = json.loads(raw)
            if isinstance(value, dict):
                value = dt.datetime.fromisoformat(value["t"])
                value = value.astimezone(dt.UTC) if value.tzinfo else None
            if name != sort.name or type(pk) is not int or not 0 < pk < 2**63 or not sort.takes(value):
                return None
            return cls(name, value, pk, bool(backwards))
        except (ValueError, TypeError, KeyError, OverflowError, binascii.Error, RecursionError):
            return None


def after(cursor: Cursor, sort: Sort) -> Q:
    """The condition for rows behind the cursor in this sort."""
    descending = sort.descending != cursor.backwards
    beyond = "lt" if descending else "gt"
    tie = Q(**{f"id__{beyond}": cursor.pk})
    if sort.field == "id":
        return tie
    if cursor.value is None:
        same = Q(**{f"{sort.field}__isnull": True}) & tie
        return same | Q(**{f"{sort.field}__isnull": False}) if cursor.backwards else same
    further = Q(**{f"{sort.field}__{beyond}": cursor.value})
    same = Q(**{sort.field: cursor.value}) & tie
    # The bound says again what the rest implies: the index scan starts at it instead of filtering up to it.
    bound = Q(**{f"{sort.field}__{beyond}e": cursor.value})
    if sort.nullable and not cursor.backwards:
        return further | same | Q(**{f"{sort.field}__isnull": True})
    return bound & (further | same)


@dataclass(frozen=True)
class Page:
    """Rows of one page and the addresses of its neighbours (None at an end)."""

    rows: Sequence[Any]
    next: str | None
    previous: str | None


def page_of(rows: list[Any], sort: Sort, cursor: Cursor | None, size: int) -> Page:
    """Make a page from up to `size + 1` rows read in the cursor's direction."""
    more = len(rows) > size
    rows = rows[:size]
    backwards = bool(cursor and cursor.backwards)
    if backwards:
        rows.reverse()

    def place(row: Model, back: bool) -> str:
        value = row.pk if sort.field == "id" else getattr(row, sort.field)
        if not sort.takes(value):
            raise TypeError(f"The sort {sort.name!r} of {sort.kind.__name__} cannot hold {value!r}.")
        return Cursor(sort.name, value, row.pk, back).encode()

    ahead = more if not backwards else cursor is not None
    behind = more if backwards else cursor is not None
    return Page(
        rows,
        place(rows[-1], False) if rows and ahead else None,
        place(rows[0], True) if rows and behind else None,
    )


def page(queryset: QuerySet[Any], sort: Sort, place: str = "", size: int = 50) -> Page:
    """One page of `queryset` in `sort` at the encoded cursor `place` (empty or foreign: the first page)."""
    cursor = Cursor.decode(place, sort) if place else None
    if cursor:
        queryset = queryset.filter(after(cursor, sort))
    backwards = bool(cursor and cursor.backwards)
    return page_of(list(queryset.order_by(*sort.order(backwards))[: size + 1]), sort, cursor, size)
