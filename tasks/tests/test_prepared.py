"""Prepared querysets give what the queryset itself gives, in one statement, for other values too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Count, F, Q
from django.test.utils import CaptureQueriesContext

from core.prepared import Prepared
from organization.models import Department, Membership, User
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
