"""`manage.py end_sessions`: sign somebody, or everybody, out everywhere; with --second-step forget theirs as well."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from organization.models import User
from organization.sessions import end_sessions
from records import events


class Command(BaseCommand):
    help = "Sign people out everywhere. For a lost telephone: --second-step, once you know who is asking."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="Whose sessions; leave it out with --all.")
        parser.add_argument("--all", action="store_true", help="Everybody's.")
        parser.add_argument("--second-step", action="store_true", help="Also remove their codes and recovery codes.")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["email"]) == options["all"] or (options["all"] and options["second_step"]):
            raise CommandError("Name one person, or --all without --second-step.")
        people = User.objects.filter(email__iexact=options["email"]) if options["email"] else User.objects.all()
        if not people:
            raise CommandError("There is nobody with this address.")
        ended = sum(self._end(person, options["second_step"]) for person in people)
        self.stdout.write(f"{ended} sessions ended")

    def _end(self, person: User, second_step: bool) -> int:
        with transaction.atomic():
            ended = end_sessions(person)
            removed = Authenticator.objects.filter(user=person).delete()[0] if second_step else 0
            if ended or removed:
                payload = {"sessions": ended, "second_step": bool(removed)}
                events.write("end_sessions", actor=None, subject_kind="person", subject_id=person.pk, payload=payload)
        return ended
