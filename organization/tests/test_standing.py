"""Where people stand: on the department's own day, in its own zone; they manage what they head and all below."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import clock
from organization.models import Department, Membership, User
from organization.setup import save_department
from organization.standing import forget, manages, standing_of, works_in

pytestmark = pytest.mark.django_db
ZONES = ["Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Dublin", "America/New_York", "Pacific/Pago_Pago"]
FIRST, LAST = dt.date(2026, 3, 30), dt.date(2026, 4, 2)


def at(zone: str, day: dt.date, hour: int, minute: int = 0, second: int = 0) -> Any:
    return clock.at(dt.datetime.combine(day, dt.time(hour, minute, second), ZoneInfo(zone)))


def places(user: User) -> set[int]:
    forget(user)
    return set(user.standing.posts)


@pytest.mark.parametrize("zone", ZONES)
def test_a_membership_begins_and_ends_at_midnight_of_its_department(make: Any, zone: str) -> None:
    where = make.department(site=make.site(zone=zone))
    who = make.person()
    make.member(who, where, starts_on=FIRST, ends_on=LAST)
    one = dt.timedelta(days=1)
    for moment, inside in (
        (at(zone, FIRST - one, 23, 59, 59), False),
        (at(zone, FIRST, 0), True),
        (at(zone, LAST, 23, 59, 59), True),
        (at(zone, LAST + one, 0), False),
    ):
        with moment:
            assert (places(who) == {where.pk}) is inside
            assert works_in(who, where.pk) is inside
            if inside:
                assert who.standing.posts[where.pk].day == clock.now().astimezone(ZoneInfo(zone)).date()


def test_at_one_instant_each_department_has_its_own_day(make: Any) -> None:
    who = make.person()
    where = {zone: make.department(site=make.site(zone=zone)) for zone in ZONES}
    for department in where.values():
        make.member(who, department, starts_on=FIRST)
    with at("Europe/Dublin", FIRST - dt.timedelta(days=1), 12):
        assert places(who) == {where["Pacific/Kiritimati"].pk}
    with at("Europe/Dublin", FIRST, 4):
        assert places(who) == {where[zone].pk for zone in ZONES[:3]}
    with at("Europe/Dublin", FIRST, 13):
        assert places(who) == {department.pk for department in where.values()}


def test_a_day_a_zone_skipped_is_nobodys(make: Any) -> None:
    """Samoa had no 30 December 2011."""
    who, where = make.person(), make.department(site=make.site(zone="Pacific/Apia"))
    make.member(who, where, starts_on=dt.date(2011, 12, 30), ends_on=dt.date(2011, 12, 30))
    for hours in range(72):
        with clock.at(dt.datetime(2011, 12, 29, tzinfo=dt.UTC) + dt.timedelta(hours=hours)):
            assert not places(who)


def test_managers_manage_what_is_below_admins_everything(cast: Any) -> None:
    below = make_below(cast)
    assert cast.vera.standing.managed == {cast.hall.pk, cast.permits.pk, below.pk}
    assert cast.vera.standing.member == {cast.hall.pk}
    assert cast.vera.standing.departments == {cast.hall.pk, cast.permits.pk, below.pk}
    assert cast.ruth.standing.managed == {cast.permits.pk, below.pk}
    assert cast.mira.standing.managed == frozenset() and cast.mira.standing.departments == {cast.permits.pk}
    assert cast.cleo.standing.departments == cast.ada.standing.departments == frozenset()
    assert manages(cast.ada, cast.archive.pk) and manages(cast.ada, None)
    assert manages(cast.vera, below.pk) and not manages(cast.vera, cast.archive.pk)
    assert not manages(cast.ruth, cast.hall.pk) and not manages(cast.mira, cast.permits.pk)


def make_below(cast: Any) -> Department:
    from tasks.tests import factories

    below = factories.department("Plans", parent=cast.permits)
    for person in (cast.vera, cast.ruth):
        forget(person)
    return below


def test_a_manager_of_yesterday_manages_nothing(cast: Any) -> None:
    Membership.objects.filter(person=cast.ruth).update(ends_on=clock.now().date() - dt.timedelta(days=2))
    forget(cast.ruth)
    assert cast.ruth.standing.managed == cast.ruth.standing.member == frozenset()


def test_a_closed_department_is_no_place(cast: Any) -> None:
    cast.permits.is_active = False
    save_department(cast.permits, actor=cast.ada)
    assert not places(cast.mira)


def test_a_cap_is_ones_own_else_the_departments(make: Any) -> None:
    for own, common, cap in ((None, None, None), (None, 3, 3), (2, 3, 2), (5, 3, 5)):
        who, where = make.person(), make.department(cap=common)
        make.member(who, where, cap=own)
        assert who.standing.posts[where.pk].cap == cap


def test_standing_is_read_once_and_in_two_statements(cast: Any, django_assert_num_queries: Any) -> None:
    forget(cast.vera)
    with django_assert_num_queries(2):
        assert cast.vera.standing is cast.vera.standing
    with django_assert_num_queries(1):
        standing_of(cast.mira)


def test_members_of_a_day(cast: Any) -> None:
    found = User.objects.members_of([cast.permits.pk])
    assert set(found) == {cast.mira, cast.kofi, cast.ruth}
    Membership.objects.filter(person=cast.kofi).update(ends_on=LAST)
    assert set(User.objects.members_of([cast.permits.pk], LAST)) == {cast.mira, cast.kofi, cast.ruth}
    assert set(User.objects.members_of([cast.permits.pk], LAST + dt.timedelta(days=1))) == {cast.mira, cast.ruth}


def test_names_are_found_folded(make: Any) -> None:
    muller, other = make.person("Jörg Müller", email="j@office.example"), make.person("Ann Mulholland")
    assert set(User.objects.named("mull")) == {muller}
    assert set(User.objects.named("MÜL")) == set(User.objects.named("mul")) == {muller, other}
    assert set(User.objects.named("jorg mu")) == {muller} and not User.objects.named("org")
    assert set(User.objects.named("%")) == set(User.objects.named("_")) == set()
