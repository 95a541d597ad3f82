"""Prove that history was not touched behind the office's back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from records.chain import verify


class Command(BaseCommand):
    help = "Recompute the hash chain over all events and the digest of every payload; exit code 1 when broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", default="", help="A head printed earlier and kept outside the database.")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(options["expect"])
        self.stdout.write(f"{report.events} sealed events in {report.seals} links, {report.unsealed} not sealed yet")
        self.stdout.write(f"head {report.head or '-'}")
        for problem in report.problems:
            self.stderr.write(problem)
        if report.problems:
            raise SystemExit(1)
        self.stdout.write("whole")
