"""What every test has: a database that may be emptied, and the cast."""

from typing import Any

import pytest
from django.db import connection

pytest_plugins = ["tasks.tests.cast", "launch.testing", "launch.pytest_browser", "launch.pytest_pages"]


@pytest.fixture(autouse=True, scope="session")
def _emptying_history_in_tests() -> Any:
    """Tests with real commits empty the tables afterwards, which the append-only triggers refuse to anybody else."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    original = DatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            original(self, [*sql_list, "TRUNCATE records_cache;"])  # no model's; numbers of people come again
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")

    DatabaseOperations.execute_sql_flush = flush
    yield
    DatabaseOperations.execute_sql_flush = original


@pytest.fixture(autouse=True, scope="session")
def _languages() -> None:
    """Pages and mails in German and French find their texts."""
    from backoffice import catalogues

    catalogues.compiled()


@pytest.fixture(autouse=True)
def _the_look_of_the_office_is_read() -> None:
    """A process reads it every few seconds, at no page in particular; here at none that counts its statements."""
    from django.conf import settings

    from organization import look

    look._kept[:] = [(float("inf"), look.Shown(settings.OFFICE_NAME))]


@pytest.fixture(autouse=True, scope="session")
def _no_tokens_taken_ahead() -> None:
    """Literal counts of statements hold for the dearest call: the one that takes from its bucket in the database."""
    from records import limits

    limits.PARTS = 10**9


@pytest.fixture(autouse=True, scope="session")
def _static_files_as_they_lie() -> None:
    """Pages in tests name static files plainly: the manifest is written by `collectstatic`, which tests do not run."""
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
