"""Who sees what of people. Pure: no statement but the person's standing, read once per request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def sees_address(user: Any, person_id: int, department_ids: Iterable[int]) -> bool:
    """May `user` see the address of a person who works in these departments today?

    Names are seen by everybody; addresses by managers, admins and one's own department (domain.md, "People").
    """
    if user.pk == person_id or user.is_admin or user.standing.managed:
        return True
    return not user.standing.member.isdisjoint(department_ids)


def can_lead(user: Any) -> bool:
    """Managers, and admins everywhere, arrange what belongs to their departments: shared views, who is away."""
    return bool(user.is_active and (user.is_admin or user.standing.managed))


def can_set_up(user: Any) -> bool:
    """Admins set up the office: places, people, hours, procedures, looks."""
    return bool(user.is_active and user.is_admin)
