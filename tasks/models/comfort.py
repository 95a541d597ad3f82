"""What stays with people at their work: saved views, the list they were last in, drafts, and who is at a task now."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.models import Department
from tasks.models.tasks import Task
from tasks.querysets.comfort import SavedViewQuerySet


class SavedView(models.Model):
    """A named list: what stands in the address of the queue. A person's own, or shared with a department."""

    name = models.CharField(_("name"), max_length=60)
    folded_name = models.CharField(max_length=70, editable=False)
    query = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="saved_views")
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, related_name="saved_views", verbose_name=_("department")
    )
    position = models.PositiveIntegerField(default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True, department__isnull=False)
                | Q(owner__isnull=False, department__isnull=True),
                name="view_is_ones_own_or_shared",
            ),
            models.UniqueConstraint(fields=["owner", "folded_name"], name="one_own_view_per_name"),
            models.UniqueConstraint(fields=["department", "folded_name"], name="one_shared_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.folded_name = fold(self.name)[:70]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class LastList(models.Model):
    """The list somebody was last in, for the next time they come."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="last_list")
    query = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return self.query


class Draft(models.Model):
    """What somebody has typed into a form and not sent; theirs alone. `form` names the form and what it is about."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=80)
    fields = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "form"], name="one_draft_per_form")]
        indexes = [models.Index(fields=["kept_at"], name="draft_age")]

    def __str__(self) -> str:
        return self.form


class Presence(models.Model):
    """Somebody has a task open now, looking or editing. Rows live for a minute."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    editing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="present_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_age")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.task_id}"
