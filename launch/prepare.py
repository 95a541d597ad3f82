"""Migrations, static files, languages, the demo on the first start: one Django process before the office opens."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection

from backoffice import catalogues, static_files
from launch.places import Office


def main() -> None:
    """Bring database, static files and languages of the office in DATA up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    django.setup()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        sys.exit(f"The database of DATABASE_URL does not answer: {str(error).splitlines()[0]}")
    call_command("migrate", interactive=False, verbosity=0)
    static_files.collect()
    catalogues.compiled()
    if settings.DEMO:
        first_demo(Office(Path(os.environ["DATA"])))


def first_demo(office: Office) -> None:
    """Load the demo office on the first start with this database; never again, whatever was deleted since."""
    mark = office.data / "demo-loaded"
    database = os.environ["DATABASE_URL"].rsplit("@", 1)[-1]
    if mark.exists() and database in mark.read_text(encoding="utf-8").splitlines():
        return
    print("Loading the demo office, this once", flush=True)
    call_command("load_demo", if_empty=True)
    with mark.open("a", encoding="utf-8") as file:
        file.write(f"{database}\n")


if __name__ == "__main__":
    main()
