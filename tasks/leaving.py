"""When somebody leaves the office, what they hold goes back to the queue."""

from __future__ import annotations

from django.utils.translation import gettext as _

from organization.models import User
from tasks.models import Task
from tasks.states import State
from tasks.transitions import release


def return_work(person: User, *, actor: User | None) -> list[Task]:
    """Release everything open, begun or waiting that `person` has. What is in review stays with its reviewer.

    Runs in the caller's transaction; one `release` event each, on behalf of nobody, with the reason.
    """
    held = Task.objects.filter(assignee=person, state__in=[State.OPEN, State.IN_PROGRESS, State.WAITING])
    reason = _("%(person)s has left.") % {"person": person.name}
    return [
        release(pk, actor=actor or person, reason=reason)
        for pk in held.order_by("urgent_at", "id").values_list("pk", flat=True)
    ]
