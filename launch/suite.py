"""`make test`: the tests against a PostgreSQL and a Valkey of their own, which are gone afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import office as offices
from launch import postgres, processes, programs
from launch.bootstrap import end_on_signals
from launch.places import Office

# What an office on this machine may have set must not reach its tests.
FOREIGN = ("SECRET_KEY", "EMAIL_URL", "DEBUG", "DEMO", "BASE_URL", "ALLOWED_HOSTS", "SECURE_SSL", "BEHIND_PROXY")
TESTS_KEY = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"


def main(arguments: list[str]) -> None:
    """Run pytest with the rest of `arguments`; exit with its status."""
    end_on_signals()
    command, chosen = arguments[0], arguments[1:]
    if command == "test-pg15":
        chosen = [*on_distribution(), *chosen]
    if not any(one.startswith("-n") for one in chosen):
        chosen = ["-n", "3", "--dist", "worksteal", *chosen]
    with throwaway():
        status = processes.run([sys.executable, "-m", "pytest", *chosen])
    sys.exit(status)


def on_distribution() -> list[str]:
    """Choose the distribution's server; return what selects the tests that are for it."""
    found = postgres.distribution_programs()
    if found is None:
        sys.exit("The distribution's PostgreSQL is not installed: apt-get install postgresql")
    os.environ["POSTGRES_PROGRAMS"] = str(found)
    print(f"PostgreSQL of {found}", flush=True)
    return ["-m", "database"]


@contextmanager
def throwaway() -> Iterator[Office]:
    """Run a database and a broker in a new directory for the length of the block, with the environment set to them."""
    for name in FOREIGN:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    with tempfile.TemporaryDirectory(prefix="backoffice-test-", dir="/tmp") as place:
        # PostgreSQL 15 comes back to its directory by its whole path, so the account must get through.
        Path(place).chmod(0o711)
        office = Office(Path(place))
        office.create()
        (office.data / "static").mkdir()
        # The demo's rules for cookies and hosts; tests that are about production set their own.
        os.environ |= {
            "DATA": place,
            "DATABASE_URL": office.database_url,
            "REDIS_URL": office.broker_url,
            "SECRET_KEY": TESTS_KEY,
            "DEMO": "on",
            "EMAIL_URL": "memorymail://",
            "POSTGRES_THROWN_AWAY": "on",
        }
        try:
            with offices.embedded(office, [programs.DATABASE, programs.BROKER]):
                migrated = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                subprocess.run(migrated, check=True, cwd=Path(__file__).parent.parent)
                # Each test process copies it: migrating takes seconds (launch.testing, pytest_configure).
                os.environ["TESTS_TEMPLATE"] = "backoffice"
                yield office
        finally:
            shutil.rmtree(office.sockets, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
