"""Statements that are built and planned once: building costs Django several times what PostgreSQL takes to run them.

The first call compiles a queryset with a marker in place of each value; later ones put the values in. It is for hot
look-ups by a key, without prefetching. Values go to the driver as they are; a list is compiled by its length. Each
connection plans each once (PREPARE), unless a pooler hands connections around (DISABLE_SERVER_SIDE_CURSORS).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models.query import ModelIterable, get_related_populators
from psycopg2.extensions import AsIs

Draw = Callable[[list[Any]], list[Any]]
MOST = 12  # values of a kept statement: lists that make more come in too many lengths
_MARKERS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 2_100_000_000 + number,
    bytes: lambda number: b"\x02" * (number + 8),
    dt.date: lambda number: dt.date(1901, 1, 1 + number),
    dt.datetime: lambda number: dt.datetime(1902, 1, 1 + number, tzinfo=dt.UTC),
}
_numbers = count(1)
_kept: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection of the driver


@dataclass(frozen=True)
class Shape:
    """Compiled SQL; each slot is the name of a value, or None and a constant; `name` on connections that keep it."""

    sql: str
    slots: list[tuple[Any, Any]]
    draw: Draw
    name: str

    def call(self, values: dict[Any, Any]) -> tuple[str, list[Any]]:
        """What to execute, on a connection that is open."""
        params = [values[slot] for slot, _ in self.slots if slot]
        if len(params) > MOST or not params or _handed_around():
            return self.sql, [values[slot] if slot else constant for slot, constant in self.slots]
        numbers = count(1)  # constants are written out, so that partial indexes serve
        _prepare(self.name, self.sql, [AsIs(f"${next(numbers)}") if slot else one for slot, one in self.slots])
        return _executed(self.name, len(params)), params


class Statement:
    """SQL that changes rows, planned once by each connection: for wide inserts planning costs more than inserting.

    Its values are `%s`, with a cast where the type does not follow from the place.
    """

    def __init__(self, sql: str) -> None:
        self.sql, self.name, self.places = sql, f"statement_{next(_numbers)}", sql.count("%s")

    def run(self, cursor: Any, values: list[Any]) -> None:
        """Execute it on a cursor of the present connection; one statement."""
        if _handed_around():
            cursor.execute(self.sql, values)
            return
        _prepare(self.name, self.sql, [AsIs(f"${place + 1}") for place in range(self.places)])
        cursor.execute(_executed(self.name, self.places), values)


def _handed_around() -> bool:
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def _prepare(name: str, sql: str, params: list[Any]) -> None:
    known = _kept.setdefault(connection.connection, set())
    if name not in known:
        with connection.connection.cursor() as driver:  # no statement of the request
            driver.execute(f"PREPARE {name} AS {sql}", params)
        known.add(name)


@cache
def _executed(name: str, places: int) -> str:
    return f"EXECUTE {name} ({', '.join(['%s'] * places)})"


class Prepared:
    """A queryset as a function of values given by name: int, bytes, date, aware instant, or list of integers."""

    def __init__(self, build: Callable[..., Any], **kinds: type) -> None:
        self.build, self.kinds = build, kinds
        self.lists = [name for name, kind in kinds.items() if kind is list]
        self._known: dict[tuple[int, ...], Shape] = {}

    def __call__(self, **values: Any) -> list[Any]:
        """Run it, one statement: instances, or tuples for `values_list`."""
        return self._shape(values).draw(self.rows(**values))

    def rows(self, **values: Any) -> list[Any]:
        """Run it, one statement; the tuples the database answers."""
        each = {(name, place): one for name in self.lists for place, one in enumerate(values[name])}
        with connection.cursor() as cursor:
            cursor.execute(*self._shape(values).call(values | each))
            return list(cursor.fetchall())

    def _shape(self, values: dict[str, Any]) -> Shape:
        lengths = tuple(len(values[name]) for name in self.lists)
        return self._known.get(lengths) or self._known.setdefault(lengths, self._compile(lengths))

    def first(self, **values: Any) -> Any | None:
        """The first row, or None. The shape says itself that it wants no more than one."""
        return next(iter(self(**values)), None)

    def _markers(self, lengths: tuple[int, ...]) -> Iterator[tuple[Any, Any]]:
        for number, (name, kind) in enumerate(self.kinds.items()):
            if kind is not list:
                yield name, _MARKERS[kind](number)
        for number, (name, length) in enumerate(zip(self.lists, lengths, strict=True), 1):
            yield from (((name, place), _MARKERS[int](1000 * number + place)) for place in range(length))

    def _compile(self, lengths: tuple[int, ...]) -> Shape:
        markers = dict(self._markers(lengths))
        lists = {name: [one for key, one in markers.items() if key[0] == name] for name in self.lists}
        queryset = self.build(**{name: markers[name] for name in self.kinds if name not in lists}, **lists)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names = {(type(marker), marker): name for name, marker in markers.items()}
        bare = [getattr(param, "adapted", param) for param in params]
        slots = [(names.get((type(one), one)) if isinstance(one, tuple(_MARKERS)) else None, one) for one in bare]
        if {name for name, _ in slots if name} != set(markers) or queryset._prefetch_related_lookups:
            raise TypeError(f"this shape cannot be prepared: {sql}")
        return Shape(sql, slots, _drawer(queryset, compiler), f"shape_{next(_numbers)}")


def _drawer(queryset: Any, compiler: Any) -> Draw:
    """What Django's own iterables do with rows, its preparation done once."""
    converters = compiler.get_converters([column for column, _, _ in compiler.select])

    def converted(rows: list[Any]) -> list[Any]:
        return list(map(tuple, compiler.apply_converters(rows, converters))) if converters else rows

    if not issubclass(queryset._iterable_class, ModelIterable):
        return converted
    info = compiler.klass_info
    begin, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in compiler.select[begin:end]]
    related = get_related_populators(info, compiler.select, queryset.db)  # type: ignore[call-arg] # stubs of Django 6

    def drawn(rows: list[Any]) -> list[Any]:
        return [_instance(info["model"], row) for row in converted(rows)]

    def _instance(model: Any, row: tuple[Any, ...]) -> Any:
        one = model.from_db(queryset.db, names, row[begin:end])
        for populator in related:
            populator.populate(row, one)
        for name, place in (compiler.annotation_col_map or {}).items():
            setattr(one, name, row[place])
        return one

    return drawn
