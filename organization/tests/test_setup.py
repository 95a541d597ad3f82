"""Setting up: what must never be false is refused, everything done is written down, secrets are not."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from core import clock
from organization import setup
from organization.calendars import calendar_of
from organization.models import (
    Absence,
    CalendarClosure,
    CalendarWindow,
    Department,
    Holding,
    Membership,
    OfficeCalendar,
    Site,
    User,
)
from organization.signals import hours_changed
from records.models import Event

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 2)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def announced() -> Any:
    told: list[list[int]] = []

    def listen(department_ids: list[int], **kwargs: Any) -> None:
        told.append(department_ids)

    hours_changed.connect(listen)
    yield told
    hours_changed.disconnect(listen)


def last_event() -> Event:
    return Event.objects.select_related("payload").latest("id")


def windows(*hours: tuple[int, int]) -> list[CalendarWindow]:
    return [CalendarWindow(weekday=0, start=dt.time(start), end=dt.time(end)) for start, end in hours]


# departments


@pytest.mark.django_db
def test_a_move_takes_along_what_is_below(make: Any, cast: Any) -> None:
    plans = make.department("Plans", parent=cast.permits)
    drawers = make.department("Drawers", parent=plans)
    cast.permits.parent = cast.archive
    setup.save_department(cast.permits, actor=cast.ada)
    lineages = dict(Department.objects.values_list("pk", "lineage"))
    assert lineages[cast.permits.pk] == [cast.archive.pk, cast.permits.pk]
    assert lineages[drawers.pk] == [cast.archive.pk, cast.permits.pk, plans.pk, drawers.pk]
    assert set(Department.objects.below([cast.permits.pk])) == {cast.permits, plans, drawers}
    cast.permits.parent = None
    setup.save_department(cast.permits, actor=cast.ada)
    assert Department.objects.get(pk=plans.pk).lineage == [cast.permits.pk, plans.pk]


@pytest.mark.django_db
def test_a_department_read_before_a_move_does_not_put_it_back(make: Any, cast: Any) -> None:
    plans = make.department("Plans", parent=cast.permits)
    old = Department.objects.select_related("parent").get(pk=plans.pk)
    cast.permits.parent = cast.archive
    setup.save_department(cast.permits, actor=cast.ada)
    old.name = "Plans and maps"
    setup.save_department(old, actor=cast.ada)
    assert Department.objects.get(pk=plans.pk).lineage == [cast.archive.pk, cast.permits.pk, plans.pk]


@pytest.mark.django_db
def test_a_loop_is_refused(make: Any, cast: Any) -> None:
    plans = make.department("Plans", parent=cast.permits)
    before = dict(Department.objects.values_list("pk", "lineage"))
    for parent in (cast.hall, cast.permits, plans):
        cast.hall.parent = parent
        with pytest.raises(ValidationError) as refused:
            setup.save_department(cast.hall, actor=cast.ada)
        assert "parent" in refused.value.message_dict
    assert dict(Department.objects.values_list("pk", "lineage")) == before


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_loop(make: Any) -> None:
    one, two = make.department(code="ONE"), make.department(code="TWO")
    start, refused = threading.Barrier(2), []

    def move(who: Department, below: Department) -> None:
        who.parent = below
        start.wait()
        try:
            setup.save_department(who, actor=None)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    lineages = dict(Department.objects.values_list("pk", "lineage"))
    assert sorted(map(len, lineages.values())) == [1, 2] and all(path[-1] == pk for pk, path in lineages.items())


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["per", "P", "PERMITSX9", "1PE", "PE R", "PÉR", "PER"])
def test_codes_are_short_capital_and_unique(cast: Any, code: str) -> None:
    row = Department(code=code, name="Other", site=cast.permits.site, calendar=cast.permits.calendar)
    with pytest.raises(ValidationError) as refused:
        setup.save_department(row, actor=cast.ada)
    assert "code" in refused.value.message_dict


# calendars


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "closures"),
    [
        ([], []),
        (windows((17, 9)), []),
        (windows((9, 9)), []),
        ([CalendarWindow(weekday=7, start=dt.time(9), end=dt.time(17))], []),
        (windows((9, 17)), [CalendarClosure(day=DAY, start=dt.time(9))]),
        (windows((9, 17)), [CalendarClosure(day=DAY, start=dt.time(12), end=dt.time(9))]),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_whole(make: Any, rows: list[Any], closures: list[Any]) -> None:
    calendar = make.calendar()
    hours = list(calendar.windows.values_list("weekday", "start", "end"))
    with pytest.raises(ValidationError):
        setup.save_calendar(calendar, actor=None, windows=rows, closures=closures)
    with pytest.raises(ValidationError):
        setup.save_calendar(OfficeCalendar(name="New"), actor=None, windows=rows, closures=closures)
    assert list(calendar.windows.values_list("weekday", "start", "end")) == hours
    assert not OfficeCalendar.objects.filter(name="New").exists()


@pytest.mark.django_db
def test_other_hours_have_another_revision_and_are_announced(make: Any, announced: list[Any]) -> None:
    calendar = make.calendar()
    where = [make.department(calendar=calendar) for _ in range(2)]
    make.department()
    known = calendar_of(where[0])
    announced.clear()
    setup.save_calendar(calendar, actor=None, windows=windows((9, 12), (13, 0)), closures=[CalendarClosure(day=DAY)])
    assert sorted(announced[0]) == [one.pk for one in where] and len(announced) == 1
    found = Department.objects.select_related("site", "calendar").get(pk=where[0].pk)
    assert calendar_of(found).fingerprint != known.fingerprint
    assert calendar_of(found).minutes_on(DAY) == 0 and calendar_of(found).minutes_on(DAY + dt.timedelta(7)) == 840
    announced.clear()
    same = [CalendarWindow(weekday=0, start=row.start, end=row.end) for row in calendar.windows.all()]
    setup.save_calendar(calendar, actor=None, windows=same, closures=[CalendarClosure(day=DAY)])
    assert announced == [] and OfficeCalendar.objects.get(pk=calendar.pk).revision == calendar.revision


@pytest.mark.django_db
def test_two_saves_from_the_same_reading_have_two_revisions(make: Any) -> None:
    calendar = make.calendar()
    one, two = (OfficeCalendar.objects.get(pk=calendar.pk) for _ in range(2))
    setup.save_calendar(one, actor=None, windows=windows((8, 12)), closures=[])
    setup.save_calendar(two, actor=None, windows=windows((8, 13)), closures=[])
    assert two.revision == one.revision + 1 == OfficeCalendar.objects.get(pk=calendar.pk).revision


@pytest.mark.django_db
def test_another_zone_or_calendar_is_announced(make: Any, announced: list[Any]) -> None:
    where = make.department()
    announced.clear()
    where.name = "Renamed"
    setup.save_department(where, actor=None)
    where.site.name = "Renamed"
    setup.save_site(where.site, actor=None)
    assert announced == []
    where.site.time_zone = "Asia/Tokyo"
    setup.save_site(where.site, actor=None)
    where.calendar = make.calendar()
    setup.save_department(where, actor=None)
    assert announced[0] == announced[-1] == [where.pk] and len(announced) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "europe/dublin", "../etc"])
def test_unknown_zones_are_refused(make: Any, zone: str) -> None:
    with pytest.raises(ValidationError):
        setup.save_site(Site(name="Nowhere", time_zone=zone), actor=None)
    with pytest.raises(ValidationError):
        make.person(time_zone=zone)


# people


def spans(*days: int | None) -> tuple[dt.date, dt.date | None]:
    first, last = days
    return DAY + dt.timedelta(first or 0), None if last is None else DAY + dt.timedelta(last)


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("second", "fits"),
    [((11, 20), True), ((10, 20), False), ((-9, -1), True), ((-9, 0), False), ((3, 4), False), ((-9, None), False)],
)
def test_one_membership_at_a_time(make: Any, second: Any, fits: bool) -> None:
    who, where = make.person(), make.department()
    make.member(who, where, starts_on=DAY, ends_on=DAY + dt.timedelta(10))
    first, last = spans(*second)
    row = {"starts_on": first, "ends_on": last, "minutes": [480] * 7}
    if fits:
        make.member(who, where, "manager", **row)
    else:
        with pytest.raises(ValidationError):
            make.member(who, where, "manager", **row)
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(person=who, department=where, **row)
    make.member(make.person(), where, **row)
    make.member(who, make.department(), **row)


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [(4, 5, True), (-1, 0, True), (3, 5, False), (-1, 1, False), (1, 2, False), (-9, 9, False)],
)
def test_one_absence_at_a_time(make: Any, start: int, end: int, fits: bool) -> None:
    who, span = make.person(), {"starts_at": NOW + start * HOUR, "ends_at": NOW + end * HOUR}
    setup.save_absence(Absence(person=who, starts_at=NOW, ends_at=NOW + 4 * HOUR), actor=None)
    if fits:
        setup.save_absence(Absence(person=who, **span), actor=None)
    else:
        with pytest.raises(ValidationError):
            setup.save_absence(Absence(person=who, **span), actor=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(person=who, **span)
    setup.save_absence(Absence(person=make.person(), **span), actor=None)


@pytest.mark.database
@pytest.mark.django_db
def test_what_must_never_be_false_is_refused_by_the_database(make: Any, cast: Any) -> None:
    checks = make.qualification()
    post = {"person": cast.cleo, "department": cast.permits}
    for row in (
        Membership(starts_on=DAY, ends_on=DAY - dt.timedelta(1), minutes=[1] * 7, **post),
        Membership(starts_on=DAY, minutes=[1] * 6, **post),
        Absence(person=cast.mira, starts_at=NOW, ends_at=NOW),
        Absence(person=cast.mira, starts_at=NOW, ends_at=NOW + HOUR, substitute=cast.mira),
        Holding(person=cast.mira, qualification=checks, level=0, valid_from=DAY),
        Holding(person=cast.mira, qualification=checks, level=11, valid_from=DAY),
        Holding(person=cast.mira, qualification=checks, valid_from=DAY, valid_until=DAY - dt.timedelta(1)),
    ):
        with pytest.raises(ValidationError):
            row.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.mira.pk).update(email="Mira@office.example")
    make.person(email="MIRA.double@office.example")
    with pytest.raises(ValidationError):
        make.person(email="mira.DOUBLE@office.example")


@pytest.mark.django_db
def test_everything_is_written_down_but_secrets(make: Any, cast: Any) -> None:
    who = make.person("Nina Vale", password="correct horse battery")
    assert last_event().verb == "add" and last_event().subject_id == who.pk
    assert last_event().payload.body["changes"]["name"] == [None, "Nina Vale"]
    who.name, who.is_admin = "Nina Valens", True
    who.set_password("another long secret")
    setup.save_person(who, actor=cast.ada)
    event = last_event()
    assert (event.verb, event.subject_kind, event.subject_id, event.actor) == ("change", "person", who.pk, cast.ada)
    assert event.payload.body["changes"] == {"name": ["Nina Vale", "Nina Valens"], "is_admin": [False, True]}
    count = Event.objects.count()
    setup.save_person(who, actor=cast.ada)
    assert Event.objects.count() == count
    setup.save_qualification(make.qualification(), actor=cast.ada)
    everything = json.dumps(list(Event.objects.values_list("payload__body", flat=True)))
    assert "password" not in everything and "scrypt" not in everything and who.password not in everything
    assert User.objects.get(pk=who.pk).folded_name == "nina valens"


@pytest.mark.django_db
def test_a_failed_save_leaves_neither_row_nor_event(make: Any, cast: Any) -> None:
    count = Event.objects.count()
    cast.mira.email = cast.kofi.email
    with pytest.raises(ValidationError):
        setup.save_person(cast.mira, actor=cast.ada)
    assert Event.objects.count() == count and User.objects.get(pk=cast.mira.pk).email != cast.kofi.email


@pytest.mark.django_db
def test_who_leaves_is_kept_but_locked_out(cast: Any) -> None:
    from organization.tokens import create_token, person_of

    _token, text = create_token(cast.mira, actor=cast.mira, name="sheet")
    assert person_of(text)
    with clock.at(NOW):
        setup.deactivate(cast.mira, actor=cast.ada)
    assert person_of(text) is None and not User.objects.get(pk=cast.mira.pk).is_active
    assert cast.mira.api_tokens.get().revoked_at == NOW
    assert last_event().payload.body == {"changes": {"is_active": [True, False]}}
