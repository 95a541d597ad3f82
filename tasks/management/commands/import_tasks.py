"""Bring work in from a CSV or XLSX file, in the foreground."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from core.refusals import Refused
from records import rejects, runs
from records.models import Run
from tasks.importing.run import KIND, ask_again, ask_import, take_up, told

MADE = ("departments", "procedures", "people", "memberships")


class Command(BaseCommand):
    help = "Import tasks from a CSV or XLSX file, or do again what an earlier import kept aside (--rerun)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", help="The CSV or XLSX file; with --rerun, the corrected --rejects of that run."
        )
        parser.add_argument("--mapping", help="JSON that says what the columns mean.")
        parser.add_argument("--sheet", default="", help="Of a workbook, the sheet with the rows; else its first.")
        parser.add_argument("--open", action="store_true", help="All of it comes in open and unassigned.")
        parser.add_argument(
            "--create-missing", action="store_true", help="Make the people, departments and procedures it names."
        )
        parser.add_argument("--rejects", metavar="OUT.csv", help="Write the rows kept aside there.")
        parser.add_argument(
            "--rerun", type=int, metavar="RUN", help="Go on with an interrupted import, or do its rows aside again."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self.again(options) if options["rerun"] else self.first(options)
            begun = time.monotonic()
            with told(self.tell):
                runs.perform(run.pk)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        run.refresh_from_db()
        if run.state != Run.State.DONE:
            raise CommandError(f"Import {run.pk} is {run.get_state_display()}: {run.error}")
        self.report(run, time.monotonic() - begun, options["rejects"])

    def first(self, options: dict[str, Any]) -> Run:
        if not options["file"] or not options["mapping"]:
            raise CommandError("Give the file and --mapping, or --rerun with the number of an import.")
        try:
            mapping = json.loads(Path(options["mapping"]).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"The mapping {options['mapping']} cannot be read: {error}") from error
        with opened(options["file"]) as upload:
            return ask_import(
                upload,
                mapping=mapping,
                open_all=options["open"],
                create_missing=options["create_missing"],
                actor=None,
                sheet=options["sheet"],
                here=True,
            )

    def again(self, options: dict[str, Any]) -> Run:
        home = Run.objects.filter(pk=options["rerun"], kind=KIND).first()
        if home is None:
            raise CommandError(f"There is no import {options['rerun']}.")
        if home.state != Run.State.DONE:
            take_up(home)
            return home
        if options["file"]:
            with opened(options["file"]) as upload:
                corrections = rejects.correct_all(home, upload, actor=None)
            for problem in corrections.problems:
                self.stderr.write(problem)
            self.stdout.write(f"{corrections.changed} rows corrected")
        return ask_again(home, create_missing=options["create_missing"], actor=None, here=True)

    def tell(self, run: Run) -> None:
        self.stdout.write(f"{run.done} of {run.total} rows, {(run.place or {}).get('rejected', 0)} kept aside")

    def report(self, run: Run, seconds: float, out: str | None) -> None:
        told = run.result
        made = ", ".join(f"{number} {kind}" for kind in MADE if (number := told["made"].get(kind)))
        self.stdout.write(
            f"Import {run.pk}: {told['opened']} opened, {told['finished']} finished, {told['already']} there already, "
            f"{told['rejected']} kept aside; made {made or 'nothing'}; {seconds:.1f} s"
        )
        home = Run.objects.get(pk=run.parameters.get("again", run.pk))
        if out:
            with Path(out).open("w", encoding="utf-8", newline="") as written:
                written.writelines(rejects.export(home))
            self.stdout.write(
                f"Rows kept aside are in {out}. Correct them there, then: import_tasks {out} --rerun {home.pk}"
            )
        elif told["rejected"]:
            self.stdout.write(f"See them with: import_tasks --rerun {home.pk} --rejects OUT.csv")


def opened(name: str) -> File[bytes]:
    try:
        return File(Path(name).open("rb"), name=Path(name).name)
    except OSError as error:
        raise CommandError(f"The file {name} cannot be read: {error.strerror}") from error
