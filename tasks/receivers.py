"""What the queue does when the floors below tell it something."""

from typing import Any

from django.dispatch import receiver

from organization.signals import hours_changed, person_left
from records import runs
from tasks.leaving import return_work


@receiver(hours_changed)
def recompute_clocks(department_ids: list[int], actor: Any, **kwargs: Any) -> None:
    """Other hours move the clocks of these departments' unfinished tasks."""
    runs.ask("tasks.recompute", actor=actor, parameters={"departments": department_ids})


@receiver(person_left)
def return_what_they_hold(person: Any, actor: Any, **kwargs: Any) -> None:
    """What somebody who leaves has in hand goes back to everybody."""
    return_work(person, actor=actor)
