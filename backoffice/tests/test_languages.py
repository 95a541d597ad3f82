"""Everybody reads in their own language; what programs, keys and addresses rely on is the same in all."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import translation

from backoffice.audit.verbs import WORDS
from backoffice.tests.api_caller import Caller, refusal
from core import clock
from organization import mailing
from organization.invitations import invite
from organization.models import User
from organization.notices import News, notify
from records import outgoing
from records.models import Outgoing
from records.verbs import declared
from tasks import transitions
from tasks.board import hours
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.pages import as_person

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Dublin"))  # a Monday
PAGES = {
    "/": ("ruth", "Guten Tag, Ruth", "Bonjour"),
    "/queue/": ("mira", "Warteschlange", "Ma file"),
    "/department/PER/": ("ruth", "Arbeitsvorrat|Vorrat", "En attente|stock|sans responsable|libre"),
    "/set-up/": ("ada", "Einrichtung", "Paramètres|Réglages|Configuration|Installation"),
    "/notices/": ("mira", "Mitteilungen", "Avis|Notifications"),
    "/reports/": ("ruth", "Berichte", "Rapports"),
    "/requests/": ("cleo", "Meine Anfragen", "[Dd]emand"),
    "/profile/": ("mira", "Profil speichern", "Enregistrer"),
    "/audit/": ("ruth", "Alle Ereignisse", "Tous les événements"),
}
ADDRESS = re.compile(r'(?:href|action|hx-(?:get|post))="([^"]*)"')
KEY = re.compile(r'data-(?:key|list-key)="([^"]*)"')


@pytest.fixture
def office(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, with a task mira began that is due on Friday at 15:00."""
    with clock.at(NOON):
        cast.task = make.task(cast.permits, cast.permit, due_at=NOON + dt.timedelta(days=4, hours=3))
        transitions.claim(cast.task, actor=cast.mira)
    return cast


def page(person: User, path: str, language: str) -> str:
    User.objects.filter(pk=person.pk).update(language=language)
    person.refresh_from_db()
    with clock.at(NOON):
        answer = as_person(person).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    assert answer.headers["Content-Language"] == language
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_in_the_language_of_their_reader(office: SimpleNamespace, path: str) -> None:
    who, german, french = PAGES[path]
    said = {language: page(getattr(office, who), path, language) for language in ("en", "de", "fr")}
    for language, words in (("de", german), ("fr", french)):
        assert f'<html lang="{language}" dir="ltr">' in said[language]
        assert re.search(words, said[language]), (language, path)
        assert not re.search(words, said["en"]), (language, path)


def test_the_page_of_a_task(office: SimpleNamespace) -> None:
    said = page(office.mira, office.task.get_absolute_url(), "de")
    for words in ("Verlauf", "Sie haben die Aufgabe übernommen", "Beginnen", "Fr 15:00"):
        assert words in said, words
    for english in ("Friday", "You claimed it", "Fri 15:00"):
        assert english not in said


@pytest.mark.parametrize("path", [*PAGES, "task"])
def test_addresses_and_keys_are_the_same_in_all(office: SimpleNamespace, path: str) -> None:
    who, where = ("mira", office.task.get_absolute_url()) if path == "task" else (PAGES[path][0], path)
    said = [page(getattr(office, who), where, language) for language in ("en", "de", "fr")]
    for what in (ADDRESS, KEY):
        english, german, french = (sorted(set(what.findall(one))) for one in said)
        assert english == german == french
    assert KEY.findall(said[0])


def test_numbers_and_days(office: SimpleNamespace) -> None:
    with translation.override("de"):
        assert (hours(528), hours(225)) == ("8,8", "3,75")
    with translation.override("en"):
        assert hours(528) == "8.8"
    said = page(office.ruth, "/department/PER/", "de")
    assert "Mo 23. Nov, 12:00" in said


def test_a_language_from_right_to_left_turns_the_page(office: SimpleNamespace, settings: Any) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    assert '<html lang="ar" dir="rtl">' in page(office.mira, "/queue/", "ar")


def test_mails_are_in_the_language_of_who_gets_them(office: SimpleNamespace) -> None:
    expected = {
        office.mira: ("de", "1 Mitteilung", "Guten Tag Mira Holt,"),
        office.kofi: ("fr", "1 ", "Bonjour Kofi Adjei"),
        office.otto: ("en", "1 notice", "Hello Otto Weiss,"),
    }
    for person, (language, _subject, _text) in expected.items():
        User.objects.filter(pk=person.pk).update(language=language)
        with clock.at(NOON):
            notify([News(person.pk, "watched", f"{person.pk}", reference=office.task.reference)])
    for later in (0, 1):  # it waits for the morning
        with clock.at(NOON + dt.timedelta(days=later)):
            mailing.write_due()
    for person, (_language, subject, text) in expected.items():
        row = Outgoing.objects.get(owner_kind="notices", to=person.email)
        assert subject in row.subject and text in row.text, row.text


def test_an_invitation_and_its_page(office: SimpleNamespace) -> None:
    nia = make.person("Nia Bell", language="de")
    invite(nia, actor=office.ada)
    row = Outgoing.objects.get(to=nia.email)
    outgoing.deliver(row.pk)
    sent = mail.outbox[-1]
    assert sent.subject.startswith("Ihr Konto bei")
    link = re.search(r"https?://[^/]+(/\S+)", sent.body)
    assert link
    from django.test import Client

    assert (
        "Mein Passwort setzen" in Client().get(link[1], headers={"Accept-Language": "fr"}, follow=True).content.decode()
    )


def test_refusals_of_the_api_in_the_persons_language_with_the_same_codes(office: SimpleNamespace) -> None:
    problems = {}
    for language in ("en", "de"):
        User.objects.filter(pk=office.kofi.pk).update(language=language)
        office.kofi.refresh_from_db()
        problems[language] = refusal(Caller(office.kofi).verb(office.task, "release"), 403)
    english, german = problems["en"], problems["de"]
    assert english["code"] == german["code"] and english["title"] == german["title"]
    assert german["detail"] == "Das dürfen Sie nicht."
    assert english["detail"] == "You may not do this."


def test_the_api_names_states_and_verbs_alike(office: SimpleNamespace) -> None:
    told = []
    for language in ("en", "de"):
        User.objects.filter(pk=office.mira.pk).update(language=language)
        office.mira.refresh_from_db()
        told.append(Caller(office.mira).get(f"/tasks/{office.task.reference}").json())
    assert told[0]["state"] == told[1]["state"] == Task.objects.get(pk=office.task.pk).state
    assert told[0]["verbs"] == told[1]["verbs"] and "start" in told[0]["verbs"]


def test_every_verb_of_history_has_words() -> None:
    assert set(WORDS) == set().union(*declared().values())
