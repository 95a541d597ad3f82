"""What the search reads of a task."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tasks.models.tasks import Task


class SearchEntry(models.Model):
    """The folded words of a task: its title (weight A), text (B), comments for the requester (C) and internal ones (D),
    and its department as a word of its own. A table beside the task, so that a verb that moves the task moves no words.
    """

    task = models.OneToOneField(Task, models.CASCADE, primary_key=True, related_name="search_entry")
    department_id = models.BigIntegerField()
    words = SearchVectorField()

    class Meta:
        # Written at once: a pending list would be read from end to end by every search until somebody folds it.
        indexes = [GinIndex(fields=["words"], name="search_words", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.task_id}"
