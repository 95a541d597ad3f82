"""What the endpoints of tasks share: the router, and the way to one task."""

from __future__ import annotations

from ninja import Router

from core.access import reach
from organization.models import User
from tasks.models import Task
from tasks.models.tasks import reference_id

router = Router()
TAGS = ["tasks"]


def task_of(user: User, reference: str) -> Task:
    """The task behind a reference if the person reaches it, else Http404. One statement and the standing's two."""
    task: Task = reach(Task.objects.visible_to(user).opened_to(user).for_detail(), pk=reference_id(reference))
    return task
