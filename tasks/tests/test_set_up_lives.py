"""People's lives: invited, accepted, moved, gone and back, each with what returns to the queue shown first."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from core import clock
from organization.invitations import invited, path_of
from organization.models import Membership, User
from organization.tests.set_up_pages import as_person, post, words
from organization.tokens import create_token
from records.models import Event, Outgoing
from tasks.models import Task
from tasks.states import State
from tasks.tests import factories as make
from tasks.transitions import assign, start

pytestmark = pytest.mark.django_db
WORDS = "a few words easily remembered"


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


@pytest.fixture
def held(cast: SimpleNamespace) -> Task:
    row = make.task(cast.permits, cast.permit, title="Fence at Lock Side", actor=cast.ruth)
    return start(assign(row, actor=cast.ruth, to=cast.mira), actor=cast.mira)


def page(person: User, end: str = "") -> str:
    return f"/set-up/people/{person.pk}/{end}"


def verbs(kind: str, pk: int) -> list[str]:
    return list(Event.objects.filter(subject_kind=kind, subject_id=pk).order_by("pk").values_list("verb", flat=True))


class TestInvitations:
    def test_from_the_button_to_the_first_sign_in(self, ada: Client, cast: SimpleNamespace) -> None:
        cast.cleo.language = "en"
        answer = ada.post(page(cast.cleo, "invite/"))
        assert answer["Location"] == page(cast.cleo)
        mail = Outgoing.objects.get()
        assert mail.to == cast.cleo.email
        link = re.search(r"https?://\S+(/welcome/\S+/)", mail.text)
        assert link
        stranger = Client()
        shown = stranger.get(link[1])
        assert shown.status_code == 200 and shown["Cache-Control"].startswith("max-age=0")
        bad = stranger.post(link[1], {"name": "Cleo Marsh-Weiß", "password": "pw-of-me"})
        assert bad.status_code == 422 and "Cleo Marsh-Weiß" in bad.content.decode() and b"pw-of-me" not in bad.content
        done = stranger.post(link[1], {"name": "Cleo Marsh-Weiß", "password": WORDS, "is_admin": "on"})
        assert done["Location"] == "/accounts/login/"
        person = User.objects.get(pk=cast.cleo.pk)
        assert person.check_password(WORDS) and person.name == "Cleo Marsh-Weiß" and not person.is_admin
        assert verbs("person", person.pk)[-3:] == ["invite", "change", "accept"]
        assert Event.objects.filter(verb="accept")[0].actor == person
        signed = stranger.post("/accounts/login/", {"login": person.email, "password": WORDS})
        assert signed.status_code == 302 and "/login" not in signed["Location"]
        assert Client().get(link[1]).status_code == 410, "a link works once"
        assert Client().post(link[1], {"name": "x", "password": WORDS}).status_code == 410

    def test_a_link_ends_and_cannot_be_forged(self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
        path = path_of(cast.cleo)
        _empty, _welcome, uid, key, _end = path.split("/")
        assert invited(uid, key) == cast.cleo
        for uid_, key_ in ((uid, key[:-1] + "x"), ("zzzz", key), ("-", key), ("9" * 40, key), (uid, "")):
            assert invited(uid_, key_) is None
        later = dt.datetime.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
        monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: later)
        assert invited(uid, key) is None
        monkeypatch.undo()
        User.objects.filter(pk=cast.cleo.pk).update(is_active=False)
        assert invited(uid, key) is None

    def test_who_has_a_password_or_left_is_not_invited(self, ada: Client, cast: SimpleNamespace) -> None:
        cast.mira.set_password(WORDS)
        cast.mira.save()
        answer = ada.post(page(cast.mira, "invite/"))
        assert answer.status_code == 409 and "has a password already" in words(answer)
        assert "Send an invitation" not in words(ada.get(page(cast.mira)))
        ada.post(page(cast.kofi, "leave/"), {"sure": "1"})
        assert ada.post(page(cast.kofi, "invite/")).status_code == 409
        assert not Outgoing.objects.filter(key__startswith="invite").exists()
        assert as_person(cast.ruth).post(page(cast.cleo, "invite/")).status_code == 403


class TestLeaving:
    def test_what_returns_is_shown_and_then_returned(self, ada: Client, cast: SimpleNamespace, held: Task) -> None:
        token, _text = create_token(cast.mira, actor=None, name="x")
        mira = as_person(cast.mira)
        asked = ada.get(page(cast.mira, "leave/"))
        assert "1 task T-" in words(asked) and "Fence at Lock Side" in words(asked)
        assert "1 API token is ended." in words(asked)
        ada.post(page(cast.mira, "leave/"))
        assert User.objects.get(pk=cast.mira.pk).is_active, "asking ends nothing"
        ada.post(page(cast.mira, "leave/"), {"sure": "1"})
        row = Task.objects.get(pk=held.pk)
        assert (row.state, row.assignee) == (State.OPEN, None)
        token.refresh_from_db()
        assert token.revoked_at and mira.get("/queue/").status_code == 302
        assert ada.get(page(cast.mira, "leave/")).status_code == 404
        ada.post(page(cast.mira, "back/"))
        assert User.objects.get(pk=cast.mira.pk).is_active
        token.refresh_from_db()
        assert token.revoked_at, "what was ended stays ended"
        assert verbs("person", cast.mira.pk)[-2:] == ["change", "change"]

    def test_the_last_admin_stays(self, ada: Client, cast: SimpleNamespace) -> None:
        answer = ada.post(page(cast.ada, "leave/"), {"sure": "1"}, follow=True)
        assert "They are the last admin" in words(answer)
        answer = post(ada, page(cast.ada, "edit/"), is_admin=None)
        assert answer.status_code == 422 and list(answer.context["form"].errors) == ["is_admin"]
        assert User.objects.get(pk=cast.ada.pk).is_admin
        make.person("Second", is_admin=True)
        assert post(ada, page(cast.ada, "edit/"), is_admin=None).status_code == 302


class TestMoving:
    def test_a_change_today_returns_the_work_of_the_old_department(
        self, ada: Client, cast: SimpleNamespace, held: Task
    ) -> None:
        path = page(cast.mira, "move/")
        old = Membership.objects.get(person=cast.mira)
        today = clock.now().date()
        asked = post(ada, path, department=str(cast.archive.pk))
        assert "Fence at Lock Side" in words(asked) and "It goes back to the queue" in words(asked)
        ada.post(path, dict(asked.context["kept"]) | {"sure": "1"})
        old.refresh_from_db()
        new = Membership.objects.get(person=cast.mira, department=cast.archive)
        assert old.ends_on == today - dt.timedelta(days=1)
        assert (new.starts_on, new.minutes, new.role) == (today, old.minutes, old.role)
        assert Task.objects.get(pk=held.pk).assignee is None

    def test_a_change_ahead_leaves_the_work_until_then(self, ada: Client, cast: SimpleNamespace, held: Task) -> None:
        path = page(cast.mira, "move/")
        on = clock.now().date() + dt.timedelta(days=20)
        asked = post(ada, path, department=str(cast.archive.pk), on=str(on))
        assert "until then it stays with them" in words(asked)
        ada.post(path, dict(asked.context["kept"]) | {"sure": "1"})
        assert Task.objects.get(pk=held.pk).assignee == cast.mira
        assert Membership.objects.get(person=cast.mira, department=cast.permits).ends_on == on - dt.timedelta(days=1)

    def test_what_cannot_be_is_refused_at_its_field(self, ada: Client, cast: SimpleNamespace) -> None:
        path = page(cast.kofi, "move/")
        same = post(ada, path, department=str(cast.permits.pk))
        assert same.status_code == 422 and list(same.context["form"].errors) == ["department"]
        early = post(ada, path, department=str(cast.archive.pk), on="2019-01-01")
        assert early.status_code == 422 and list(early.context["form"].errors) == ["on"]
        foreign = Membership.objects.get(person=cast.otto)
        answer = post(ada, path, department=str(cast.archive.pk), post=str(foreign.pk))
        assert answer.status_code == 422, "not somebody else's membership"
        assert Membership.objects.filter(person=cast.kofi).count() == 1
