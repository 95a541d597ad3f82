"""`manage.py backup FILE`: the whole office, rows and files, into one file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.keeping.backup import backup
from core.refusals import Refused


class Command(BaseCommand):
    help = "Write all rows and files, as they are at one instant, to the new FILE. The office may go on working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="For instance office.tar.gz; must not exist yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            made = backup(options["file"])
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"{options['file']}: {made.rows} rows of {made.tables} tables and {made.files} files, "
            f"{made.bytes / 1e6:.1f} MB in {time.monotonic() - begun:.1f} s"
        )
        if made.missing:
            names = ", ".join(made.missing[:5])
            lost = f"the storage has lost {len(made.missing)} files that the database names: {names}"
            raise CommandError(f"The backup is kept, but {lost}")
