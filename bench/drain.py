"""`python -m bench.drain`: the permit log imported open and drained over HTTP, with figures and the same checks.

On a durable PostgreSQL of its own and two gunicorn workers. `--rows` takes a seeded part of the file. Prints JSON; exit
code 1 when anything is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.serve import ROOT, database_server, environment


def data_place() -> Path:
    """The shared data beside the repository, or where BACKOFFICE_SHARED points; exits with a sentence without it."""
    place = Path(os.environ.get("BACKOFFICE_SHARED") or ROOT.parent / "shared") / "data"
    if not (place / "permit-intake.csv").exists():
        sys.exit(f"The shared data is missing: {place}. Put it beside the repository or set BACKOFFICE_SHARED.")
    return place


def measure(rows: int, clients: int) -> dict[str, Any]:
    """Import, drain and check; Django is set up on the database by now."""
    from django.core.management import call_command

    from tasks.tests import draining
    from tasks.tests.web import web_server

    call_command("migrate", verbosity=0)
    data = (data_place() / "permit-intake.csv").read_bytes()
    mapping = json.loads((data_place() / "permit-intake.mapping.json").read_text())
    data = data if rows >= draining.ROWS else draining.subset(data, rows)
    begun = time.perf_counter()
    references, people = draining.imported_open(data, mapping)
    imported = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "web.log"
        with web_server(log) as port:
            drained = draining.drain(port, people, clients)
        if drained.problems:
            sys.stderr.write(log.read_text()[-5000:])
    inversions, unexplained = draining.unexplained(draining.all_served())
    return {
        "rows": len(references),
        "people": len(people),
        "clients": clients,
        "import_seconds": round(imported, 1),
        "drain_seconds": round(drained.seconds, 1),
        "completions": len(drained.completed),
        "completions_per_second": round(len(drained.completed) / drained.seconds, 1),
        "inversions_while_locked": inversions,
        "inversions_unexplained": len(unexplained),
        "faults": draining.faults(references, people, drained),
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("command", nargs="?", help=argparse.SUPPRESS)  # the word make came by
    reader.add_argument("--rows", type=int, default=8577)
    reader.add_argument("--clients", type=int, default=12)
    chosen = reader.parse_args()
    data_place()
    with database_server() as office:
        os.environ |= environment(office, "backoffice", DEMO="1")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
        import django

        django.setup()
        figures = measure(chosen.rows, chosen.clients)
        django.db.connections.close_all()
    print(json.dumps(figures, indent=2))
    sys.exit(1 if figures["faults"] else 0)


if __name__ == "__main__":
    main()
