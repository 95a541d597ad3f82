"""What time it is. Verbs ask here, so that the demo office can live through a year in a minute."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_shifted: ContextVar[dt.datetime | None] = ContextVar("backoffice_clock", default=None)


def now() -> dt.datetime:
    """The present instant, aware, UTC; the shifted one inside `at`."""
    return _shifted.get() or timezone.now()


def shifted() -> dt.datetime | None:
    """The instant set by `at`, or None in ordinary time."""
    return _shifted.get()


@contextmanager
def at(instant: dt.datetime) -> Iterator[None]:
    """Run the block as if it were `instant` (aware). Nothing but `now` is affected.

    Raises ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        raise ValueError("The shifted clock needs an aware instant.")
    token = _shifted.set(instant.astimezone(dt.UTC))
    try:
        yield
    finally:
        _shifted.reset(token)
