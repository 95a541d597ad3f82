"""`manage.py restore FILE`: an office from its backup, into an empty database and an empty DATA."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.keeping import archive, stamp
from backoffice.keeping.restore import restore
from core.refusals import Refused


class Command(BaseCommand):
    help = "Bring the office in FILE back into an empty database and an empty DATA. All of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--check", action="store_true", help="Only see whether FILE is whole and can be taken here."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            if options["check"]:
                manifest = archive.verify(options["file"], stamp.refuse_newer)
                self.stdout.write(f"{options['file']} is whole: {len(manifest['members'])} members")
            else:
                manifest = restore(options["file"], self.stdout.write)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be restored: {error}.") from error
        made = manifest["stamp"]
        self.stdout.write(
            f"Made by Backoffice {made['version'] or '(before an upgrade)'} on PostgreSQL {made['postgresql']} "
            f"at {made['made_at']}; {time.monotonic() - begun:.1f} s"
        )
        for name in manifest["missing"]:
            self.stderr.write(f"The file {name} was missing when the backup was made.")
        if not options["check"]:
            self.stdout.write("Now run: manage.py upgrade, manage.py doctor")
