"""Look the office over: does everything answer, is what must be true, true?"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from backoffice.doctor.checks import INVARIANTS, READS, all_checks
from backoffice.doctor.findings import Finding, examine


class Command(BaseCommand):
    help = "Check the office, one line a check. Exit code 0 when all is well, else 1."
    # It says itself what is wrong with the database.
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="Leave out the recomputation of the event chain.")
        parser.add_argument("--invariants", action="store_true", help="Only what must be true, whatever runs or not.")
        parser.add_argument("--seconds", type=float, default=600, help="How long each invariant may take (600).")
        parser.add_argument("--json", action="store_true", help="Say it for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in self.found(options):
            findings.append(finding)
            if not options["json"]:
                self.say(finding)
        well = all(finding.ok for finding in findings)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": well, "checks": [finding.as_dict() for finding in findings]}, indent=1))
        if not well:
            raise SystemExit(1)

    def found(self, options: dict[str, Any]) -> Iterator[Finding]:
        """Each finding as soon as it is there; what reads the database is spared where it does not answer."""
        checks = all_checks(whole_chain=not options["quick"], seconds=options["seconds"])
        answers = True
        for name, check in checks.items():
            if options["invariants"] and name not in {"database", *INVARIANTS}:
                continue
            if name in READS and not answers:
                yield Finding(name, False, "not looked at: the database does not answer")
                continue
            finding = examine(name, check)
            answers = answers and (finding.ok or name != "database")
            yield finding

    def say(self, finding: Finding) -> None:
        told = self.style.SUCCESS("ok     ") if finding.ok else self.style.ERROR("failing")
        self.stdout.write(f"{finding.name:<13} {told} {finding.says}")
        for problem in finding.problems:
            self.stdout.write(f"    {problem}")
