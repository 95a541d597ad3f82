"""Choosing recipients: found among those who may see it, with and without script, and nothing is lost."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from core.refusals import Refused
from organization.models import Membership, User
from organization.standing import forget
from reports.models import Schedule
from reports.scope import may_see, readers_of, scope_of
from reports.tests.test_schedules import ticked
from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text

pytestmark = pytest.mark.django_db
SEARCH = 9
PEOPLE, NEW = "/reports/schedules/people/", "/reports/schedules/new/done/"
TYPED = {
    "name": "Mine",
    "every": "week",
    "weekday": "2",
    "day": "9",
    "at": "05:45",
    "by": "person",
    "period": "last_month",
}


def test_readers_of_finds_whom_may_see_lets_see(cast):
    scopes = {scope_of(cast.ada, "all"), scope_of(cast.mira, "own")}
    for place in (cast.hall, cast.permits, cast.archive):
        scopes.add(scope_of(cast.ada, str(place.pk)))
    late = make.person("Lately Gone")
    make.member(late, cast.permits, role="manager")
    Membership.objects.filter(person=late).update(ends_on=dt.date(2020, 2, 1))
    people = list(User.objects.all())
    for scope in scopes:
        for person in people:
            forget(person)
        assert set(readers_of(scope)) == {one for one in people if one.is_active and may_see(one, scope)}, scope


def test_found_are_those_who_may_see_it_and_are_not_ticked_yet(cast):
    client = as_person(cast.ruth)
    page = client.get(PEOPLE, {"about": cast.permits.pk, "find": "lund", "recipients": cast.ada.pk})
    assert f'value="{cast.vera.pk}"' in page.content.decode() and ticked(page) == {cast.ada.name}
    assert 'data-say="1 person found"' in page.content.decode()
    page = client.get(PEOPLE, {"about": cast.permits.pk, "find": "otto"})
    assert "Otto" not in text(page) and "Nobody else is called that and may see" in text(page)
    page = client.get(PEOPLE, {"about": "own", "find": "lund"})
    assert "Vera" not in text(page)
    page = client.get(PEOPLE, {"about": cast.permits.pk, "find": "lund", "recipients": cast.vera.pk})
    assert ticked(page) == {"Vera Lund"} and page.content.decode().count('name="recipients"') == 1


@pytest.mark.parametrize("sent", [{"find": "\x00"}, {"about": "²", "find": "lund"}, {"recipients": ["-1", "9" * 30]}])
def test_nonsense_finds_nobody(cast, sent):
    page = as_person(cast.ruth).get(PEOPLE, sent)
    assert page.status_code == 200 and 'name="recipients"' not in page.content.decode()


def test_without_script_finding_keeps_what_was_typed(cast):
    client = as_person(cast.ruth)
    sent = TYPED | {"about": cast.permits.pk, "find": "lun", "recipients": [cast.ada.pk], "look": "1"}
    page = client.post(NEW, sent)
    drawn = page.content.decode()
    assert page.status_code == 200 and 'class="errors"' not in drawn and not Schedule.objects.exists()
    for kept in ('value="Mine"', 'value="05:45"', 'value="9"', 'value="lun"', '<option value="2" selected'):
        assert kept in drawn, kept
    assert ticked(page) == {cast.ada.name} and "Vera Lund" in text(page)


def test_a_wrong_field_elsewhere_loses_neither_ticks_nor_search(cast):
    sent = TYPED | {"about": cast.permits.pk, "at": "", "find": "lund", "recipients": [cast.ada.pk]}
    page = as_person(cast.ruth).post(NEW, sent)
    assert page.status_code == 422 and ticked(page) == {cast.ada.name} and 'value="lund"' in page.content.decode()


def test_several_of_one_name_are_to_be_ticked(cast):
    twin = make.person("Vera Lund")
    make.member(twin, cast.permits, role="manager")
    client, sent = as_person(cast.ruth), TYPED | {"about": cast.permits.pk}
    page = client.post(NEW, sent | {"find": "vera"})
    assert page.status_code == 422 and "Tick who is meant" in text(page)
    assert f'value="{twin.pk}"' in page.content.decode() and f'value="{cast.vera.pk}"' in page.content.decode()
    assert client.post(NEW, sent | {"recipients": [twin.pk]}).status_code == 302
    assert list(Schedule.objects.get().recipients.all()) == [twin]


def test_who_has_left_since_is_taken_off_and_said(cast):
    User.objects.filter(pk=cast.vera.pk).update(is_active=False)
    sent = TYPED | {"about": cast.permits.pk, "recipients": [cast.vera.pk, cast.ada.pk]}
    page = as_person(cast.ruth).post(NEW, sent)
    assert page.status_code == 422 and "is not here any more" in text(page) and ticked(page) == {cast.ada.name}


def test_searching_costs_the_same_for_many(cast):
    found = []
    for number in (1, 3):
        for one in range(number):
            make.member(make.person(f"Zoltan {number}{one}"), cast.permits, role="manager")
        found.append(statements(as_person(cast.ruth), f"{PEOPLE}?about={cast.permits.pk}&find=zol"))
    assert found == [SEARCH, SEARCH]


def test_scope_of_nobody_s_business_offers_nobody(cast):
    with pytest.raises(Refused), clock.at(dt.datetime(2026, 3, 10, tzinfo=dt.UTC)):
        scope_of(cast.cleo, str(cast.permits.pk))
    page = as_person(cast.cleo).get(PEOPLE, {"about": cast.permits.pk, "find": "lund"})
    assert "Vera" not in text(page)
