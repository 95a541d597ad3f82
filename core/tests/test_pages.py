"""Keyset pages against real rows: every row once, in order, both ways, whatever somebody puts in the address."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.pages import Cursor, Sort, after, page

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SORTS = [
    Sort("id", "By number", "id"),
    Sort("newest", "Newest", "id", descending=True),
    Sort("name", "By name", "name", kind=str),
    Sort("name-z", "By name from Z", "name", descending=True, kind=str),
    Sort("at", "Earliest", "at", nullable=True),
    Sort("at-last", "Latest", "at", descending=True, nullable=True),
    Sort("size", "By size", "size", nullable=True, kind=int),
]


@pytest.fixture(scope="module")
def row_model(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A table of its own: the kernel knows none of the office's."""
    with isolate_apps("core"), django_db_blocker.unblock():

        class Row(models.Model):
            name = models.CharField(max_length=40)
            at = models.DateTimeField(null=True)
            size = models.IntegerField(null=True)

            class Meta:
                app_label = "core"

        with connection.schema_editor() as editor:
            editor.create_model(Row)
        yield Row
        with connection.schema_editor() as editor:
            editor.delete_model(Row)


rows = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "b", "Ä", "zz"]),
        st.none() | st.integers(0, 3).map(lambda n: START + dt.timedelta(microseconds=n)),
        st.none() | st.integers(-2, 2),
    ),
    max_size=12,
)
quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def fill(model: Any, values: list[tuple[Any, ...]]) -> None:
    model.objects.all().delete()
    model.objects.bulk_create([model(name=name, at=at, size=size) for name, at, size in values])


def expected(values: list[Any], sort: Sort) -> list[int]:
    """The order written down in plain Python: empty values last, ties by id in the sort's direction."""
    key = lambda row: getattr(row, sort.field)  # noqa: E731
    full = [row for row in values if key(row) is not None]
    empty = [row for row in values if key(row) is None]
    full.sort(key=lambda row: (key(row).encode() if isinstance(key(row), str) else key(row), row.pk))
    empty.sort(key=lambda row: row.pk)
    if sort.descending:
        full.reverse()
        empty.reverse()
    return [row.pk for row in full + empty]


@pytest.mark.database
@pytest.mark.django_db
@quickly
@given(values=rows, sort=st.sampled_from(SORTS), size=st.integers(1, 5))
def test_a_walk_sees_each_row_once_both_ways(row_model: Any, values: Any, sort: Sort, size: int) -> None:
    fill(row_model, values)
    order = expected(list(row_model.objects.all()), sort)
    forwards: list[list[int]] = []
    place, last = "", None
    while True:
        found = page(row_model.objects.all(), sort, place, size)
        forwards.append([row.pk for row in found.rows])
        assert (found.previous is None) == (place == "")
        if not found.next:
            break
        place, last = found.next, found
    assert [pk for part in forwards for pk in part] == order
    assert last is None or all(len(part) == size for part in forwards[:-1])
    backwards = [forwards[-1]]
    while found.previous:
        found = page(row_model.objects.all(), sort, found.previous, size)
        backwards.insert(0, [row.pk for row in found.rows])
        assert found.next
    assert [pk for part in backwards for pk in part] == order


@pytest.mark.django_db
@quickly
@given(values=rows, sort=st.sampled_from(SORTS), data=st.data())
def test_rows_that_come_and_go_while_walking_neither_repeat_nor_hide_others(
    row_model: Any, values: Any, sort: Sort, data: Any
) -> None:
    fill(row_model, values)
    before = expected(list(row_model.objects.all()), sort)
    first = page(row_model.objects.all(), sort, "", 3)
    seen = [row.pk for row in first.rows]
    victims = data.draw(st.lists(st.sampled_from(seen), unique=True)) if seen else []
    row_model.objects.filter(pk__in=victims).delete()
    rest = page(row_model.objects.all(), sort, first.next, 50) if first.next else None
    assert seen + [row.pk for row in (rest.rows if rest else [])] == before


def raw(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


NASTY = [
    "",
    "%",
    "A",
    "é" * 9,
    "=" * 50,
    raw(),
    raw("at"),
    raw("at", None, 1, 0, 0),
    raw("at", "yesterday", 1, 0),
    raw("at", 5, 1, 0),
    raw("at", {"t": "2026-03-02T09:00:00"}, 1, 0),
    raw("at", {"t": "0001-01-01T00:00:00+23:59"}, 1, 0),
    raw("at", {"t": "9999-12-31T23:59:59-23:59"}, 1, 0),
    raw("at", {"t": 5}, 1, 0),
    raw("at", {"u": 5}, 1, 0),
    raw("at", [1], 1, 0),
    raw("at", True, 1, 0),
    raw("at", None, True, 0),
    raw("at", None, 2**63, 0),
    raw("at", None, 0, 0),
    raw("at", None, "1", 0),
    raw("at", None, 1, [0]),
    raw("name", "\x00", 1, 0),
    raw("name", "\ud800", 1, 0),
    raw("name", None, 1, 0),
    raw("name", {"t": "2026-03-02T09:00:00+00:00"}, 1, 1),
    raw("name", "x" * 9000, 1, 1),
    raw("size", 2**63, 1, 0),
    raw("size", 2**62, 1, 0),
    raw("size", 1.5, 1, 0),
    raw("size", "1", 1, 0),
    raw("id", "1", 1, 0),
    base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b'["at",NaN,1,0]').decode(),
]


@pytest.mark.django_db
@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.name)
@pytest.mark.parametrize("number", range(len(NASTY)))
def test_a_cursor_somebody_made_up_is_harmless(row_model: Any, sort: Sort, number: int) -> None:
    fill(row_model, [("a", START, 1), ("b", None, None)])
    found = page(row_model.objects.all(), sort, NASTY[number], 5)
    assert len(found.rows) <= 2


@pytest.mark.django_db
@quickly
@given(place=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_noise_is_no_cursor(row_model: Any, place: str) -> None:
    assert all(Cursor.decode(place, sort) is None for sort in SORTS)


@pytest.mark.django_db
def test_a_cursor_of_another_sort_starts_anew(row_model: Any) -> None:
    fill(row_model, [("a", START, 1), ("b", START, 2), ("c", None, 3)])
    place = page(row_model.objects.all(), SORTS[2], "", 1).next
    assert place and Cursor.decode(place, SORTS[3]) is None
    assert [row.name for row in page(row_model.objects.all(), SORTS[3], place, 5).rows] == ["c", "b", "a"]


@pytest.mark.parametrize("value", [START, "Ä", 7])
@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_encoded_is_decoded(value: Any, backwards: bool) -> None:
    sort = Sort("x", "", "x", kind=type(value))
    cursor = Cursor("x", value, 5, backwards)
    assert Cursor.decode(cursor.encode(), sort) == cursor
    local = value.astimezone(dt.timezone(dt.timedelta(hours=5))) if value is START else value
    assert Cursor.decode(Cursor("x", local, 5, backwards).encode(), sort) == cursor
    assert "=" not in cursor.encode() and after(cursor, sort)


@pytest.mark.django_db
def test_a_sort_that_says_the_wrong_kind_fails_at_once(row_model: Any) -> None:
    fill(row_model, [("a", START, 1), ("b", START, 2)])
    with pytest.raises(TypeError, match="'wrong'"):
        page(row_model.objects.all(), Sort("wrong", "", "name"), "", 1)


@pytest.mark.django_db
def test_a_page_reads_no_more_than_it_shows(row_model: Any, django_assert_num_queries: Any) -> None:
    fill(row_model, [("a", START, n) for n in range(9)])
    with django_assert_num_queries(1) as queries:
        page(row_model.objects.all(), SORTS[4], "", 3)
    assert "LIMIT 4" in queries.captured_queries[0]["sql"] and "COUNT" not in queries.captured_queries[0]["sql"]
