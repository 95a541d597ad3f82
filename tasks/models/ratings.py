"""What somebody thinks of what was done for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from tasks.models.tasks import Task
from tasks.querysets.ratings import RatingQuerySet


class Rating(models.Model):
    """One for each task, by who asked for it. Its department is the task's when it was given."""

    class Stars(models.IntegerChoices):
        POOR = 1, _("1, poor")
        WEAK = 2, _("2, weak")
        FAIR = 3, _("3, fair")
        GOOD = 4, _("4, good")
        VERY_GOOD = 5, _("5, very good")

    task = models.OneToOneField(Task, models.PROTECT, related_name="rating")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    stars = models.PositiveSmallIntegerField(_("rating"), choices=Stars)
    word = models.CharField(_("a word on it"), max_length=500, blank=True, default="")
    given_at = models.DateTimeField()

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="stars_are_known")]
        indexes = [models.Index(fields=["department", "-given_at", "-id"], name="rating_of_department")]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.stars}"
