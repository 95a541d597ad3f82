"""`manage.py write_demo_data`: live the demo office's year in an empty database and keep it as a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.demo import history, kept, load
from core import clock
from core.refusals import Refused


class Command(BaseCommand):
    help = "Live the demo office's year through the verbs, in an empty database, and write it to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=kept.FILE, help="The file; default: the one we ship.")
        parser.add_argument("--weeks", type=int, default=52)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load.refuse_unless_possible()
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        end = load.saturday(clock.now())
        begun = time.monotonic()
        world = history.live_a_year(end, options["weeks"])
        size = kept.write(end, options["to"])
        self.stdout.write(f"{options['weeks']} weeks until {end:%d %B %Y}: {time.monotonic() - begun:.0f} seconds")
        self.stdout.write(f"{options['to']}: {size / 1024:.0f} KiB; refused on the way: {dict(world.agenda.refused)}")
