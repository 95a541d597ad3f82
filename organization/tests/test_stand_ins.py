"""A manager's substitute is a manager for exactly the days of the absence, whatever else they are there."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from organization import setup
from organization.models import Absence, Membership
from organization.standing import standing_of
from records.models import Event

pytestmark = pytest.mark.django_db
DUBLIN = ZoneInfo("Europe/Dublin")
FIRST = dt.date(2026, 3, 2)
SPAN = 12


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def noon(number: int) -> dt.datetime:
    return dt.datetime.combine(day(number), dt.time(12), DUBLIN)


def away(who: Any, first: int, last: int, substitute: Any, **fields: Any) -> Absence:
    """From the morning of a day to the evening of the last."""
    morning, evening = (dt.datetime.combine(day(n), dt.time(h), DUBLIN) for n, h in ((first, 8), (last, 18)))
    row = Absence(person=who, starts_at=morning, ends_at=evening, substitute=substitute)
    return setup.save_absence(row, actor=fields.get("actor"))


def roles(who: Any, where: Any) -> str:
    """The person's role on each of the days: a(ssistant), m(anager) or a point."""
    said = []
    for number in range(SPAN):
        with clock.at(noon(number)):
            post = standing_of(who).posts.get(where.pk)
        said.append(post.role[0] if post else ".")
    return "".join(said)


def memberships(who: Any, where: Any) -> list[tuple[Any, ...]]:
    rows = Membership.objects.filter(person=who, department=where).order_by("starts_on")
    return list(rows.values_list("starts_on", "ends_on", "role", "minutes", "cap"))


@pytest.fixture
def office(make: Any) -> SimpleNamespace:
    """ruth manages Permits and Plans; kofi is an assistant of Permits alone, otto is nowhere."""
    site = make.site(zone="Europe/Dublin")
    places = {name.lower(): make.department(name, site=site) for name in ("Permits", "Plans")}
    people = {name: make.person(name.title()) for name in ("ruth", "kofi", "otto", "ada")}
    make.member(people["ruth"], places["permits"], "manager")
    make.member(people["ruth"], places["plans"], "manager")
    make.member(people["kofi"], places["permits"], minutes=[300] * 7, cap=2)
    return SimpleNamespace(**people, **places)


def test_the_substitute_manages_on_the_days_of_the_absence(office: SimpleNamespace) -> None:
    before = memberships(office.kofi, office.permits)
    absence = away(office.ruth, 2, 4, office.kofi, actor=office.ada)
    assert roles(office.kofi, office.permits) == "aammmaaaaaaa"
    assert roles(office.kofi, office.plans) == "..mmm......."
    with clock.at(noon(3)):
        stands = standing_of(office.kofi)
    assert stands.managed == {office.permits.pk, office.plans.pk}
    # What they can do in a day and hold at once stays theirs, and elsewhere they bring no hours along.
    assert (stands.posts[office.permits.pk].minutes, stands.posts[office.permits.pk].cap) == ((300,) * 7, 2)
    assert stands.posts[office.plans.pk].minutes == (0,) * 7
    setup.withdraw_absence(absence, actor=office.ada)
    assert memberships(office.kofi, office.permits) == before and not memberships(office.kofi, office.plans)
    assert not Absence.objects.exists() and not Membership.objects.filter(was_assistant=True).exists()


def test_each_step_is_an_event_of_who_did_it(office: SimpleNamespace) -> None:
    def told() -> list[tuple[str, int | None]]:
        rows = Event.objects.filter(subject_kind="membership", actor=office.ada).order_by("id")
        return list(rows.values_list("verb", "department_id"))

    absence = away(office.ruth, 2, 4, office.kofi, actor=office.ada)
    there, elsewhere = office.permits.pk, office.plans.pk
    assert told() == [("change", there), ("add", there), ("add", there), ("add", elsewhere)]
    setup.save_absence(absence, actor=office.ada)
    assert len(told()) == 4, "nothing changed, nothing is written"
    setup.withdraw_absence(absence, actor=office.ada)
    assert sorted(told()[4:]) == sorted(
        [("withdraw", there), ("withdraw", there), ("change", there), ("withdraw", elsewhere)]
    )
    gone = Event.objects.get(subject_kind="absence", verb="withdraw")
    assert gone.payload.body["changes"]["person_id"] == [office.ruth.pk, None]


def test_it_follows_when_the_absence_changes(office: SimpleNamespace) -> None:
    absence = away(office.ruth, 2, 6, office.kofi)
    for first, last, expected in ((4, 8, "aaaammmmmaaa"), (5, 6, "aaaaammaaaaa"), (0, 11, "mmmmmmmmmmmm")):
        absence.starts_at, absence.ends_at = noon(first), noon(last)
        setup.save_absence(absence, actor=None)
        assert roles(office.kofi, office.permits) == expected
    absence.substitute = office.otto
    setup.save_absence(absence, actor=None)
    assert (roles(office.kofi, office.permits), roles(office.otto, office.permits)) == ("a" * SPAN, "m" * SPAN)
    absence.person, absence.substitute = office.otto, office.kofi
    setup.save_absence(absence, actor=None)
    assert (roles(office.kofi, office.permits), roles(office.otto, office.permits)) == ("a" * SPAN, "." * SPAN)


def test_days_are_those_of_the_department(make: Any, office: SimpleNamespace) -> None:
    far = make.department("Far", site=make.site(zone="Pacific/Auckland"))
    make.member(office.ruth, far, "manager")
    begin = dt.datetime.combine(day(2), dt.time(18), DUBLIN)  # the morning of the third in Auckland
    end = dt.datetime.combine(day(4), dt.time(), DUBLIN)
    setup.save_absence(Absence(person=office.ruth, starts_at=begin, ends_at=end, substitute=office.otto), actor=None)
    days = Membership.objects.filter(person=office.otto).values_list("department__name", "starts_on", "ends_on")
    assert set(days) == {(name, day(2), day(3)) for name in ("Permits", "Plans")} | {("Far", day(3), day(4))}


def test_who_manages_there_anyway_needs_nothing(make: Any, office: SimpleNamespace) -> None:
    make.member(office.otto, office.permits, "manager")
    before = memberships(office.otto, office.permits)
    away(office.ruth, 2, 4, office.otto)
    assert memberships(office.otto, office.permits) == before and roles(office.otto, office.plans)[2] == "m"


def test_an_assistants_substitute_gets_work_and_no_rights(office: SimpleNamespace) -> None:
    away(office.kofi, 2, 4, office.otto)
    assert not Membership.objects.filter(person=office.otto).exists()


def test_a_substitutes_substitute_manages_nothing(office: SimpleNamespace) -> None:
    away(office.ruth, 2, 6, office.kofi)
    away(office.kofi, 3, 4, office.otto)
    assert roles(office.kofi, office.permits) == "aammmmmaaaaa" and not office.otto.memberships.exists()


def test_two_managers_with_one_substitute(make: Any, office: SimpleNamespace) -> None:
    vera = make.person("Vera")
    make.member(vera, office.permits, "manager")
    one = away(office.ruth, 1, 5, office.kofi)
    away(vera, 4, 8, office.kofi)
    assert roles(office.kofi, office.permits) == "ammmmmmmmaaa"
    setup.withdraw_absence(one, actor=None)
    assert roles(office.kofi, office.permits) == "aaaammmmmaaa"


def test_it_follows_the_memberships_of_both(make: Any, office: SimpleNamespace) -> None:
    away(office.ruth, 2, 8, office.otto)
    own = Membership.objects.get(person=office.ruth, department=office.permits)
    own.ends_on = day(5)
    setup.save_membership(own, actor=None)
    assert roles(office.otto, office.permits) == "..mmmm......"
    own.role = "assistant"
    setup.save_membership(own, actor=None)
    assert roles(office.otto, office.permits) == "." * SPAN
    own.role = "manager"
    setup.save_membership(own, actor=None)
    make.member(office.otto, office.permits, starts_on=day(4), ends_on=day(9))
    assert roles(office.otto, office.permits) == "..mmmmaaaa.."


def test_a_membership_of_a_substitute_is_not_changed_by_hand(office: SimpleNamespace) -> None:
    away(office.ruth, 2, 4, office.kofi)
    row = Membership.objects.get(person=office.kofi, department=office.plans)
    row.ends_on = None
    with pytest.raises(ValidationError, match="substitute"):
        setup.save_membership(row, actor=None)
    assert roles(office.kofi, office.plans) == "..mmm......."


# Everything at once, against a model: for each day who manages, who assists, who is away and who stands in.

days = st.tuples(st.integers(0, SPAN - 1), st.integers(0, SPAN - 1)).map(lambda pair: (min(pair), max(pair)))


def apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the spans that share no day with one before."""
    kept: list[tuple[int, int]] = []
    for first, last in spans:
        if all(last < low or high < first for low, high in kept):
            kept.append((first, last))
    return kept


def joined(spans: list[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """Spans in order; what was cut in two by an absence comes back as one, also where it was entered as two."""
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(spans):
        if found and first == found[-1][1] + dt.timedelta(days=1):
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


several = st.lists(days, max_size=3).map(apart)
plans = st.fixed_dictionaries(
    {"manages": several, "assists": several, "away": st.lists(days, min_size=1, max_size=3).map(apart)}
)


def expected(plan: dict[str, Any]) -> str:
    def on(name: str, number: int) -> bool:
        return any(first <= number <= last for first, last in plan[name])

    return "".join("m" if on("manages", n) and on("away", n) else "a" if on("assists", n) else "." for n in range(SPAN))


@pytest.mark.database
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans, later=plans, order=st.permutations(["manages", "assists", "away"]))
def test_the_days_are_right_in_any_order_and_after_any_change(
    make: Any, plan: dict[str, Any], later: dict[str, Any], order: list[str]
) -> None:
    with transaction.atomic():
        site = make.site(zone="Europe/Dublin")
        where, boss, other = make.department(site=site), make.person(), make.person()
        for name in order:
            for first, last in plan[name]:
                if name == "away":
                    away(boss, first, last, other)
                else:
                    who, role = (boss, "manager") if name == "manages" else (other, "assistant")
                    make.member(who, where, role, starts_on=day(first), ends_on=day(last), cap=1)
        assert roles(other, where) == expected(plan)
        for row in Absence.objects.filter(person=boss):
            setup.withdraw_absence(row, actor=None)
            plan["away"] = [one for one in plan["away"] if day(one[0]) != row.starts_at.astimezone(DUBLIN).date()]
            assert roles(other, where) == expected(plan)
        left = memberships(other, where)
        assert joined([(row[0], row[1]) for row in left]) == joined([(day(a), day(b)) for a, b in plan["assists"]])
        for first, last in later["away"]:
            away(boss, first, last, other)
        assert roles(other, where) == expected(plan | {"away": later["away"]})
        transaction.set_rollback(True)
