"""Breaking the glass: an admin opens one confidential task they know exists, with a reason, for an hour.

It is an event of its own, and the task's owner and the managers of its department are told. It opens the page of that
task and what the API tells of it, to be read; nothing of it in lists, search or notices, and no verb.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import User
from records import events
from tasks.changes import lock, needs_reason
from tasks.models import BrokenGlass, Task
from tasks.noticing import tell_broken_glass

FOR = dt.timedelta(hours=1)


def break_glass(task: Task | int, *, actor: User, reason: str) -> Task:
    """Let the actor read a confidential task for an hour from now; the right is asked by the caller.

    Returns the task as the actor sees it then. Raises Refused without a reason, and where nothing is confidential.
    """
    with transaction.atomic():
        row = lock(task if isinstance(task, int) else task.pk)
        if not row.confidential:
            raise Refused(_("%(task)s is not confidential.") % {"task": row.reference}, code="not_confidential")
        why, now = needs_reason(reason), clock.now()
        times = {"broken_at": now, "until": now + FOR}
        BrokenGlass.objects.update_or_create(task=row, person=actor, defaults=times)
        event = events.write(
            "break_glass",
            actor=actor,
            subject_kind="task",
            subject_id=row.pk,
            task_id=row.pk,
            department_id=row.department_id,
            from_state=row.state,
            to_state=row.state,
            payload={"reason": why, "until": times["until"].isoformat()},
        )
        tell_broken_glass(row, actor=actor, event=event)
    row.open_until = times["until"]
    row.open_to = actor.pk
    return row
