"""The chain takes in every event once, in commit order, and tells whatever somebody did behind its back."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from records import chain, erasure, events
from records.models import Event, Seal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
PATIENCE = 300


def write(title: str = "One", **fields: Any) -> int:
    fields = {"actor": None, "subject_kind": "task", "subject_id": 5, "payload": {"title": title}} | fields
    return events.write("open", **fields)


def waiting() -> int:
    last = Seal.objects.order_by("-number").first()
    return Event.objects.filter(transaction__gt=last.through_transaction if last else -1).count()


def seal_all() -> None:
    """Seal until nothing waits; other databases of the same server may hold it up for a moment."""
    end = time.monotonic() + PATIENCE
    while waiting():
        assert time.monotonic() < end, "events stay unsealed"
        if chain.seal() is None:
            time.sleep(0.02)


def until_all_can_see() -> None:
    """Wait for the transactions of others on this server that began before: what they hold up is sealed in parts."""
    end = time.monotonic() + PATIENCE
    last = Event.objects.order_by("-transaction").values_list("transaction", flat=True)[0]
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] > last:
                return
            assert time.monotonic() < end, "somebody's transaction does not end"
            time.sleep(0.02)


def problems(expect: str = "") -> list[str]:
    return chain.verify(expect).problems


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nine events of six transactions under three links, one without payload."""
    monkeypatch.setattr(chain, "LINK", 2)
    numbers = []
    for size in (1, 3, 1, 1, 2, 1):
        with transaction.atomic():
            numbers += [write(f"title {len(numbers) + n}") for n in range(size)]
    until_all_can_see()
    seal_all()
    assert Seal.objects.count() == 3
    return numbers


def test_every_event_is_sealed_once_in_order(history: list[int]) -> None:
    links = list(Seal.objects.order_by("number"))
    assert [link.number for link in links] == [1, 2, 3]
    assert sum(link.count for link in links) == links[-1].total == 9
    assert [link.after_transaction for link in links] == [-1, *(link.through_transaction for link in links[:-1])]
    assert all(bytes(two.previous) == bytes(one.hash) for one, two in pairwise(links))
    report = chain.verify()
    assert (report.seals, report.events, report.unsealed, report.problems) == (3, 9, 0, [])
    assert report.head == bytes(links[-1].hash).hex() and len(report.head) == 64
    assert chain.seal() is None and Seal.objects.count() == 3


def test_nothing_yet_is_whole() -> None:
    assert chain.seal() is None
    report = chain.verify()
    assert (report.seals, report.events, report.head, report.problems) == (0, 0, "", [])
    write()
    assert chain.verify().unsealed == 1


def test_a_long_queue_is_sealed_in_several_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "LINK", 5)
    monkeypatch.setattr(chain, "CHUNK", 2)
    for _ in range(12):
        write()
    with transaction.atomic():  # one transaction is never torn apart
        for _ in range(8):
            write()
    seal_all()
    counts = list(Seal.objects.order_by("number").values_list("count", flat=True))
    assert sum(counts) == 20 and len(counts) >= 3 and not problems()


class Elsewhere(threading.Thread):
    """A transaction of somebody else that writes, then waits to be told to commit."""

    def __init__(self) -> None:
        super().__init__()
        self.wrote, self.may_commit = threading.Event(), threading.Event()
        self.number = 0
        self.start()
        assert self.wrote.wait(PATIENCE)

    def run(self) -> None:
        try:
            with transaction.atomic():
                self.number = write("late")
                self.wrote.set()
                self.may_commit.wait(PATIENCE)
        finally:
            connection.close()

    def commit(self) -> None:
        self.may_commit.set()
        self.join()


def test_a_late_commit_is_not_skipped() -> None:
    """Somebody's transaction began before, and commits after, the links around it."""
    early = write("early")
    late = Elsewhere()
    try:
        after = write("after")
        end = time.monotonic() + PATIENCE
        while not Seal.objects.exists() and time.monotonic() < end:
            chain.seal()
        for _ in range(3):
            chain.seal()
        assert Seal.objects.get().total == 1 and chain.verify().unsealed == 1  # `after` waits behind `late`
    finally:
        late.commit()
    seal_all()
    assert early < late.number < after
    assert Seal.objects.order_by("-number")[0].total == 3 and not problems()


def test_a_rolled_back_event_leaves_no_hole() -> None:
    write()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    write()
    seal_all()
    assert chain.verify().events == 2 and not problems()


def test_writers_and_sealers_at_once() -> None:
    start, failed = threading.Barrier(8), []

    def run(work: Callable[[], Any]) -> None:
        try:
            start.wait()
            for _ in range(15):
                work()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    def two() -> None:
        with transaction.atomic():
            write()
            write()

    threads = [threading.Thread(target=run, args=(work,)) for work in [two] * 4 + [chain.seal] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_all()
    report = chain.verify()
    assert not failed and report.events == 120 and not report.problems
    assert Seal.objects.order_by("-number")[0].number == Seal.objects.count()


def test_erasing_keeps_the_chain_whole(history: list[int]) -> None:
    head = chain.verify().head
    erasure.erase_payload(Event.objects.get(pk=history[4]), actor=None, reason="asked for")
    assert not problems(head)
    seal_all()
    report = chain.verify(head)
    assert report.events == 10 and report.head != head and not report.problems


# What a superuser may do once triggers are off, and what the verification says.
ATTACKS: dict[str, tuple[str, str]] = {
    "changed verb": ("UPDATE records_event SET verb = 'x' WHERE id = %(third)s", "Events under link"),
    "changed instant": (
        "UPDATE records_event SET occurred_at = occurred_at + interval '1 us' WHERE id = %(third)s",
        "Events under link",
    ),
    "changed recording": (
        "UPDATE records_event SET recorded_at = recorded_at - interval '1 day' WHERE id = %(third)s",
        "Events under link",
    ),
    "changed task": ("UPDATE records_event SET task_id = 7 WHERE id = %(third)s", "Events under link"),
    "changed origin": ("UPDATE records_event SET origin = 'api' WHERE id = %(last)s", "Events under link"),
    "changed digest": ("UPDATE records_event SET digest = '' WHERE id = %(third)s", "Events under link"),
    "removed": ("DELETE FROM records_event WHERE id = %(third)s", "were sealed"),
    "removed with payload": (
        "DELETE FROM records_eventpayload WHERE event_id = %(third)s; DELETE FROM records_event WHERE id = %(third)s",
        "were sealed",
    ),
    "added": (
        """INSERT INTO records_event (occurred_at, transaction, origin, verb, subject_kind, subject_id, from_state,
           to_state, schema, digest) SELECT occurred_at, transaction, origin, verb, subject_kind, subject_id,
           from_state, to_state, schema, '' FROM records_event WHERE id = %(third)s""",
        "were sealed",
    ),
    "exchanged": (
        """UPDATE records_event e SET verb = o.verb, digest = o.digest FROM records_event o
           WHERE (e.id, o.id) IN ((%(first)s, %(third)s), (%(third)s, %(first)s))""",
        "Events under link",
    ),
    "reordered": (
        """UPDATE records_event SET id = -id WHERE id IN (%(second)s, %(third)s);
           UPDATE records_event SET id = CASE -id WHEN %(second)s THEN %(third)s ELSE %(second)s END WHERE id < 0""",
        "Events under link",
    ),
    "moved to another link": (
        "UPDATE records_event SET transaction = (SELECT max(transaction) FROM records_event) WHERE id = %(first)s",
        "were sealed",
    ),
    "moved out of the links": (
        "UPDATE records_event SET transaction = transaction + 1000000 WHERE id = %(last)s",
        "were sealed",
    ),
    "cut off": ("DELETE FROM records_event WHERE id >= %(seventh)s", "were sealed"),
    "emptied": ("DELETE FROM records_eventpayload; DELETE FROM records_event", "were sealed"),
    "payload changed": (
        'UPDATE records_eventpayload SET body = \'{"title": "other"}\' WHERE event_id = %(third)s',
        "The payload of event",
    ),
    "payload salted anew": ("UPDATE records_eventpayload SET salt = 'x' WHERE event_id = %(third)s", "The payload"),
    "payload emptied": ("UPDATE records_eventpayload SET body = '{}' WHERE event_id = %(third)s", "The payload"),
    "payload removed": ("DELETE FROM records_eventpayload WHERE event_id = %(third)s", "without a recorded erasure"),
    "link removed": ("DELETE FROM records_seal WHERE number = 2", "Link 2 is missing"),
    "first link removed": ("DELETE FROM records_seal WHERE number = 1", "Link 1 is missing"),
    "link changed": ("UPDATE records_seal SET hash = 'x' WHERE number = 2", "Events under link 2"),
    "count changed": ("UPDATE records_seal SET count = count + 1 WHERE number = 2", "were sealed"),
    "total changed": ("UPDATE records_seal SET total = total + 1 WHERE number = 3", "link 3"),
    "bounds changed": (
        "UPDATE records_seal SET after_transaction = after_transaction - 1 WHERE number = 2",
        "does not continue",
    ),
}
# A chain cut off together with its links looks like a younger one: only a head kept outside tells.
CUT = {
    "last link and its events": """DELETE FROM records_eventpayload WHERE event_id = %(last)s;
        DELETE FROM records_event WHERE id = %(last)s; DELETE FROM records_seal WHERE number = 3""",
    "everything": "DELETE FROM records_eventpayload; DELETE FROM records_event; DELETE FROM records_seal",
    "last link alone": "DELETE FROM records_seal WHERE number = 3",
}


def after_attack(sql: str, numbers: list[int], expect: str = "") -> list[str]:
    """What the verification says of a history a superuser laid hands on; it is put back afterwards."""
    names = {"first": numbers[0], "second": numbers[1], "third": numbers[2], "seventh": numbers[6], "last": numbers[-1]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, names)
        found = problems(expect)
        transaction.set_rollback(True)
    return found


def test_whatever_a_superuser_does_is_told(history: list[int]) -> None:
    for name, (sql, told) in ATTACKS.items():
        found = after_attack(sql, history)
        assert any(told in problem for problem in found), f"{name}: {found}"
    assert not problems()


def test_a_chain_cut_off_with_its_links_is_told_by_the_head_kept_outside(history: list[int]) -> None:
    head = chain.verify().head
    for name, sql in CUT.items():
        assert not after_attack(sql, history), name
        assert any("does not contain the expected head" in told for told in after_attack(sql, history, head)), name
    assert not problems(head) and problems("ab" * 32)


def test_a_chain_made_anew_is_told_by_the_head_kept_outside(history: list[int]) -> None:
    head = chain.verify().head
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE records_event SET verb = 'x' WHERE id = %s; DELETE FROM records_seal", [history[0]])
        cursor.execute("SET session_replication_role = origin")
    seal_all()
    assert not problems() and problems(head)


def test_the_command(history: list[int]) -> None:
    head = chain.verify().head
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_events", stdout=out, stderr=err)
    assert f"9 sealed events in 3 links, 0 not sealed yet\nhead {head}\nwhole" in out.getvalue()
    call_command("verify_events", f"--expect={head}", stdout=out, stderr=err)
    assert not err.getvalue()
    with pytest.raises(SystemExit) as left:
        call_command("verify_events", f"--expect={'0' * 64}", stdout=out, stderr=err)
    assert left.value.code == 1 and "does not contain the expected head" in err.getvalue()
