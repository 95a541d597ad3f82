"""`manage.py upgrade`: bring database, static files and languages to this version. Safe to repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.upgrading import Failed, upgrade
from core.refusals import Refused


class Command(BaseCommand):
    help = (
        "Check, back up, migrate, collect static files, compile languages. "
        "Stop web, workers and schedule first. May be repeated."
    )
    requires_system_checks: list[str] = []  # type: ignore[assignment] # it makes them itself, and says so

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-backup", action="store_true", help="Do not back up before migrating.")
        parser.add_argument("--backups", type=Path, metavar="DIR", help="Where backups go (DATA/backups).")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            upgrade(self.stdout.write, keep=not options["no_backup"], backups=options["backups"])
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        except Failed as failed:
            raise CommandError(str(failed)) from failed
        except OSError as error:
            raise CommandError(f"The backup cannot be written: {error}. Nothing was changed.") from error
