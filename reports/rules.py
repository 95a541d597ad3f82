"""Who may do what with reports. Pure: no statement but the person's standing."""

from __future__ import annotations

from typing import Any

from reports.models import KeptReport, Schedule


def can_remove(user: Any, report: KeptReport) -> bool:
    """Who asked for it, and an admin."""
    return bool(user.is_admin) or report.asked_by_id == user.pk


can_retry = can_remove


def can_change(user: Any, schedule: Schedule) -> bool:
    """Its owner; the others only read."""
    return bool(schedule.owner_id == user.pk)


def can_stop(user: Any, schedule: Schedule) -> bool:
    return bool(user.is_admin) or schedule.owner_id == user.pk


def can_start_again(user: Any, schedule: Schedule) -> bool:
    """Its owner; an admin what was parked for its failures, and again what is on already: two may press at once."""
    return bool(schedule.owner_id == user.pk or (user.is_admin and (schedule.is_parked or schedule.is_on)))
