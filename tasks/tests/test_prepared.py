"""Prepared querysets give what the queryset itself gives, in one statement, for other values too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.test.utils import CaptureQueriesContext

from core import prepared
from core.prepared import MOST, Prepared, Statement
from organization.models import Department, Membership, User
from tasks.models import Label
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)


def test_instances_come_with_what_they_are_joined_to_and_counted_by() -> None:
    shape = Prepared(
        lambda pk: (
            Department.objects.select_related("site", "parent").annotate(hands=Count("memberships")).filter(pk=pk)
        ),
        pk=int,
    )
    above = make.department("Post room")
    below = make.department("Registry", parent=above)
    make.member(make.person(), below)
    for wanted, hands in ((above, 0), (below, 1)):
        (found,) = shape(pk=wanted.pk)
        assert (found, found.hands, found.parent) == (wanted, hands, wanted.parent)
        assert found.site.name == wanted.site.name
    assert shape.first(pk=below.pk + 1000) is None


def test_one_statement_and_no_other_for_what_is_joined() -> None:
    shape = Prepared(lambda pk: Department.objects.select_related("site").filter(pk=pk), pk=int)
    where = make.department("Post room")
    shape(pk=where.pk)
    with CaptureQueriesContext(connection) as seen:
        assert shape(pk=where.pk)[0].site.time_zone
    assert len(seen) == 1


def test_tuples_pass_through_what_fields_make_of_columns() -> None:
    shape = Prepared(
        lambda person, day: Membership.objects.on(day).filter(person_id=person).values_list("minutes", "role"),
        person=int,
        day=dt.date,
    )
    where = make.department("Post room")
    person = make.person()
    make.member(person, where)
    expected = list(Membership.objects.on(DAY).filter(person_id=person.pk).values_list("minutes", "role"))
    assert shape(person=person.pk, day=DAY) == expected
    assert shape(person=person.pk, day=dt.date(1990, 1, 1)) == []


@pytest.mark.parametrize("many", [0, 1, 3])
def test_lists_of_any_length(many: int) -> None:
    shape = Prepared(
        lambda pks, day: Department.objects.filter(Q(pk__in=pks) | Q(code="none")).exclude(memberships__starts_on=day),
        pks=list,
        day=dt.date,
    )
    made = [make.department(f"Room {number}") for number in range(4)]
    wanted = {one.pk for one in made[:many]}
    assert {one.pk for one in shape(pks=wanted, day=DAY)} == wanted


def test_a_shape_that_loses_a_value_is_no_shape() -> None:
    with pytest.raises(TypeError, match="cannot be prepared"):
        Prepared(lambda pk, other: Department.objects.filter(pk=pk), pk=int, other=int)(pk=1, other=2)
    with pytest.raises(TypeError, match="cannot be prepared"):
        Prepared(lambda pk: User.objects.filter(pk=pk).prefetch_related("memberships"), pk=int)(pk=1)
    moved = Prepared(lambda pk: Department.objects.filter(pk=F("pk") + pk), pk=int)
    assert moved(pk=1) == []


def test_a_connection_plans_a_shape_once_and_a_new_one_again() -> None:
    shape = Prepared(lambda pk, days: Department.objects.filter(pk=pk, cap__in=days), pk=int, days=list)
    where = make.department("Post room", cap=3)
    for _ in range(2):
        for days in ([3], [1, 3], list(range(MOST))):
            assert shape(pk=where.pk, days=days) == [where]
    with CaptureQueriesContext(connection) as seen:
        shape(pk=where.pk, days=[3])
        shape(pk=where.pk, days=list(range(MOST)))
    kept, long = (one["sql"] for one in seen.captured_queries)
    assert kept.startswith("EXECUTE") and long.startswith("SELECT")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    prepared._kept.clear()  # what a lost connection leaves
    assert shape(pk=where.pk, days=[3]) == [where]


def test_behind_a_pooler_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    shape = Prepared(lambda pk: Department.objects.filter(pk=pk), pk=int)
    where = make.department("Post room")
    with CaptureQueriesContext(connection) as seen:
        assert shape(pk=where.pk) == [where]
    assert seen.captured_queries[0]["sql"].startswith("SELECT")


def test_an_insert_is_planned_once_and_outlives_a_rollback(monkeypatch: pytest.MonkeyPatch) -> None:
    insert = Statement("INSERT INTO tasks_label (name, folded_name) VALUES (%s, lower(%s))")

    def named(name: str) -> None:
        with connection.cursor() as cursor:
            insert.run(cursor, [name, name])

    with pytest.raises(RuntimeError), transaction.atomic():
        named("Gone")
        raise RuntimeError
    with CaptureQueriesContext(connection) as seen:
        named("It's 100 % new")
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as pooled:
        named("Through a pooler")
    assert set(Label.objects.values_list("name", "folded_name")) == {
        ("It's 100 % new", "it's 100 % new"),
        ("Through a pooler", "through a pooler"),
    }
    assert seen.captured_queries[0]["sql"].startswith("EXECUTE")
    assert pooled.captured_queries[0]["sql"].startswith("INSERT")
