"""Today's capacity: minutes of the weekday, less closures, less absences; half days count half."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.capacity import capacity_on, members_on, working_day
from organization.models import Absence, CalendarClosure
from organization.setup import save_absence
from organization.tests import people as make
from organization.working_time import Closure, Window, WorkingCalendar

DUBLIN = zoneinfo.ZoneInfo("Europe/Dublin")
SPLIT = [
    Window(day, dt.time(start), dt.time(end)) for day in range(5) for start, end in ((9, 12), (13, 17))
]  # seven hours with a lunch break
MINUTES = [420, 420, 420, 420, 210, 60, 0]
THURSDAY, FRIDAY, SATURDAY = dt.date(2026, 11, 19), dt.date(2026, 11, 20), dt.date(2026, 11, 21)


def calendar(**rest) -> WorkingCalendar:
    return WorkingCalendar("Europe/Dublin", SPLIT, **rest)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), DUBLIN)


def test_whole_day_is_what_the_membership_says():
    assert capacity_on(calendar(), THURSDAY, MINUTES, []) == 420
    assert capacity_on(calendar(), FRIDAY, MINUTES, []) == 210


def test_a_weekday_without_hours_has_no_capacity():
    assert capacity_on(calendar(), SATURDAY, MINUTES, []) == 0


def test_holiday_and_closure_take_the_day():
    assert capacity_on(calendar(holidays=[THURSDAY]), THURSDAY, MINUTES, []) == 0
    assert capacity_on(calendar(closures=[Closure(THURSDAY)]), THURSDAY, MINUTES, []) == 0
    afternoon = Closure(THURSDAY, dt.time(13), None)
    assert capacity_on(calendar(closures=[afternoon]), THURSDAY, MINUTES, []) == 180


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ((13, 0), (17, 0), 180),  # the afternoon
        ((12, 30), (24, 0), 180),  # from lunch on: the break is no working time
        ((0, 0), (10, 30), 330),
        ((12, 0), (13, 0), 420),  # lunch alone costs nothing
        ((17, 0), (23, 0), 420),
        ((0, 0), (24, 0), 0),
    ],
)
def test_absence_takes_what_it_overlaps(start, end, left):
    ends = at(THURSDAY, 0) + dt.timedelta(days=1) if end == (24, 0) else at(THURSDAY, *end)
    assert capacity_on(calendar(), THURSDAY, MINUTES, [(at(THURSDAY, *start), ends)]) == left


def test_half_a_day_is_half_of_part_time_too():
    even = WorkingCalendar("Europe/Dublin", [Window(3, dt.time(9), dt.time(17))])
    half = [0, 0, 0, 240, 0, 0, 0]
    assert capacity_on(even, THURSDAY, half, [(at(THURSDAY, 13), at(THURSDAY, 17))]) == 120


def test_absences_that_overlap_each_other_count_once():
    away = [(at(THURSDAY, 9), at(THURSDAY, 11)), (at(THURSDAY, 10), at(THURSDAY, 12))]
    assert capacity_on(calendar(), THURSDAY, MINUTES, away) == 240


def test_a_day_on_which_clocks_go_back_gives_no_more_than_the_membership_says():
    sunday = dt.date(2026, 10, 25)
    night = WorkingCalendar("Europe/Dublin", [Window(6, dt.time(0), dt.time(8))])
    assert night.minutes_on(sunday) == 540
    assert capacity_on(night, sunday, [0, 0, 0, 0, 0, 0, 480], []) == 480


def test_the_local_day_decides_not_the_utc_one():
    """Off all of Thursday in Auckland, which is Wednesday evening and Thursday morning in UTC."""
    far = WorkingCalendar("Pacific/Auckland", [Window(day, dt.time(9), dt.time(17)) for day in range(5)])
    zone = zoneinfo.ZoneInfo("Pacific/Auckland")
    away = [(dt.datetime.combine(THURSDAY, dt.time(), zone), dt.datetime.combine(FRIDAY, dt.time(), zone))]
    assert capacity_on(far, THURSDAY, [480] * 7, away) == 0
    assert capacity_on(far, FRIDAY, [480] * 7, away) == 480
    assert capacity_on(far, dt.date(2026, 11, 18), [480] * 7, away) == 480


@given(
    st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 600)), max_size=4),
    st.integers(0, 1440),
)
def test_agrees_with_counting_minutes(spans, minutes):
    """Every minute of the windows is looked at: is it covered by an absence?"""
    midnight = at(THURSDAY, 0)
    away = [
        (midnight + dt.timedelta(minutes=low), midnight + dt.timedelta(minutes=low + length)) for low, length in spans
    ]
    open_minutes = [*range(9 * 60, 12 * 60), *range(13 * 60, 17 * 60)]
    present = sum(not any(low <= minute < low + length for low, length in spans) for minute in open_minutes)
    assert capacity_on(calendar(), THURSDAY, [minutes] * 7, away) == minutes * present // len(open_minutes)


@pytest.mark.django_db
class TestMembers:
    NOW = dt.datetime(2026, 11, 19, 10, 42, tzinfo=dt.UTC)

    def office(self):
        return make.department("Permits", [CalendarClosure(day=FRIDAY, start=dt.time(13), end=dt.time(17))])

    def away(self, who, start, end, **rest):
        return save_absence(Absence(person=who, starts_at=start, ends_at=end, **rest), actor=None)

    def test_present_absent_and_half_days(self):
        permits = self.office()
        samir, greta, ines, kofi = (make.person(name) for name in ("Samir H", "Greta L", "Ines D", "Kofi A"))
        for who in (samir, greta, ines, kofi):
            make.member(who, permits)
        half = self.away(samir, at(THURSDAY, 13), at(THURSDAY, 17))
        gone = self.away(greta, at(dt.date(2026, 11, 16), 0), at(dt.date(2026, 11, 25), 0), substitute=ines)
        self.away(kofi, at(FRIDAY, 0), at(FRIDAY, 12))
        found = {member.person.pk: member for member in members_on(permits, THURSDAY, self.NOW)}
        assert [found[who.pk].minutes for who in (samir, greta, ines, kofi)] == [240, 0, 480, 480]
        assert found[samir.pk].away is None and found[samir.pk].part == half
        assert found[greta.pk].away == gone and found[greta.pk].away.substitute == ines
        assert found[kofi.pk].part is None
        assert [found[who.pk].gone for who in (samir, greta, ines, kofi)] == [False, True, False, False]
        later = {member.person.pk: member for member in members_on(permits, THURSDAY, at(THURSDAY, 14))}
        assert later[samir.pk].gone and later[samir.pk].minutes == 240
        self.away(ines, at(THURSDAY, 9), at(THURSDAY, 12))
        (back,) = [member for member in members_on(permits, THURSDAY, self.NOW) if member.person == ines]
        assert back.away and not back.gone

    def test_in_three_statements_by_name(self, django_assert_num_queries):
        permits = self.office()
        for name in ("Zoë Ward", "Änne Weiß", "Bo Li"):
            make.member(make.person(name), permits)
        members_on(permits, THURSDAY, self.NOW)
        with django_assert_num_queries(3):
            assert [member.person.name for member in members_on(permits, THURSDAY, self.NOW)] == [
                "Änne Weiß",
                "Bo Li",
                "Zoë Ward",
            ]

    def test_closures_of_the_day(self):
        permits = self.office()
        make.member(make.person("Bo Li"), permits)
        (bo,) = members_on(permits, FRIDAY, self.NOW)
        assert (bo.usual, bo.minutes) == (480, 240)

    def test_only_those_in_force_on_the_local_day(self):
        permits = self.office()
        left, begins, today = make.person("Left"), make.person("Begins"), make.person("Today")
        make.member(left, permits, ends_on=THURSDAY - dt.timedelta(days=1))
        make.member(begins, permits, starts_on=FRIDAY)
        make.member(today, permits, starts_on=THURSDAY, ends_on=THURSDAY)
        gone = make.person("Gone")
        make.member(gone, permits)
        type(gone).objects.filter(pk=gone.pk).update(is_active=False)
        assert [member.person for member in members_on(permits, THURSDAY, self.NOW)] == [today]

    def test_a_day_to_come_is_seen_as_it_begins(self):
        """On Thursday evening: away until Friday noon is away when Friday begins, and comes back."""
        permits = self.office()
        bo, li = make.person("Bo Li"), make.person("Li Na")
        make.member(bo, permits)
        make.member(li, permits)
        early = self.away(bo, at(THURSDAY, 18), at(FRIDAY, 11))
        whole = self.away(li, at(FRIDAY, 0), at(dt.date(2026, 11, 23), 0))
        first, second = members_on(permits, FRIDAY, at(THURSDAY, 20))
        assert (first.away, first.gone, first.minutes) == (early, False, 120)  # closed from one o'clock
        assert (second.away, second.gone, second.minutes) == (whole, True, 0)

    def test_before_work_begins_the_day_counts_already(self):
        permits = self.office()
        bo = make.person("Bo Li")
        make.member(bo, permits)
        sick = self.away(bo, at(THURSDAY, 8), at(THURSDAY, 18))
        (early,) = members_on(permits, THURSDAY, at(THURSDAY, 7))
        assert early.away == sick and early.gone

    @pytest.mark.parametrize(
        ("day", "hour", "planned"),
        [
            (19, 10, 19),
            (19, 23, 19),
            (20, 14, 20),
            (21, 10, 23),
            (22, 23, 23),
        ],
    )
    def test_one_plans_for_today_or_the_next_working_day(self, day, hour, planned):
        permits = self.office()
        assert working_day(permits, at(dt.date(2026, 11, day), hour)) == dt.date(2026, 11, planned)

    def test_without_any_for_two_weeks_it_is_today(self):
        closures = [CalendarClosure(day=THURSDAY + dt.timedelta(days=ahead)) for ahead in range(20)]
        assert working_day(make.department("Closed", closures), at(THURSDAY, 10)) == THURSDAY
