"""Mail of notices: at once or in the morning, never in quiet hours, once each, with the way to stop it."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from core import clock
from organization import mailing, preferences
from organization.models import Notice, NoticeHours, NoticePreference, User
from organization.notices import News, mark_read, notify, withdraw
from organization.setup import deactivate, save_person
from organization.stopping import understood, word_for
from records import outgoing
from records.models import Event, Outgoing

pytestmark = pytest.mark.django_db
DUBLIN = ZoneInfo("Europe/Dublin")
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=DUBLIN)
MORNING = dt.datetime(2026, 3, 3, 7, tzinfo=DUBLIN)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def mira(make: Any) -> User:
    return make.person("Mira Holt", time_zone="Europe/Dublin")


def tell(person: User, key: str, kind: str = "mentioned", at: dt.datetime = NOON, **more: Any) -> None:
    with clock.at(at):
        notify([News(person.pk, kind, key, reference=f"T-{key}", **more)])


def sweep(at: dt.datetime) -> None:
    """What the tick does at an instant, twice over."""
    with clock.at(at):
        mailing.write_due()
        mailing.write_due()


def mails() -> list[Outgoing]:
    return list(Outgoing.objects.filter(owner_kind="notices").order_by("pk"))


def notices_in(row: Outgoing) -> int:
    return len(re.findall(r"^- ", row.text, re.MULTILINE))


def test_mine_at_once_the_rest_in_one_mail_in_the_morning(mira: User) -> None:
    tell(mira, "1")
    for number in range(2, 5):
        tell(mira, str(number), "watched")
    sweep(NOON)
    assert [notices_in(row) for row in mails()] == [1]
    sweep(MORNING - MINUTE)
    assert len(mails()) == 1
    for at in (MORNING, MORNING + MINUTE, MORNING + dt.timedelta(hours=12)):
        sweep(at)
        assert [notices_in(row) for row in mails()] == [1, 3]
    assert mails()[1].key == f"digest:{mira.pk}:2026-03-03"
    assert not Notice.objects.filter(mail_at__isnull=False).exists()


def test_urgent_goes_at_once_unless_the_person_chose_otherwise(mira: User) -> None:
    tell(mira, "1", "watched", urgent=True)
    sweep(NOON)
    assert len(mails()) == 1
    preferences.choose(mira, "watched", mail="digest", actor=mira)
    tell(mira, "2", "watched", urgent=True)
    sweep(NOON + MINUTE)
    assert len(mails()) == 1


def test_forty_things_of_one_planning_session_are_few_mails(mira: User) -> None:
    """Complaint 10: 35 to 50 mails for one planning session."""
    for number in range(40):
        at = NOON + dt.timedelta(seconds=10 * number)
        tell(mira, str(number), "assigned", at)
        sweep(at)
    sweep(NOON + dt.timedelta(minutes=12))
    assert len(mails()) == 3  # the first, and one for each five minutes of the seven
    assert sum(notices_in(row) for row in mails()) == 40


@pytest.mark.parametrize(("way", "now", "later"), [("now", 1, 1), ("digest", 0, 1), ("never", 0, 0)])
def test_the_way_of_a_kind_is_the_persons(mira: User, way: str, now: int, later: int) -> None:
    """Complaint 13: all or nothing, so people mute all. Each kind has its own way."""
    preferences.choose(mira, "assigned", mail=way, actor=mira)
    tell(mira, "1", "assigned")
    tell(mira, "2", "mentioned")
    sweep(NOON)
    assert sum(notices_in(row) for row in mails()) == now + 1
    sweep(MORNING)
    assert sum(notices_in(row) for row in mails()) == later + 1
    assert Notice.objects.visible_to(mira).count() == 2, "in the office it is told all the same"


def test_in_the_office_can_be_switched_off(mira: User) -> None:
    preferences.choose(mira, "mentioned", in_app=False, actor=mira)
    tell(mira, "1")
    sweep(NOON)
    assert (Notice.objects.visible_to(mira).count(), len(mails())) == (0, 1)


def test_a_choice_changes_what_still_waits(mira: User) -> None:
    tell(mira, "1", "watched")
    sweep(NOON)
    with clock.at(NOON + MINUTE):
        preferences.choose(mira, "watched", mail="never", actor=mira)
    sweep(MORNING)
    assert not mails()
    assert not Notice.objects.filter(mail_at__isnull=False).exists()


def test_what_was_read_is_not_mailed(mira: User) -> None:
    tell(mira, "1")
    tell(mira, "2", "watched")
    mark_read(mira)
    sweep(NOON)
    sweep(MORNING)
    assert not mails()


def test_quiet_hours_put_mail_off_to_their_end(mira: User) -> None:
    preferences.save_hours(NoticeHours(person=mira, quiet_from=dt.time(20), quiet_until=dt.time(8)), actor=mira)
    night = NOON.replace(hour=22)
    tell(mira, "1", at=night)
    for at in (night, night + dt.timedelta(hours=6), MORNING):
        sweep(at)
        assert not mails()
    sweep(MORNING.replace(hour=8))
    assert len(mails()) == 1
    with pytest.raises(ValidationError):
        preferences.save_hours(NoticeHours(person=mira, quiet_from=dt.time(20)), actor=mira)


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_one_morning_mail_on_days_of_23_and_25_hours(mira: User, day: dt.date) -> None:
    start = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(12), DUBLIN)
    for hour in range(60):
        at = start.astimezone(dt.UTC) + dt.timedelta(hours=hour)
        tell(mira, str(hour), "watched", at)
        sweep(at)
    keys = [row.key.rpartition(":")[2] for row in mails()]
    days = [day, day + dt.timedelta(days=1)]
    assert keys == [one.isoformat() for one in days]
    assert all(row.text for row in mails())


def test_another_zone_moves_the_morning_and_doubles_none(mira: User) -> None:
    tell(mira, "1", "watched")
    sweep(NOON)
    with clock.at(NOON + MINUTE):
        mira.time_zone = "America/New_York"
        save_person(mira, actor=mira)
    sweep(MORNING)
    assert not mails(), "it is night there"
    sweep(MORNING + dt.timedelta(hours=5))
    assert len(mails()) == 1
    tell(mira, "2", "watched", MORNING + dt.timedelta(hours=5))
    with clock.at(MORNING + dt.timedelta(hours=6)):
        mira.time_zone = "Pacific/Honolulu"  # where this day's morning comes once more
        save_person(mira, actor=mira)
    for hours in range(6, 29):
        sweep(MORNING + dt.timedelta(hours=hours))
    days = [row.key.rpartition(":")[2] for row in mails()]
    assert days == ["2026-03-03"]
    sweep(MORNING + dt.timedelta(hours=36))
    assert len(mails()) == 2


def test_three_days_without_office_are_one_mail(mira: User) -> None:
    for day in range(3):
        tell(mira, str(day), "watched", NOON + dt.timedelta(days=day))
    sweep(NOON + dt.timedelta(days=3))
    late = NOON + dt.timedelta(days=4)
    sweep(late)
    assert sum(notices_in(row) for row in mails()) == 3
    assert len(mails()) == 1


def test_a_kill_between_leaves_everything_or_nothing(mira: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(mira, "1", "watched")
    sweep(NOON)

    class Killed(BaseException):
        pass

    def kill(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mailing._Desk, "_note", kill)
        with pytest.raises(Killed):
            sweep(MORNING)
    assert not mails()
    sweep(MORNING + MINUTE)
    assert len(mails()) == 1


def test_nobody_who_left_gets_mail(mira: User, make: Any) -> None:
    tell(mira, "1")
    sweep(NOON)
    tell(mira, "2", "watched")
    with clock.at(NOON + MINUTE):
        deactivate(mira, actor=None)
    tell(mira, "3")
    sweep(MORNING)
    assert not mails()
    assert not Notice.objects.filter(key="3").exists()


def test_it_is_told_once_and_taken_back(mira: User) -> None:
    tell(mira, "1")
    tell(mira, "1")
    assert Notice.objects.count() == 1
    withdraw([mira.pk], "1")
    assert not Notice.objects.exists()
    tell(mira, "2")
    sweep(NOON)
    withdraw([mira.pk], "2")
    assert Notice.objects.count() == 1, "what was mailed stays"


def test_telling_is_one_statement_for_any_number(mira: User, make: Any, django_assert_num_queries: Any) -> None:
    people = [mira, *(make.person() for _ in range(4))]
    for count in (0, 1, 5):
        with django_assert_num_queries(min(count, 1)):
            notify(News(person.pk, "mentioned", f"n{count}") for person in people[:count])
    with pytest.raises(KeyError):
        notify([News(mira.pk, "nonsense", "x")])


def test_identity_comes_from_the_key(mira: User) -> None:
    """A mail that is doubled in the window of a crash is the same mail, and so is one of a restored office."""
    tell(mira, "1")
    sweep(NOON)
    row = mails()[0]
    assert row.identity == outgoing.identity_of(row.key)
    Outgoing.objects.filter(pk=row.pk).update(due_at=NOON)
    outgoing.deliver(row.pk)
    Outgoing.objects.filter(pk=row.pk).update(state="due")
    outgoing.deliver(row.pk)
    first, second = (one.message() for one in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"] and str(row.identity) in first["Message-ID"]
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_stops_the_kind_without_signing_in(mira: User) -> None:
    tell(mira, "1")
    sweep(NOON)
    address = re.fullmatch(r"<https?://[^/]+(/.*)>", mails()[0].headers["List-Unsubscribe"])
    assert address and address[1] in mails()[0].text
    nobody = Client(enforce_csrf_checks=True)
    assert b"No more mail" in nobody.get(address[1]).content
    assert not NoticePreference.objects.exists(), "a mail program only looks"
    body = "List-Unsubscribe=One-Click"
    for _again in range(2):
        answer = nobody.post(address[1], body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    row = NoticePreference.objects.get()
    assert (row.person_id, row.kind, row.mail, row.in_app) == (mira.pk, "mentioned", "never", True)
    assert Event.objects.get(subject_kind="notice_preference").actor_id == mira.pk
    assert understood(word_for(mira, ["watched", "assigned"])).kinds[0].name == "assigned"
    assert understood(address[1].split("/")[-2] + "x") is None


def test_what_is_no_longer_theirs_to_see_is_not_mailed(cast: SimpleNamespace, make: Any) -> None:
    from organization.models import Membership
    from organization.standing import forget

    task = make.task(cast.permits, cast.permit, title="Wall at 14 Mill Street")
    about = {"subject_kind": "task", "subject_id": task.pk}
    tell(cast.mira, "1", "watched", **about)
    tell(cast.kofi, "1", "watched", **about)
    sweep(NOON)
    Membership.objects.filter(person=cast.kofi).update(ends_on=dt.date(2021, 1, 1))
    forget(cast.kofi)
    sweep(MORNING + dt.timedelta(days=1))
    row = Outgoing.objects.get(owner_kind="notices")
    assert row.owner_id == cast.mira.pk
    assert task.title in row.text and task.get_absolute_url() in row.text
    assert "You get this because you watch it." in row.text


def test_mail_is_in_the_persons_language_and_zone(mira: User) -> None:
    mira.time_zone = "Asia/Tokyo"
    mira.save()
    tell(mira, "1", "overdue", moment=NOON)
    sweep(NOON)
    assert " 21:00" in mails()[0].subject


def test_subjects_cannot_split_headers(mira: User, make: Any) -> None:
    by = make.person("Mallory\r\nBcc: all@office.example")
    tell(mira, "1", by_id=by.pk)
    sweep(NOON)
    assert "\n" not in mails()[0].subject
