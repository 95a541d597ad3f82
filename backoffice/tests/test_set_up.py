"""What is left in Django's admin site: who gets in, and that things are looked at there and tried again, no more."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from core import clock
from organization import setup
from organization.models import Absence, Alias, User
from records import events, outgoing, runs
from records.models import Event, Outgoing, Run, RunReject
from tasks.models import Label
from tasks.tests import factories as make

MODELS = list(admin.site._registry)
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, and one row of everything the set-up shows."""
    skill = make.qualification("First aid")
    make.holding(cast.mira, skill)
    cast.permit_with_need = make.procedure("Scaffold", requires=[(skill, 1)], steps=[{"value_kind": "number"}])
    start = clock.now()
    cast.absence = setup.save_absence(
        Absence(person=cast.kofi, starts_at=start, ends_at=start + dt.timedelta(days=2)), actor=cast.ada
    )
    Alias.objects.create(source="old", kind="person", name="MH", person=cast.mira)
    Label.objects.create(name="Urgent letter")
    run = Run.objects.create(kind="tasks.recompute", state=Run.State.PARKED, attempts=5)
    RunReject.objects.create(run=run, line=2, reason="no date", row={})
    outgoing.queue_mail(key="k", to="cleo@office.example", subject="Hello", text="SECRET-LINK")
    cast.task = make.task(cast.permits, cast.permit, title="TITLE-OF-A-TASK")
    return cast


def client_of(person: User | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def addresses(model: Any) -> dict[str, str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model.objects.order_by("pk").first()
    return {
        "list": reverse(f"{name}_changelist"),
        "add": reverse(f"{name}_add"),
        "row": reverse(f"{name}_change", args=[row.pk]),
        "history": reverse(f"{name}_history", args=[row.pk]),
        "delete": reverse(f"{name}_delete", args=[row.pk]),
    }


def test_an_admin_sees_every_list_and_every_row(office: SimpleNamespace) -> None:
    client = client_of(office.ada)
    assert client.get(reverse("admin:index")).status_code == 200
    for model in MODELS:
        for kind in ("list", "row", "history"):
            assert client.get(addresses(model)[kind]).status_code == 200, (model, kind)


@pytest.mark.parametrize("who", ["mira", "ruth", "cleo"])
def test_nobody_but_an_admin_gets_in(office: SimpleNamespace, who: str) -> None:
    client = client_of(getattr(office, who))
    pages = [reverse("admin:index"), reverse("admin:autocomplete"), reverse("admin:jsi18n"), "/set-up/more/nowhere/"]
    for address in pages + [url for model in MODELS for url in addresses(model).values()]:
        assert client.get(address).status_code == 403, address
        assert client.post(address).status_code == 403, address


def test_who_is_not_signed_in_is_led_to_our_sign_in(office: SimpleNamespace) -> None:
    client = client_of(None)
    for address in [reverse("admin:index")] + [url for model in MODELS for url in addresses(model).values()]:
        response = client.get(address, follow=True)
        assert response.redirect_chain[-1][0].startswith(reverse("account_login")), address
        assert response.status_code == 200


def test_an_admin_who_left_is_not_let_in(office: SimpleNamespace) -> None:
    client = client_of(office.ada)
    User.objects.filter(pk=office.ada.pk).update(is_active=False)
    assert client.get(reverse("admin:index")).status_code == 302


def test_nothing_can_be_deleted(office: SimpleNamespace) -> None:
    client = client_of(office.ada)
    for model in MODELS:
        before = model.objects.count()
        page = addresses(model)
        assert client.get(page["delete"]).status_code == 403, model
        assert client.post(page["delete"], {"post": "yes"}).status_code == 403, model
        chosen = {"action": "delete_selected", "_selected_action": [model.objects.first().pk], "post": "yes"}
        client.post(page["list"], chosen)
        assert model.objects.count() == before, model
        assert "deletelink" not in client.get(page["row"]).content.decode(), model


def test_what_is_told_about_tasks_stays_on_their_page(office: SimpleNamespace) -> None:
    client = client_of(office.ada)
    told = Event.objects.get(verb="open", task_id=office.task.pk)
    page = client.get(reverse("admin:records_event_change", args=[told.pk])).content.decode()
    assert "TITLE-OF-A-TASK" not in page
    change = Event.objects.filter(subject_kind="absence").get()
    assert "starts_at" in client.get(reverse("admin:records_event_change", args=[change.pk])).content.decode()


def test_history_is_only_looked_at(office: SimpleNamespace) -> None:
    client = client_of(office.ada)
    for model in (Event, Run, RunReject, Outgoing, Alias):
        page = addresses(model)
        assert client.get(page["add"]).status_code == 403, model
        assert client.post(page["row"], {"verb": "forged", "name": "forged"}).status_code == 403, model


def test_lists_count_a_thousand_rows_at_the_most(office: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    with clock.at(dt.datetime(2025, 1, 6, 10, tzinfo=dt.UTC)):
        for number in range(1100):
            events.write("change", actor=None, subject_kind="site", subject_id=number)
    client = client_of(office.ada)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("admin:records_event_changelist")).content.decode()
    assert "1000 events" in page
    assert client.get(reverse("admin:records_event_changelist"), {"q": office.task.pk}).status_code == 200


def test_signing_out_and_changing_the_password_are_our_pages(office: SimpleNamespace) -> None:
    client = client_of(office.ada)
    assert client.get("/set-up/more/password_change/")["Location"] == reverse("account_change_password")
    client.post("/set-up/more/logout/")
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_parked_run_is_tried_again_by_its_verb(office: SimpleNamespace) -> None:
    run = Run.objects.get()
    chosen = {"action": "retry", "_selected_action": [run.pk]}
    client_of(office.ada).post(reverse("admin:records_run_changelist"), chosen)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (Run.State.QUEUED, 0)
    told = Event.objects.get(verb="retry", subject_kind="run", subject_id=run.pk)
    assert told.actor == office.ada
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_a_message_given_up_is_sent_after_all(office: SimpleNamespace, mailoutbox: list[Any]) -> None:
    message = Outgoing.objects.get()
    page = reverse("admin:records_outgoing_changelist")
    chosen = {"action": "retry", "_selected_action": [message.pk]}
    said = client_of(office.ada).post(page, chosen, follow=True).content.decode()
    assert "Only what was given up" in said
    Outgoing.objects.update(state=Outgoing.State.PARKED, attempts=5)
    client_of(office.ada).post(page, chosen)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Outgoing.State.DUE, 0)
    outgoing.deliver(message.pk)
    assert mailoutbox[0].extra_headers["Message-ID"].startswith(f"<{message.identity}@")


def test_texts_of_messages_are_never_shown(office: SimpleNamespace) -> None:
    message = Outgoing.objects.get()
    shown = client_of(office.ada).get(reverse("admin:records_outgoing_change", args=[message.pk])).content.decode()
    assert "Hello" in shown and "SECRET-LINK" not in shown


def test_what_has_pages_of_its_own_is_not_here(office: SimpleNamespace) -> None:
    assert {model._meta.label for model in MODELS} == {
        "records.Run",
        "records.RunReject",
        "records.Outgoing",
        "records.Event",
        "organization.Alias",
    }
