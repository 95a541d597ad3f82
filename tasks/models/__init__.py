"""The queue: procedures with versions, tasks, and what people leave on them."""

from tasks.models.procedures import Procedure, ProcedureVersion, Requirement, Step
from tasks.models.reminders import Reminder, Watch
from tasks.models.search import SearchEntry
from tasks.models.tallies import Tally, TallyDelta
from tasks.models.tasks import Label, Task
from tasks.models.traces import Comment, Involvement, StepRun

__all__ = [
    "Comment",
    "Involvement",
    "Label",
    "Procedure",
    "ProcedureVersion",
    "Reminder",
    "Requirement",
    "SearchEntry",
    "Step",
    "StepRun",
    "Tally",
    "TallyDelta",
    "Task",
    "Watch",
]
