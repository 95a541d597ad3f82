"""Numbers of transactions that go on where another database's ended."""

from __future__ import annotations

from django.db import connection

_HIGHEST = """SELECT greatest((SELECT max(transaction) FROM records_event),
    (SELECT max(through_transaction) FROM records_seal)), pg_current_xact_id()::text::bigint"""


def go_on() -> int:
    """Raise the numbers of transactions above those of the history that is there; returns by how much.

    The hash chain goes by them, and the cluster a history is restored into may count lower. For a database nobody
    else writes to; takes effect when the caller's transaction is committed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HIGHEST)
        highest, present = cursor.fetchone()
        offset = max(0, int(highest or 0) - int(present) + 1)
        cursor.execute(
            f"""CREATE OR REPLACE FUNCTION records_transaction_of(number xid8) RETURNS bigint LANGUAGE sql STABLE
                AS $$ SELECT number::text::bigint + {offset} $$;
                CREATE OR REPLACE FUNCTION records_transaction() RETURNS bigint LANGUAGE sql VOLATILE
                AS $$ SELECT pg_current_xact_id()::text::bigint + {offset} $$"""
        )
    return offset
