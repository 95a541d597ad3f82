"""Tokens act as their person, are kept hashed, and end when they should; account mail always leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from allauth.core.context import request_context
from django.db import connection

from core import clock
from core.refusals import Refused
from organization.accounts import AccountAdapter
from organization.models import ApiToken
from organization.setup import deactivate
from organization.tokens import create_token, digest_of, person_of, revoke_token
from records.models import Event, Outgoing

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def at_nine() -> Any:
    with clock.at(NOW):
        yield


def columns() -> str:
    """Everything the database holds of tokens and of events, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT string_agg(t::text, ' ') FROM organization_apitoken t
               UNION ALL SELECT string_agg(p::text, ' ') FROM records_eventpayload p"""
        )
        return " ".join(text or "" for (text,) in cursor.fetchall())


def test_only_the_hash_is_kept(make: Any) -> None:
    who = make.person()
    token, text = create_token(who, actor=who, name="  sheet  ")
    assert text.startswith("bo_") and len(text) > 40 and create_token(who, actor=who, name="")[1] != text
    assert bytes(token.digest) == hashlib.sha256(text.encode()).digest() and text.startswith(token.hint)
    assert len(token.hint) == 7 and text not in columns() and text[7:20] not in columns()
    event = Event.objects.select_related("payload").get(subject_kind="token", subject_id=token.pk)
    assert (event.verb, event.actor, event.payload.body) == ("add", who, {"name": "sheet"})


def test_a_token_is_its_person_until_it_ends(make: Any) -> None:
    who, other = make.person(), make.person()
    _never, forever = create_token(who, actor=who, name="a")
    _soon, text = create_token(other, actor=who, name="b", expires_at=NOW + DAY)
    found = person_of(text)
    assert found and found.person == other
    for wrong in ("", "bo_", text[:-1], text + "x", text.upper(), "ü", digest_of(text).hex()):
        assert person_of(wrong) is None
    with clock.at(NOW + DAY):
        assert person_of(text) is None and person_of(forever)
    with pytest.raises(Refused) as refused:
        create_token(who, actor=who, name="c", expires_at=NOW)
    assert refused.value.field == "expires_at" and ApiToken.objects.count() == 2


def test_a_revoked_token_is_ended_once(make: Any) -> None:
    who = make.person()
    token, text = create_token(who, actor=who, name="a")
    revoke_token(token, actor=who)
    with clock.at(NOW + DAY):
        revoke_token(token, actor=who)
    assert person_of(text) is None and ApiToken.objects.get().revoked_at == NOW
    assert Event.objects.filter(verb="revoke", subject_kind="token").count() == 1


def test_nobody_acts_as_somebody_who_left(make: Any) -> None:
    who = make.person()
    _token, text = create_token(who, actor=who, name="a")
    deactivate(who, actor=None)
    assert person_of(text) is None
    ApiToken.objects.update(revoked_at=None)
    assert person_of(text) is None


def test_last_use_is_written_once_a_minute(make: Any, django_assert_num_queries: Any) -> None:
    who = make.person()
    _token, text = create_token(who, actor=who, name="a")
    for seconds, statements, used in ((0, 2, 0), (1, 1, 0), (60, 1, 0), (61, 2, 61), (90, 1, 61)):
        with clock.at(NOW + dt.timedelta(seconds=seconds)), django_assert_num_queries(statements):
            assert person_of(text)
        assert ApiToken.objects.get().last_used_at == NOW + dt.timedelta(seconds=used)


def test_account_mail_always_leaves(make: Any, rf: Any) -> None:
    who = make.person(email="x" * 64 + "@" + ".".join(["office" * 9] * 3) + ".example")
    for _ in range(2):
        with request_context(rf.get("/")):
            AccountAdapter().send_mail("account/email/password_changed", who.email, {"user": who})
    rows = list(Outgoing.objects.all())
    assert [row.to for row in rows] == [who.email] * 2 and rows[0].text == rows[1].text and rows[0].subject
