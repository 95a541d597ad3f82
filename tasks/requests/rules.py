"""Who may do what with a request, beyond `tasks.rules`. Pure."""

from __future__ import annotations

from typing import Any

from tasks.models import Task
from tasks.rules import can_cancel, is_requester


def can_withdraw(user: Any, task: Task) -> bool:
    """Who asked for it, while nobody has it."""
    return is_requester(user, task) and task.assignee_id is None and can_cancel(user, task)
