"""`manage.py load_demo`: the demo office into an empty database."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.demo import load
from backoffice.demo.people import SIGN_INS
from core import clock
from core.refusals import Refused


class Command(BaseCommand):
    help = "Fill an empty office with the demo: 40 people, a year of history, four sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing where the office is not empty.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not load.is_empty():
            self.stdout.write("The office is not empty; the demo was not loaded.")
            return
        begun = time.monotonic()
        try:
            load.load(clock.now(), self.say if options["verbosity"] > 1 else lambda text: None)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        self.stdout.write(f"The demo office was loaded in {time.monotonic() - begun:.0f} seconds.")
        self.stdout.write(f"Password of {', '.join(SIGN_INS)}: {load.PASSWORD}")

    def say(self, text: str) -> None:
        self.stdout.write(text)
