"""Look the office over: is what must be true, true?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from organization import invariants as organization
from records import invariants as records
from tasks import invariants as tasks


class Command(BaseCommand):
    help = "Check the invariants of the office. Exit code 0 when all hold, 1 with a sentence a breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="Leave out the recomputation of the event chain.")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [*organization.broken(), *records.broken(whole_chain=not options["quick"]), *tasks.broken()]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            self.stdout.write(self.style.ERROR(f"{len(problems)} problems found"))
            raise SystemExit(1)
        self.stdout.write("everything that must be true, is")
