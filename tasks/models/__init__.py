"""The queue: procedures with versions, tasks, and what people leave on them."""

from tasks.models.comfort import Draft, LastList, Presence, SavedView
from tasks.models.glass import BrokenGlass
from tasks.models.imports import ImportFile, ImportMapping
from tasks.models.procedures import Procedure, ProcedureVersion, Requirement, Step
from tasks.models.ratings import Rating
from tasks.models.reminders import Reminder, Watch
from tasks.models.search import SearchEntry
from tasks.models.tallies import Tally, TallyDelta
from tasks.models.tasks import Label, Task
from tasks.models.traces import Comment, Involvement, StepRun

__all__ = [
    "BrokenGlass",
    "Comment",
    "Draft",
    "ImportFile",
    "ImportMapping",
    "Involvement",
    "Label",
    "LastList",
    "Presence",
    "Procedure",
    "ProcedureVersion",
    "Rating",
    "Reminder",
    "Requirement",
    "SavedView",
    "SearchEntry",
    "Step",
    "StepRun",
    "Tally",
    "TallyDelta",
    "Task",
    "Watch",
]
