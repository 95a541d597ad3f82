"""Saving in the set-up: each save goes through its verb, and what the verb refuses stands at its field."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from organization.models import Absence, Department, Membership, OfficeCalendar, Site, User
from records.models import Event, Outgoing, Run
from tasks.models import Label, Procedure, ProcedureVersion, Task
from tasks.tests import factories as make
from tasks.transitions import claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client, cast: SimpleNamespace) -> Client:
    client.force_login(cast.ada)
    return client


def save(client: Client, page: str, row: Any = None, /, **values: Any) -> Any:
    """Post the form of a new row, or of `row`."""
    address = f"admin:{page}_change" if row else f"admin:{page}_add"
    return client.post(reverse(address, args=[row.pk] if row else []), values)


def rows(prefix: str, kept: int = 0, *forms: dict[str, Any]) -> dict[str, Any]:
    """Values of an inline formset; `kept` of them were there before."""
    values: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(forms), f"{prefix}-INITIAL_FORMS": kept}
    for number, form in enumerate(forms):
        values |= {f"{prefix}-{number}-{name}": value for name, value in form.items()}
    return values


def last(kind: str, pk: int) -> Event:
    return Event.objects.filter(subject_kind=kind, subject_id=pk).order_by("-pk")[0]


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_a_site_is_saved_by_its_verb(ada: Client, cast: SimpleNamespace) -> None:
    values = {"name": "Quay", "time_zone": "America/Halifax", "country": "ca", "subdivision": "NS"}
    assert save(ada, "organization_site", **values).status_code == 302
    site = Site.objects.get(name="Quay")
    told = last("site", site.pk)
    assert (told.verb, told.actor, site.country) == ("add", cast.ada, "CA")
    before = Run.objects.count()
    make.department("Facilities", code="FAC", site=site)
    save(ada, "organization_site", site, **(values | {"time_zone": "Europe/Dublin"}))
    told = last("site", site.pk)
    assert told.payload.body["changes"] == {"time_zone": ["America/Halifax", "Europe/Dublin"]}
    assert Run.objects.count() == before + 1


@pytest.mark.parametrize(("field", "value"), [("country", "XX"), ("subdivision", "NOPE"), ("time_zone", "Moon/Base")])
def test_a_place_that_cannot_be_counted_in_is_refused_at_its_field(
    ada: Client, cast: SimpleNamespace, field: str, value: str
) -> None:
    values = {"name": "Quay", "time_zone": "America/Halifax", "country": "CA", "subdivision": "NS", field: value}
    assert list(errors(save(ada, "organization_site", **values))) == [field]
    assert not Site.objects.filter(name="Quay").exists()


def test_a_loop_of_departments_is_refused_at_the_parent(ada: Client, cast: SimpleNamespace) -> None:
    row = cast.hall
    values = {
        "code": row.code,
        "name": "Renamed",
        "site": row.site_id,
        "parent": cast.permits.pk,
        "calendar": row.calendar_id,
        "reopen_days": 14,
        "is_active": "on",
    }
    said = errors(save(ada, "organization_department", row, **values))
    assert said == {"parent": ["A department cannot be part of itself. Choose another."]}
    assert Department.objects.get(pk=row.pk).name == "Town hall"
    assert save(ada, "organization_department", row, **(values | {"parent": ""})).status_code == 302
    assert last("department", row.pk).payload.body["changes"] == {"name": ["Town hall", "Renamed"]}


def test_a_person_is_added_without_a_password(ada: Client, cast: SimpleNamespace) -> None:
    values = {
        "name": "Nia Bell",
        "email": "Nia@Office.example",
        "time_zone": "UTC",
        "language": "en",
        "is_active": "on",
    }
    assert save(ada, "organization_user", **values).status_code == 302
    person = User.objects.get(name="Nia Bell")
    assert person.email == "nia@office.example" and not person.has_usable_password()
    assert "password" not in str(last("person", person.pk).payload.body)
    forged = values | {"email": "eve@office.example", "name": "Eve", "password": "forged-password-1"}
    save(ada, "organization_user", **forged)
    assert not User.objects.get(name="Eve").has_usable_password()
    assert "email" in errors(save(ada, "organization_user", **(values | {"email": "NIA@office.example"})))


def test_who_was_added_gets_in_by_the_link_of_a_forgotten_password(ada: Client, cast: SimpleNamespace) -> None:
    values = {
        "name": "Nia Bell",
        "email": "nia@office.example",
        "time_zone": "UTC",
        "language": "en",
        "is_active": "on",
    }
    save(ada, "organization_user", **values)
    Client().post(reverse("account_reset_password"), {"email": "nia@office.example"})
    assert "/accounts/password/reset/key/" in Outgoing.objects.get(to="nia@office.example").text


def test_who_leaves_returns_their_work(ada: Client, cast: SimpleNamespace) -> None:
    task = make.task(cast.permits, cast.permit)
    claim(task.pk, actor=cast.mira)
    values = {"name": cast.mira.name, "email": cast.mira.email, "time_zone": "UTC", "language": "en"}
    assert save(ada, "organization_user", cast.mira, **values).status_code == 302
    task = Task.objects.get(pk=task.pk)
    assert task.is_free and not User.objects.get(pk=cast.mira.pk).is_active
    told = Event.objects.get(verb="release", task_id=task.pk)
    assert told.actor == cast.ada and told.payload.body["reason"] == "Mira Holt has left."


def test_a_membership_beside_another_is_refused(ada: Client, cast: SimpleNamespace) -> None:
    values = {
        "person": cast.mira.pk,
        "department": cast.permits.pk,
        "role": "assistant",
        "minutes": "480,480,480,480,480,0,0",
        "starts_on": "2026-01-01",
    }
    said = errors(save(ada, "organization_membership", **values))
    assert said == {"__all__": ["This person already is a member of the department in that time."]}
    values["department"] = cast.archive.pk
    assert save(ada, "organization_membership", **values).status_code == 302
    post = Membership.objects.get(person=cast.mira, department=cast.archive)
    assert last("membership", post.pk).department_id == cast.archive.pk


def test_qualifications_holdings_absences_and_labels(ada: Client, cast: SimpleNamespace) -> None:
    assert save(ada, "organization_qualification", name="First aid", description="").status_code == 302
    skill = make.qualification("Fire")
    held = {"person": cast.mira.pk, "qualification": skill.pk, "level": 2, "valid_from": "2026-02-01"}
    assert save(ada, "organization_holding", **(held | {"valid_until": "2026-01-01"})).status_code == 200
    assert save(ada, "organization_holding", **held).status_code == 302
    away = {
        "person": cast.mira.pk,
        "starts_at_0": "2026-03-02",
        "starts_at_1": "09:00",
        "ends_at_0": "2026-03-04",
        "ends_at_1": "17:00",
        "kind": "leave",
        "substitute": cast.kofi.pk,
    }
    assert save(ada, "organization_absence", **away).status_code == 302
    assert "__all__" in errors(save(ada, "organization_absence", **away))
    absence = Absence.objects.get()
    assert last("absence", absence.pk).actor == cast.ada
    chosen = {"action": "withdraw", "_selected_action": [absence.pk]}
    said = ada.post(reverse("admin:organization_absence_changelist"), chosen, follow=True).content.decode()
    assert "1 absence was withdrawn." in said and not Absence.objects.exists()
    assert last("absence", absence.pk).verb == "withdraw"
    assert save(ada, "tasks_label", name="Leak").status_code == 302
    assert errors(save(ada, "tasks_label", name=" léak"))["name"] == ["There is a label of this name already."]
    assert last("label", Label.objects.get().pk).verb == "add"


def test_a_calendar_is_saved_with_all_its_rows(ada: Client, cast: SimpleNamespace) -> None:
    window = {"weekday": 0, "start": "09:00", "end": "17:00"}
    empty = {"name": "Short week", "observes_holidays": "on"} | rows("closures")
    said = save(ada, "organization_officecalendar", **empty, **rows("windows"))
    assert "at least one window" in str(errors(said)["__all__"])
    closed = rows("closures", 0, {"day": "2026-12-24", "start": "12:00", "end": "17:00", "name": "Eve"})
    done = save(ada, "organization_officecalendar", **(empty | closed), **rows("windows", 0, window))
    assert done.status_code == 302
    calendar = OfficeCalendar.objects.get(name="Short week")
    old = calendar.windows.get()
    kept = window | {"id": old.pk, "calendar": calendar.pk, "DELETE": "on"}
    other = {"weekday": 2, "start": "10:00", "end": "12:00"}
    save(ada, "organization_officecalendar", calendar, **empty, **rows("windows", 1, kept, other))
    assert [(row.weekday, str(row.start)) for row in calendar.windows.all()] == [(2, "10:00:00")]
    told = Event.objects.filter(subject_kind="calendar", subject_id=calendar.pk, verb="set_hours")
    assert told.count() == 2


def test_a_procedure_is_written_drafted_and_published(ada: Client, cast: SimpleNamespace) -> None:
    skill = make.qualification("Planning")
    values = {
        "name": "Skip licence",
        "standard_minutes": 20,
        "target_minutes": 960,
        "default_priority": 3,
        "departments": [cast.permits.pk],
        "is_active": "on",
    } | rows("requirements", 0, {"qualification": skill.pk, "level": 2})
    assert save(ada, "tasks_procedure", **values).status_code == 302
    procedure = Procedure.objects.get(name="Skip licence")
    assert [row.level for row in procedure.requirements.all()] == [2]
    assert list(procedure.departments.all()) == [cast.permits]
    chosen = {"action": "begin_version", "_selected_action": [procedure.pk]}
    response = ada.post(reverse("admin:tasks_procedure_changelist"), chosen)
    draft = procedure.versions.get()
    assert response["Location"] == reverse("admin:tasks_procedureversion_change", args=[draft.pk])
    first = {"position": 2, "key": "fee", "instruction": "Fee", "value_kind": "number", "is_mandatory": "on"}
    second = {"position": 1, "key": "class", "instruction": "Class", "value_kind": "choice", "choices": "A, B"}
    bad = rows("steps", 0, second | {"choices": ""})
    assert save(ada, "tasks_procedureversion", draft, **bad).status_code == 200
    done = save(
        ada, "tasks_procedureversion", draft, wants_review="on", publish_now="on", **rows("steps", 0, first, second)
    )
    assert done.status_code == 302
    draft.refresh_from_db()
    assert (draft.stage, draft.wants_review, draft.published_by) == ("published", True, cast.ada)
    assert [step.key for step in draft.steps.all()] == ["class", "fee"]
    assert last("procedure", procedure.pk).verb == "publish"


def test_a_published_version_is_only_looked_at(ada: Client, cast: SimpleNamespace) -> None:
    version = ProcedureVersion.objects.get(procedure=cast.permit)
    page = ada.get(reverse("admin:tasks_procedureversion_change", args=[version.pk])).content.decode()
    assert 'name="_save"' not in page
    assert save(ada, "tasks_procedureversion", version, wants_review="on", **rows("steps")).status_code == 403
    assert ada.get(reverse("admin:tasks_procedureversion_add")).status_code == 403
    chosen = {"action": "publish", "_selected_action": [version.pk]}
    said = ada.post(reverse("admin:tasks_procedureversion_changelist"), chosen, follow=True).content.decode()
    assert "published already" in said


def test_clock_of_the_events_is_that_of_the_save(ada: Client, cast: SimpleNamespace) -> None:
    begun = clock.now()
    save(ada, "tasks_label", name="Today")
    told = last("label", Label.objects.get().pk)
    assert begun - dt.timedelta(seconds=1) < told.occurred_at < clock.now() and told.origin == "web"
