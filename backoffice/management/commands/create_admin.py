"""The first admin of an office."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from organization.models import User
from organization.setup import save_person


class Command(BaseCommand):
    """Make somebody an admin and print the link with which they set their password."""

    help = "Make EMAIL an admin, adding the person if need be, and print a one-time link to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", help="how the person is called; for somebody new the address says it else")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            person = make_admin(email, options["name"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        self.stdout.write(
            f"{person.name} <{person.email}> is an admin. This link sets the password, once, within {days} days:"
        )
        self.stdout.write(password_link(person))


@transaction.atomic
def make_admin(email: str, name: str | None) -> User:
    """Return the active admin with this address, added or promoted; writes the event of `save_person`.

    Raises ValidationError for what is no address.
    """
    person = User.objects.select_for_update().filter(email=email).first() or User(email=email)
    person.name = name or person.name or email.partition("@")[0].replace(".", " ").title()
    person.is_admin = person.is_active = True
    return save_person(person, actor=None)


def password_link(person: User) -> str:
    """Return the address of a page that sets this person's password once; it ends with PASSWORD_RESET_TIMEOUT."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return f"{settings.BASE_URL.rstrip('/')}{reverse('account_reset_password_from_key', kwargs=key)}"
