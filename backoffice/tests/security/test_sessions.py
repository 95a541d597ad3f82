"""Another key with other rights, no session without any, and a list of one's sessions that can be ended."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.tests.api_caller import Caller
from backoffice.tests.security.signing_in import PASSWORD, is_in, signed_in
from core import clock
from organization import setup
from organization.models import Absence, Membership, User
from organization.models.departments import Role
from records.models import Event, Outgoing
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db


def key(client: Client) -> str:
    return client.cookies["sessionid"].value


def by_membership(office: SimpleNamespace) -> None:
    make.member(office.mira, office.archive)


def by_its_end(office: SimpleNamespace) -> None:
    post = Membership.objects.get(person=office.mira)
    post.ends_on = clock.now().date() - dt.timedelta(days=2)
    setup.save_membership(post, actor=office.ada)


def by_role(office: SimpleNamespace) -> None:
    post = Membership.objects.get(person=office.mira)
    post.role = Role.MANAGER
    setup.save_membership(post, actor=office.ada)


def by_admin(office: SimpleNamespace) -> None:
    person = User.objects.get(pk=office.mira.pk)
    person.is_admin = True
    setup.save_person(person, actor=office.ada)


def by_a_department_out_of_use(office: SimpleNamespace) -> None:
    office.permits.is_active = False
    setup.save_department(office.permits, actor=office.ada)


def by_standing_in(office: SimpleNamespace) -> None:
    span = {"starts_at": clock.now() - dt.timedelta(hours=1), "ends_at": clock.now() + dt.timedelta(days=2)}
    setup.save_absence(Absence(person=office.ruth, substitute=office.mira, **span), actor=office.ada)


@pytest.mark.parametrize(
    "change", [by_membership, by_its_end, by_role, by_admin, by_a_department_out_of_use, by_standing_in]
)
def test_other_rights_give_another_key(office: SimpleNamespace, change: Any) -> None:
    client, copy = signed_in(office.mira), Client()
    before = key(client)
    is_in(client)
    assert key(client) == before, "nothing changed"
    session = client.session
    session["kept"] = "what was in it"
    session.save()
    change(office)
    assert is_in(client) and key(client) != before
    assert client.session["kept"] == "what was in it"
    copy.cookies["sessionid"] = before
    assert not is_in(copy), "the old key still opens"
    after = key(client)
    assert is_in(client) and key(client) == after, "once for each change"
    listed = UserSession.objects.get(user=office.mira)
    assert listed.session_key == after


def test_rights_that_change_by_their_date_count_too(office: SimpleNamespace) -> None:
    now = dt.datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Europe/Dublin"))
    with clock.at(now):
        make.member(office.mira, office.archive, starts_on=dt.date(2026, 3, 6))
        client = signed_in(office.mira)
        before = key(client)
    for days, renewed in ((1, False), (2, True)):
        with clock.at(now + dt.timedelta(days=days)):
            assert is_in(client) and (key(client) != before) == renewed


def test_it_costs_no_statement_while_nothing_changes(office: SimpleNamespace) -> None:
    client = signed_in(office.mira)
    with CaptureQueriesContext(connection) as first:
        is_in(client)
    assert not [one["sql"] for one in first if "django_session" in one["sql"] and not one["sql"].startswith("SELECT")]
    sessions = [one for one in first if "session" in one["sql"]]
    assert len(sessions) == 1, "one to read the session, as ever"


def test_sessions_of_who_leaves_are_over_for_good(office: SimpleNamespace) -> None:
    here, elsewhere, program = signed_in(office.mira), signed_in(office.mira), Caller(office.mira)
    assert program.get("/me").status_code == 200
    setup.deactivate(office.mira, actor=office.ada)
    office.mira.is_active = True
    setup.save_person(office.mira, actor=office.ada)
    assert not is_in(here) and not is_in(elsewhere) and program.get("/me").status_code == 401
    assert not UserSession.objects.filter(user=office.mira).exists()
    ended = Event.objects.get(subject_kind="token", verb="revoke")
    assert ended.actor == office.ada
    assert is_in(signed_in(office.mira))


def test_a_forgotten_password_ends_the_sessions_there_were(office: SimpleNamespace) -> None:
    old = signed_in(office.mira)
    fresh = Client()
    fresh.post(reverse("account_reset_password"), {"email": office.mira.email})
    text = Outgoing.objects.get(to=office.mira.email).text
    link = re.search(r"/accounts/password/reset/key/\S+", text)[0]
    form = fresh.get(link, follow=True).redirect_chain[-1][0]
    new = {"password1": "quite-another-word", "password2": "quite-another-word"}
    assert fresh.post(form, new).status_code == 302
    assert not is_in(old)


def test_sessions_are_listed_and_can_be_ended(office: SimpleNamespace) -> None:
    here, elsewhere, other = signed_in(office.mira), signed_in(office.mira), Client()
    other.force_login(office.kofi)
    page = here.get(reverse("usersessions_list"))
    assert page.status_code == 200 and len(page.context["sessions"]) == 2
    assert "reauthenticate" in here.post(reverse("usersessions_list")).headers["Location"]
    assert is_in(elsewhere)
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    here.post(reverse("usersessions_list"))
    assert is_in(here) and not is_in(elsewhere) and is_in(other)
