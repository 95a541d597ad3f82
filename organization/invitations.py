"""Inviting people: a mail with a link that works once, with which they say their name and set their password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import url_str_to_user_pk, user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.look import office_name
from organization.models import User
from organization.setup import save_person
from records import events, limits
from records.outgoing import queue_mail


def path_of(person: User) -> str:
    """The address of the page that takes the invitation. It ends with PASSWORD_RESET_TIMEOUT, and with its use."""
    return reverse("welcome", args=[user_pk_to_url_str(person), default_token_generator.make_token(person)])


def invite(person: User, *, actor: User | None) -> None:
    """Write the mail, in the person's language, with an `invite` event.

    Raises Refused for who left or has one, TooMany where this person or by this admin too many were sent.
    """
    if actor:
        limits.demand("invite", actor.pk)
        limits.demand("mail", limits.hashed(person.email))
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not row.is_active:
            raise Refused(_("%(name)s has left. Let them come back first.") % {"name": row.name}, code="left")
        if row.has_usable_password():
            words = _("%(name)s has a password already. “Forgotten?” on the sign-in page sends a link for a new one.")
            raise Refused(words % {"name": row.name}, code="has_password")
        with translation.override(row.language):
            subject = _("Your account at %(office)s") % {"office": office_name()}
            text = _(
                "Hello %(name)s,\n\nyou have an account at %(office)s. "
                "Open this page to set your password:\n\n%(link)s\n\n"
                "The link works once and for %(days)s days. Sign in with this e-mail address afterwards.\n"
            ) % {
                "name": row.name,
                "office": office_name(),
                "link": settings.BASE_URL.rstrip("/") + path_of(row),
                "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
            }
        key = f"invite:{row.pk}:{clock.now():%Y%m%d%H%M%S%f}"
        queue_mail(key=key, to=row.email, subject=subject, text=text, owner_kind="person", owner_id=row.pk)
        events.write("invite", actor=actor, subject_kind="person", subject_id=row.pk)


def invited(uid: str, key: str) -> User | None:
    """The person behind a link that still works, else None: used, too old, forged, or somebody who left."""
    try:
        person = User.objects.active().filter(pk=url_str_to_user_pk(uid)).first()
    except (ValueError, OverflowError, ValidationError):
        return None
    return person if person and default_token_generator.check_token(person, key) else None


def accept(person: User, key: str, *, name: str, password: str) -> User:
    """Take an invitation: name and password, with an `accept` event by themselves. Raises Refused when it was used."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not (row.is_active and default_token_generator.check_token(row, key)):
            raise Refused(_("This invitation was used already or is too old. Ask for a new one."), code="used")
        row.name = name
        row.set_password(password)
        save_person(row, actor=row)
        events.write("accept", actor=row, subject_kind="person", subject_id=row.pk)
    return row
