"""manage.py create_token EMAIL: a personal API token for somebody; prints the token and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from organization.models import User
from organization.tokens import create_token


class Command(BaseCommand):
    help = "Make a personal API token for the person with this address and print it. It is shown only now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="API", help="what it is for")
        parser.add_argument("--days", type=int, default=365, help="days until it expires, 0 for never (365)")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.active().filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody who signs in here has the address {options['email']}.")
        if not 0 <= options["days"] <= 3660:
            raise CommandError("Give between 0 and 3660 days.")
        days = dt.timedelta(days=options["days"])
        expires_at = clock.now() + days if days else None
        _token, text = create_token(person, actor=None, name=options["name"], expires_at=expires_at)
        self.stdout.write(text)
