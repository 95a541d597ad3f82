"""The first steps from an empty office to its first task, and outgoing mail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from organization.models import Department, OfficeCalendar, Site, User
from organization.setup import save_person
from organization.tests.set_up_pages import as_person, post, words
from records import outgoing
from records.models import Outgoing
from tasks.guide import first_steps
from tasks.models import Procedure, Task

pytestmark = pytest.mark.django_db


def test_an_empty_office_is_led_to_its_first_task() -> None:
    """Only by the links of the guide, each step known done from the data."""
    nia = save_person(User(name="Nia Bell", email="nia@office.example", is_admin=True), actor=None)
    client = as_person(nia)

    def now() -> str:
        step = next(step for step in client.get("/set-up/").context["steps"] if step.now)
        return step.href

    assert [step.done for step in first_steps()] == [False] * 6
    assert post(client, now(), name="Hall", time_zone="Europe/Dublin", country="IE").status_code == 302
    assert post(client, now(), name="Week").status_code == 302
    site, week = Site.objects.get(), OfficeCalendar.objects.get()
    place = {"name": "Permits", "code": "PER", "site": str(site.pk), "calendar": str(week.pk)}
    assert post(client, now(), **place).status_code == 302
    department = Department.objects.get()
    assert now() == "/set-up/people/"
    assert post(client, f"/set-up/people/{nia.pk}/memberships/new/", department=str(department.pk)).status_code == 302
    assert now() == "/set-up/procedures/new/"
    assert post(client, now(), name="Permit check").status_code == 302
    base = now()
    assert base == f"/set-up/procedures/{Procedure.objects.get().pk}/"
    client.post(f"{base}begin/")
    post(client, f"{base}draft/", instruction_0="Look at it")
    client.post(f"{base}publish/")
    assert now() == "/tasks/new/"
    client = as_person(nia)
    form = client.get("/tasks/new/")
    values = {"procedure": Procedure.objects.get().pk, "department": department.pk, "title": "The first one"}
    client.post("/tasks/new/", values | {"key": form.context["key"], "inside": "1"})
    assert Task.objects.get().title == "The first one"
    assert client.get("/set-up/").context["steps"] == [] and "From nothing" not in words(client.get("/set-up/"))


class TestMail:
    @pytest.fixture
    def ada(self, cast: SimpleNamespace) -> Client:
        return as_person(cast.ada)

    def test_a_test_goes_the_way_of_all_mail(self, ada: Client, cast: SimpleNamespace, mailoutbox: list[Any]) -> None:
        answer = ada.post("/set-up/mail/test/", follow=True)
        assert f"A mail to {cast.ada.email} is on its way" in words(answer) and mailoutbox == []
        row = Outgoing.objects.get()
        outgoing.deliver(row.pk)
        assert mailoutbox[0].to == [cast.ada.email]
        assert ": sent" in words(ada.get("/set-up/mail/"))

    def test_what_is_set_is_told_without_secrets(self, ada: Client, cast: SimpleNamespace, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.office.example", 587
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "secret-user", "secret-password"
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
        told = words(ada.get("/set-up/mail/"))
        assert "mail.office.example:587" in told and "STARTTLS" in told and "secret" not in told
        for who in (cast.mira, cast.ruth, cast.cleo):
            assert as_person(who).get("/set-up/mail/").status_code == 403

    def test_what_was_given_up_is_tried_again(self, ada: Client, cast: SimpleNamespace) -> None:
        outgoing.queue_mail(key="k", to="cleo@office.example", subject="Hello", text="SECRET-LINK")
        Outgoing.objects.update(state=Outgoing.State.PARKED, attempts=5, result="SMTPServerDisconnected: gone")
        page = words(ada.get("/set-up/mail/"))
        assert "SMTPServerDisconnected" in page and "SECRET-LINK" not in page
        row = Outgoing.objects.get()
        ada.post(f"/set-up/mail/{row.pk}/retry/")
        row.refresh_from_db()
        assert (row.state, row.attempts) == (Outgoing.State.DUE, 0)
        assert ada.post(f"/set-up/mail/{row.pk}/retry/").status_code == 409
