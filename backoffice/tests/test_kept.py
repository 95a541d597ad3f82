"""Pages of the set-up for what the office keeps: background runs, names in imports, messages. For admins alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from backoffice.running.words import KINDS
from organization.models import Alias
from organization.tests.set_up_pages import as_person, named, post, statements, words
from records import outgoing, runs
from records.models import Event, Outgoing, Run
from tasks.importing import matching

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


def test_only_admins_get_in_and_django_admin_is_gone(cast: SimpleNamespace) -> None:
    for path in ("/set-up/runs/", "/set-up/aliases/", "/set-up/mail/messages/"):
        for who in (cast.mira, cast.ruth, cast.cleo):
            assert as_person(who).get(path).status_code == 403
        assert Client().get(path)["Location"].startswith("/accounts/login/")
    assert as_person(cast.ada).get("/set-up/more/").status_code == 404
    assert not apps.is_installed("django.contrib.admin")


def test_every_kind_of_run_has_words() -> None:
    ours = {name for name in runs._kinds if not name.startswith("tests.")}
    assert ours == KINDS.keys()


def test_runs_are_listed_narrowed_and_tried_again(ada: Client, cast: SimpleNamespace) -> None:
    parked = Run.objects.create(
        kind="tasks.recompute", state=Run.State.PARKED, attempts=5, error="It went wrong", asked_by=cast.ruth
    )
    Run.objects.create(kind="tasks.import", state=Run.State.DONE, done=3, total=3, parameters={"name": "a.csv"})
    Run.objects.create(kind="reports.make")
    page = words(ada.get("/set-up/runs/"))
    assert "Clocks computed anew" in page and "It went wrong" in page and "3 of 3" in page
    assert len(named(ada.get("/set-up/runs/"))) == 3
    assert [one.split()[0] for one in named(ada.get("/set-up/runs/?state=failed"))] == ["Clocks"]
    assert [one.split()[0] for one in named(ada.get("/set-up/runs/?state=unfinished"))] == ["Report"]
    assert ada.post(f"/set-up/runs/{parked.pk}/retry/")["Location"] == "/set-up/runs/"
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == (Run.State.QUEUED, 0)
    assert Event.objects.get(verb="retry", subject_kind="run", subject_id=parked.pk).actor == cast.ada
    assert ada.post(f"/set-up/runs/{parked.pk}/retry/").status_code == 409
    runs.perform(parked.pk)
    parked.refresh_from_db()
    assert parked.state == Run.State.DONE


def test_a_name_in_imports_means_somebody_else_from_now_on(ada: Client, cast: SimpleNamespace) -> None:
    person = Alias.objects.create(source="old", kind="person", name="MH", person=cast.mira)
    place = Alias.objects.create(source="old", kind="department", name="Grp 7", department=cast.permits)
    assert named(ada.get("/set-up/aliases/")) == ["Grp 7", "MH"]
    assert named(ada.get("/set-up/aliases/?q=mira")) == ["MH"]
    path = f"/set-up/aliases/{person.pk}/"
    assert post(ada, path, person=f"Kofi (#{cast.kofi.pk})").status_code == 302
    assert matching.find_people("old", ["MH"])["MH"].pk == cast.kofi.pk
    changed = Event.objects.get(verb="change", subject_kind="alias")
    assert changed.payload.body["changes"] == {"person_id": [cast.mira.pk, cast.kofi.pk]}
    assert post(ada, path, person="Nobody Such").status_code == 422
    assert post(ada, f"/set-up/aliases/{place.pk}/", department=str(cast.archive.pk)).status_code == 302
    assert post(ada, f"/set-up/aliases/{place.pk}/", department="").status_code == 422
    assert ada.post(f"/set-up/aliases/{place.pk}/remove/").status_code == 302
    assert Event.objects.get(verb="withdraw", subject_kind="alias").subject_id == place.pk
    assert named(ada.get("/set-up/aliases/")) == ["MH"]


def test_messages_are_found_by_their_address_without_what_they_say(ada: Client) -> None:
    outgoing.queue_mail(key="a", to="cleo@office.example", subject="Hello", text="SECRET-LINK")
    outgoing.queue_mail(key="b", to="mira@office.example", subject="SECRET-TITLE", text="x", owner_kind="notices")
    Outgoing.objects.update(attempts=2)
    everything = words(ada.get("/set-up/mail/messages/"))
    assert "Hello" in everything and "SECRET" not in everything and "Notices" in everything
    assert "SECRET" not in words(ada.get("/set-up/mail/")), "nor among what failed"
    assert named(ada.get("/set-up/mail/messages/?q=Cleo@office.example")) == ["Hello"]
    assert named(ada.get("/set-up/mail/messages/?q=cleo")) == []


def test_lists_ask_as_often_for_three_rows_as_for_one(ada: Client, cast: SimpleNamespace) -> None:
    paths = ("/set-up/runs/", "/set-up/aliases/", "/set-up/mail/messages/")
    counted: dict[int, Any] = {}
    for number in range(3):
        Run.objects.create(kind="tasks.recompute", asked_by=cast.ruth)
        Alias.objects.create(source="old", kind="person", name=f"M{number}", person=cast.mira)
        outgoing.queue_mail(key=f"k{number}", to="cleo@office.example", subject="Hello", text="x")
        counted[number] = [statements(ada, path) for path in paths]
    assert counted[0] == counted[2] == [5, 5, 5]
