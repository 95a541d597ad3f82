"""Background jobs of the organization: what is kept for a while is forgotten."""

from __future__ import annotations

from core import clock
from organization import idempotency
from records.jobs import on_tick


@on_tick
def forget_old_answers() -> None:
    """Once a minute, forget answers to repeated API requests that are older than a day."""
    if clock.now().second == 30:
        idempotency.sweep()
