"""Who audits. Pure: no statement but the person's standing."""

from __future__ import annotations

from typing import Any


def can_audit(user: Any) -> bool:
    """Admins all of it, managers what they manage."""
    return bool(user.is_admin or user.standing.managed)


def can_verify(user: Any) -> bool:
    """Verifying reads all of history: admins ask for it."""
    return bool(user.is_admin)
