"""The database refuses to change history; only a recorded erasure takes content away."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.refusals import Refused
from records import chain, erasure, events
from records.models import Event, EventPayload

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TABLES = ("records_event", "records_seal", "records_eventpayload")
CHANGES = {
    "records_event": "UPDATE records_event SET verb = 'other'",
    "records_seal": "UPDATE records_seal SET count = 0",
    "records_eventpayload": "UPDATE records_eventpayload SET body = '{}'",
}
ATTACKS = [
    *CHANGES.values(),
    *(f"DELETE FROM {table}" for table in TABLES),
    *(f"TRUNCATE {table} CASCADE" for table in TABLES),
]


def write(**fields: Any) -> int:
    fields = {"actor": None, "subject_kind": "task", "subject_id": 5, "payload": {"title": "Permit"}} | fields
    return events.write("open", **fields)


def everything() -> list[list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found.append(cursor.fetchall())
        return found


@pytest.fixture
def history() -> None:
    write()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO records_seal (number, after_transaction, through_transaction, count, total, previous, hash)
               VALUES (1, -1, 0, 0, 0, '', 'x')"""
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else pending checks stop TRUNCATE before the trigger does


@pytest.mark.parametrize("role", ["superuser", "clerk"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_history_is_append_only_for_everybody(history: None, attack: str, role: str) -> None:
    before = everything()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (True,)
        if role == "clerk":
            name = f"clerk_{uuid.uuid4().hex[:12]}"
            cursor.execute(f"CREATE ROLE {name}")
            cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
            cursor.execute(f"SET LOCAL ROLE {name}")
        with pytest.raises(IntegrityError, match=r"append-only|recorded verb"), transaction.atomic():
            cursor.execute(attack)
    assert everything() == before


def test_an_orm_delete_is_refused_too(history: None) -> None:
    for queryset in (Event.objects.all(), EventPayload.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            queryset._raw_delete(queryset.db)


def test_a_payload_is_what_was_written() -> None:
    body = {"Ä": "ü\n", "n": 10**20, "at": clock.now(), "list": [None, True, {"b": 1, "a": []}]}
    event = Event.objects.get(pk=write(payload=body))
    stored = EventPayload.objects.get(pk=event.pk)
    assert stored.body == json.loads(events.canonical(body)) and "." in stored.body["at"][-13:]
    assert events.digest_of(bytes(stored.salt), stored.body) == bytes(event.digest)
    assert events.digest_of(b"other salt", stored.body) != bytes(event.digest)
    bare = Event.objects.get(pk=write(payload=None))
    assert bytes(bare.digest) == b"" and not EventPayload.objects.filter(pk=bare.pk).exists()


def test_origin_and_instants(make: Any) -> None:
    person = make.person()
    with events.origin("import"):
        with events.origin("api"):
            inner = write()
        outer = write()
    assert [Event.objects.get(pk=pk).origin for pk in (inner, outer)] == ["api", "import"]
    long_ago = clock.now().replace(year=2020)
    event = Event.objects.get(pk=write(occurred_at=long_ago, actor=person, on_behalf_of=person))
    assert (event.origin, event.occurred_at, event.actor, event.on_behalf_of) == ("web", long_ago, person, person)
    assert event.recorded_at > clock.now().replace(year=2021)
    with clock.at(long_ago):
        shifted = Event.objects.get(pk=write())
    assert shifted.occurred_at == shifted.recorded_at == long_ago


def test_an_erasure_takes_the_content_and_records_itself(make: Any) -> None:
    admin, event = make.person(is_admin=True), Event.objects.get(pk=write(payload={"name": "Cleo Marsh"}))
    erasure.erase_payload(event, actor=admin, reason=" asked for by the person ")
    assert Event.objects.get(pk=event.pk) == event and not EventPayload.objects.filter(pk=event.pk).exists()
    note = Event.objects.get(verb="erase")
    assert (note.subject_kind, note.subject_id, note.actor) == ("event", event.pk, admin)
    assert note.payload.body == {"reason": "asked for by the person"}
    assert not list(chain._payload_problems(lambda: None))


def test_an_erasure_wants_a_reason_and_something_to_erase() -> None:
    event = Event.objects.get(pk=write())
    with pytest.raises(Refused) as refused:
        erasure.erase_payload(event, actor=None, reason="  ")
    assert refused.value.code == "reason_missing" and EventPayload.objects.exists()
    erasure.erase_payload(event, actor=None, reason="asked")
    with pytest.raises(Refused) as refused:
        erasure.erase_payload(event, actor=None, reason="asked")
    assert refused.value.code == "nothing_to_erase" and Event.objects.filter(verb="erase").count() == 1


def test_the_door_is_shut_again_after_an_erasure() -> None:
    erasure.erase_payload(Event.objects.get(pk=write()), actor=None, reason="asked")
    write()
    with pytest.raises(IntegrityError), transaction.atomic():
        EventPayload.objects.all().delete()
