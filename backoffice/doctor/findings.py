"""How a check says what it found, and how long it may take for that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg2
from django.db import DatabaseError, connection

Check = Callable[[], str]


class Trouble(Exception):
    """What a check raises: the sentence says what is wrong and what to do, `problems` are single breaches."""

    def __init__(self, sentence: str, problems: list[str] | None = None) -> None:
        super().__init__(sentence)
        self.problems = problems or []


@dataclass
class Finding:
    """Outcome of one check; `says` is one line, `seconds` what it took."""

    name: str
    ok: bool
    says: str
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(name: str, check: Check) -> Finding:
    """Make one check; whatever it raises becomes its finding, so that no check hides another."""
    begun = time.monotonic()
    try:
        finding = Finding(name, True, check())
    except Trouble as trouble:
        finding = Finding(name, False, str(trouble), trouble.problems)
    except Exception as error:
        finding = Finding(name, False, f"the check itself failed: {type(error).__name__}: {error}".splitlines()[0])
    finding.seconds = round(time.monotonic() - begun, 2)
    return finding


def within(seconds: float, check: Check, otherwise: str) -> Check:
    """Return `check` with an end: after `seconds` it raises Trouble with `otherwise`, and is left to itself.

    For what waits for others; it must not use Django's connection, which belongs to the calling thread.
    """

    def bounded() -> str:
        outcome: list[str | BaseException] = []

        def run() -> None:
            try:
                outcome.append(check())
            except BaseException as error:
                outcome.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(seconds)
        if not outcome:
            raise Trouble(f"no answer in {seconds:g} s: {otherwise}")
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        return outcome[0]

    return bounded


def reading(seconds: float, check: Check) -> Check:
    """Return `check`, which reads by Django's connection, with an end: its statements are cancelled after `seconds`."""

    def bounded() -> str:
        try:
            with _cancelled_after(seconds):
                return check()
        except DatabaseError as error:
            if isinstance(error.__cause__, psycopg2.extensions.QueryCanceledError):
                sentence = (
                    f"not finished in {seconds:g} s: give it more with --seconds, or leave the chain out (--quick)"
                )
                raise Trouble(sentence) from error
            raise Trouble(f"the database refused: {str(error).splitlines()[0]}") from error

    return bounded


@contextmanager
def _cancelled_after(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    link, done = connection.connection, threading.Event()

    def end() -> None:
        # Again and again: between two statements there is nothing to cancel.
        waits = seconds
        while not done.wait(waits):
            waits = 0.2
            with suppress(psycopg2.Error):
                link.cancel()

    thread = threading.Thread(target=end, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
