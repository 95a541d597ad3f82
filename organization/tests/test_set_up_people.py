"""Pages of people: list, facts, where they work, what they hold."""

from __future__ import annotations

import datetime as dt
from types import ModuleType, SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from core import clock
from organization import setup
from organization.fields import HoursField, PersonField, WindowsField, windows_as_text
from organization.models import Absence, Holding, Membership, User
from organization.tests.set_up_pages import as_person, named, post, statements, typed_in, words
from records.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


def last(kind: str) -> Event:
    return Event.objects.filter(subject_kind=kind).order_by("-pk")[0]


def test_people_are_found_by_name_address_and_state(ada: Client, cast: SimpleNamespace) -> None:
    assert named(ada.get("/set-up/people/?q=weiß")) == ["Otto Weiss"]
    assert named(ada.get(f"/set-up/people/?q={cast.mira.email.upper()}")) == ["Mira Holt"]
    assert named(ada.get("/set-up/people/?state=admins")) == ["Ada Stone"]
    setup.deactivate(cast.kofi, actor=cast.ada)
    assert "Kofi Adjei" not in named(ada.get("/set-up/people/"))
    assert named(ada.get("/set-up/people/?state=left")) == ["Kofi Adjei"]


def test_the_list_and_a_person_ask_as_often_for_three_rows_as_for_one(
    ada: Client, cast: SimpleNamespace, make: ModuleType
) -> None:
    make.holding(cast.mira, make.qualification())
    start = clock.now()
    for number in range(3):
        paths = ["/set-up/people/", f"/set-up/people/{cast.mira.pk}/"]
        counted = [statements(ada, path) for path in paths]
        assert counted == [6, 9], number
        make.member(make.person(), cast.permits)
        make.holding(cast.mira, make.qualification())
        make.member(cast.mira, make.department())
        away = Absence(person=cast.mira, starts_at=start, ends_at=start + dt.timedelta(hours=1), substitute=cast.kofi)
        setup.save_absence(away, actor=None)
        start += dt.timedelta(days=1)


def test_a_person_is_added_without_a_password(ada: Client, cast: SimpleNamespace) -> None:
    answer = post(ada, "/set-up/people/new/", name="Nia Bell", email="Nia@Office.example", password="forged-1234567")
    person = User.objects.get(name="Nia Bell")
    assert answer["Location"] == f"/set-up/people/{person.pk}/"
    assert person.email == "nia@office.example" and not person.has_usable_password() and not person.is_admin
    assert "password" not in str(last("person").payload.body)
    again = post(ada, "/set-up/people/new/", name="Nia Ball", email="NIA@office.example", is_admin="on")
    assert again.status_code == 422 and typed_in(again)["name"] == "Nia Ball"
    assert words(again).count("Somebody has this address already.") == 2


def test_where_somebody_works_is_said_in_hours(ada: Client, cast: SimpleNamespace) -> None:
    path = f"/set-up/people/{cast.cleo.pk}/memberships/new/"
    form = ada.get(path).context["form"]
    assert form["day_0"].value() == "8:00" and form["day_6"].value() == "0:00"
    values = {"department": str(cast.permits.pk), "day_0": "7:30", "day_1": "7.5", "day_2": "7,25", "day_4": ""}
    assert post(ada, path, **values).status_code == 302
    row = Membership.objects.get(person=cast.cleo)
    assert row.minutes == [450, 450, 435, 480, 0, 0, 0] and row.role == "assistant"
    assert last("membership").actor == cast.ada
    bad = post(ada, f"/set-up/people/{cast.cleo.pk}/memberships/{row.pk}/", day_3="25", role="manager")
    assert bad.status_code == 422 and typed_in(bad)["role"] == "manager" and typed_in(bad)["day_0"] == "7:30"
    assert "Thursday: Write hours as 7:30 or 7.5, up to 24." in words(bad)
    twice = post(ada, path, **values)
    assert "already is a member of the department in that time" in words(twice)


def test_a_substitutes_membership_follows_its_absence_alone(ada: Client, cast: SimpleNamespace) -> None:
    start = clock.now()
    away = Absence(person=cast.ruth, starts_at=start, ends_at=start + dt.timedelta(days=2), substitute=cast.cleo)
    setup.save_absence(away, actor=None)
    row = Membership.objects.get(person=cast.cleo)
    page = words(ada.get(f"/set-up/people/{cast.cleo.pk}/"))
    assert "manager, for Ruth Calder" in page
    assert ada.get(f"/set-up/people/{cast.cleo.pk}/memberships/{row.pk}/").status_code == 404


def test_a_qualification_is_granted(ada: Client, cast: SimpleNamespace, make: ModuleType) -> None:
    skill = make.qualification("Diving")
    path = f"/set-up/people/{cast.mira.pk}/holdings/new/"
    values = {"qualification": str(skill.pk), "level": "2", "valid_from": "2026-01-01", "evidence": "No. 7"}
    bad = post(ada, path, **values | {"level": "11", "valid_until": "2025-01-01"})
    assert bad.status_code == 422 and typed_in(bad)["evidence"] == "No. 7"
    assert post(ada, path, **values).status_code == 302
    held = Holding.objects.get(person=cast.mira)
    assert (held.level, str(held.valid_from)) == (2, "2026-01-01")
    assert ada.get(f"/set-up/people/{cast.kofi.pk}/holdings/{held.pk}/").status_code == 404, "not somebody else's"


def test_names_are_proposed_while_one_types(ada: Client, cast: SimpleNamespace) -> None:
    page = ada.get("/set-up/people/names/?substitute=weiß").content.decode()
    assert f"Otto Weiss (#{cast.otto.pk})" in page and "Archive" in page
    assert "option" not in ada.get("/set-up/people/names/?substitute=w").content.decode()


class TestFields:
    def test_a_person_by_number_name_and_beginning(self, cast: SimpleNamespace, make: ModuleType) -> None:
        field = PersonField(required=False)
        assert field.clean(f"Anybody (#{cast.mira.pk})") == cast.mira
        assert field.clean("mira holt") == field.clean("holt") == cast.mira
        assert field.clean("") is None
        twin = make.person("Mira Holt")
        with pytest.raises(ValidationError, match=rf"\(#{twin.pk}\)"):
            field.clean("Mira Holt")
        for text in ("Nobody", "X (#999999)"):
            with pytest.raises(ValidationError, match="Nobody is called"):
                field.clean(text)

    @pytest.mark.parametrize(("text", "minutes"), [("8", 480), ("0:5", 5), ("24", 1440), (" 7,5 ", 450), ("", 0)])
    def test_hours(self, text: str, minutes: int) -> None:
        assert HoursField().clean(text) == minutes

    @pytest.mark.parametrize("text", ["24:01", "-1", "x", "7:60", "nan", "1e9", "inf"])
    def test_no_hours(self, text: str) -> None:
        with pytest.raises(ValidationError):
            HoursField().clean(text)

    @pytest.mark.parametrize(
        ("text", "again"),
        [
            ("9-17", "09:00-17:00"),
            ("13:30-17:00; 9.00 – 12.30", "09:00-12:30, 13:30-17:00"),
            ("22-24", "22:00-24:00"),
            ("0900-1700", "09:00-17:00"),
            ("", ""),
        ],
    )
    def test_windows(self, text: str, again: str) -> None:
        assert windows_as_text(WindowsField().clean(text)) == again

    @pytest.mark.parametrize("text", ["9", "9-25", "17-9", "9-12, 11-13", "22-24, 23-24", "9:70-10", "a-b", "9-9"])
    def test_no_windows(self, text: str) -> None:
        with pytest.raises(ValidationError):
            WindowsField().clean(text)
