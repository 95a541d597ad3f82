"""Background jobs of the organization: what is kept for a while is forgotten."""

from __future__ import annotations

from core import clock
from organization import idempotency, mailing
from organization.importing import run as importing
from organization.sessions import clear_expired
from records.jobs import on_tick


@on_tick
def forget_old_answers() -> None:
    """Once a minute, forget answers to repeated API requests that are older than a day."""
    if clock.now().second == 30:
        idempotency.sweep()


@on_tick
def forget_files_of_imports() -> None:
    """Once a minute, remove files of imports that were kept long enough."""
    if clock.now().second == 45:
        importing.forget_files()


@on_tick
def forget_ended_sessions() -> None:
    """Once an hour, remove sessions whose time is over; nobody could use them any more."""
    if (now := clock.now()).minute == 7 and now.second == 30:
        clear_expired()


@on_tick
def write_mail_of_notices() -> None:
    """Write the mail of notices whose time has come."""
    mailing.write_due()
