"""What the queue does when the floors below tell it something."""

from typing import Any

from django.dispatch import receiver

from organization.signals import hours_changed
from records import runs


@receiver(hours_changed)
def recompute_clocks(department_ids: list[int], actor: Any, **kwargs: Any) -> None:
    """Other hours move the clocks of these departments' unfinished tasks."""
    runs.ask("tasks.recompute", actor=actor, parameters={"departments": department_ids})
