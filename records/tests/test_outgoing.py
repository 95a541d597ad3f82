"""Mail leaves at least once, with the same identity each time, and gives up after five tries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core import clock
from records import outgoing
from records.models import Outgoing

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Killed(BaseException):
    """The process is gone: no `except Exception` sees it."""


@pytest.fixture(autouse=True)
def at_nine() -> Any:
    with clock.at(NOW):
        yield


def queued(key: str = "reminder:5", **fields: Any) -> Outgoing:
    outgoing.queue_mail(**({"key": key, "to": "cleo@office.example", "subject": "Late", "text": "T-5"} | fields))
    return Outgoing.objects.get(key=key)


def message_ids() -> list[str]:
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def breaking(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def send(self: Any, *args: Any, **kwargs: Any) -> int:
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)


def test_the_same_thing_is_queued_and_sent_once() -> None:
    first = queued()
    queued(subject="Late again", text="other")
    assert Outgoing.objects.get() == first and first.subject == "Late"
    assert outgoing.hand_over(10) == [first.pk]
    outgoing.deliver(first.pk)
    outgoing.deliver(first.pk)
    queued()
    assert outgoing.hand_over(10) == []
    first.refresh_from_db()
    assert (first.state, first.sent_at, first.lease_until, first.attempts) == ("sent", NOW, None, 1)
    assert len(mail.outbox) == 1 and mail.outbox[0].to == ["cleo@office.example"]
    assert message_ids() == [f"<{first.identity}@office.invalid>"]


def test_a_verb_that_fails_queues_nothing() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queued()
        raise ZeroDivisionError
    assert not Outgoing.objects.exists()


def test_a_subject_cannot_split_headers() -> None:
    row = queued(subject="Late\r\nBcc: all@office.example\n" + "x" * 300)
    assert row.subject.startswith("Late Bcc: all@office.example xxx") and len(row.subject) == 250
    outgoing.deliver(row.pk)
    sent = mail.outbox[0]
    assert sent.bcc == [] and "Bcc" not in dict(sent.message().items())


def test_due_messages_are_handed_over_again_when_nobody_took_them() -> None:
    row = queued()
    assert outgoing.hand_over(10) == [row.pk] and outgoing.hand_over(10) == []
    with clock.at(NOW + outgoing.HANDED):
        assert outgoing.hand_over(10) == [row.pk]


def test_a_lease_keeps_others_away_until_it_ends() -> None:
    row = queued()
    assert outgoing.lease(row.pk)
    assert outgoing.lease(row.pk) is None
    assert outgoing.hand_over(10) == []
    outgoing.deliver(row.pk)
    assert not mail.outbox
    with clock.at(NOW + outgoing.LEASE + MINUTE):
        assert outgoing.hand_over(10) == [row.pk]
        outgoing.deliver(row.pk)
    assert len(mail.outbox) == 1
    assert outgoing.lease(row.pk) is None and outgoing.lease(row.pk + 1) is None


def test_failures_wait_longer_each_time_and_the_fifth_parks(monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued()
    breaking(monkeypatch, OSError("no route to the mail server"))
    now, waited = NOW, []
    for attempt in range(1, 6):
        with clock.at(now):
            assert outgoing.hand_over(10) == [row.pk]
            outgoing.deliver(row.pk)
            row.refresh_from_db()
            assert row.attempts == attempt and row.lease_until is None
            assert row.result == "OSError: no route to the mail server"
            if attempt < 5:
                assert row.state == "due"
                waited.append(row.due_at - now)
                with clock.at(row.due_at - dt.timedelta(seconds=1)):
                    assert outgoing.hand_over(10) == []
        now = row.due_at
    assert tuple(waited) == outgoing.BACKOFF
    assert row.state == "parked"
    with clock.at(NOW + dt.timedelta(days=9)):
        assert outgoing.hand_over(10) == [] and outgoing.lease(row.pk) is None


def test_an_impossible_address_stops_nobody_else() -> None:
    bad = queued("bad", to="a@office.example\nBcc: b@office.example")
    good = queued("good")
    for pk in outgoing.hand_over(10):
        outgoing.deliver(pk)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("due", "sent") and "BadHeaderError" in bad.result


def test_killed_between_send_and_mark_it_is_sent_again_with_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued()
    really = outgoing._send

    def send_and_die(message: Outgoing) -> None:
        really(message)
        raise Killed

    monkeypatch.setattr(outgoing, "_send", send_and_die)
    with pytest.raises(Killed):
        outgoing.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == "due" and len(mail.outbox) == 1
    monkeypatch.setattr(outgoing, "_send", really)
    with clock.at(NOW + outgoing.LEASE + MINUTE):
        for pk in outgoing.hand_over(10):
            outgoing.deliver(pk)
    row.refresh_from_db()
    assert row.state == "sent" and len(mail.outbox) == 2 and len(set(message_ids())) == 1


def test_a_message_that_kills_its_sender_is_parked_after_five_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    row = queued()
    breaking(monkeypatch, Killed())
    tries, now = 0, NOW
    for _ in range(9):
        with clock.at(now):
            for pk in outgoing.hand_over(10):
                try:
                    outgoing.deliver(pk)
                except Killed:
                    tries += 1
        now += outgoing.LEASE + MINUTE
    row.refresh_from_db()
    assert tries == 5 and row.state == "parked" and row.result


def test_a_slow_sender_does_not_spoil_what_another_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease ran out while the mail server was silent; meanwhile somebody else sent it."""
    row = queued()
    Outgoing.objects.update(attempts=4)
    slow = outgoing.lease(row.pk)
    assert slow and slow.attempts == 5
    Outgoing.objects.update(state="sent", sent_at=timezone.now(), lease_until=None, result="sent")
    outgoing._failed(slow, OSError("timed out"))
    row.refresh_from_db()
    assert (row.state, row.result) == ("sent", "sent")
    Outgoing.objects.update(state="due", attempts=3, lease_until=NOW + outgoing.LEASE)
    second = Outgoing.objects.get()
    outgoing._failed(slow, OSError("timed out"))
    row.refresh_from_db()
    assert (row.state, row.lease_until) == ("due", second.lease_until)
