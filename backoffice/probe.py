"""One statement within a deadline, on a connection of its own.

Django's connections wait as long as the server likes; what watches the office must not hang with it.
"""

import select
import time
from typing import Any

import psycopg2
from django.db import connection
from psycopg2 import extensions
from psycopg2.sql import Composable


def ask(
    statement: str | Composable, parameters: dict[str, Any] | None = None, *, seconds: float
) -> list[tuple[Any, ...]]:
    """Run `statement` by itself on a new connection to the default database and return its rows, if it has any.

    The statement is its own transaction, committed when this returns. Raises psycopg2.OperationalError (or its
    parent psycopg2.Error) when the database refuses or has not answered within `seconds`, connecting included.
    Nothing waits longer than that, except the resolver of a host name.
    """
    deadline = time.monotonic() + seconds
    # async_ makes every step pollable, and such connections are always in autocommit.
    link = psycopg2.connect(**connection.get_connection_params() | {"async_": True, "cursor_factory": None})
    try:
        _wait(link, deadline)
        cursor = link.cursor()
        cursor.execute(statement, parameters)
        _wait(link, deadline)
        return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def _wait(link: extensions.connection, deadline: float) -> None:
    while (state := link.poll()) != extensions.POLL_OK:
        left = deadline - time.monotonic()
        waits = [link.fileno()]
        reading = waits if state == extensions.POLL_READ else []
        writing = waits if state == extensions.POLL_WRITE else []
        if left <= 0 or not any(select.select(reading, writing, [], left)):
            raise psycopg2.OperationalError("the database has not answered in time")
