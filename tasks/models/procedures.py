"""How work is done: a procedure holds the facts that may change, its published versions never do."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.models import Department, Qualification
from tasks.querysets.procedures import ProcedureQuerySet
from tasks.states import Priority


class Procedure(models.Model):
    name = models.CharField(_("name"), max_length=160)
    folded_name = models.CharField(max_length=170, editable=False)
    description = models.TextField(_("what it is for"), blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    departments = models.ManyToManyField(
        Department,
        blank=True,
        related_name="procedures",
        verbose_name=_("departments"),
        help_text=_("Who may use it; none named means all."),
    )
    standard_minutes = models.PositiveIntegerField(
        _("standard minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    target_minutes = models.PositiveIntegerField(
        _("target in working minutes"),
        default=2400,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("From opening to done; becomes the due time of tasks that have none."),
    )
    remind_minutes = models.PositiveIntegerField(
        _("due soon, in working minutes"),
        default=240,
        db_default=240,
        validators=[MaxValueValidator(100_000)],
        help_text=_("So long before the due time its owner is reminded; 0 for never."),
    )
    escalate_minutes = models.PositiveIntegerField(
        _("escalated after, in working minutes"),
        default=480,
        db_default=480,
        validators=[MaxValueValidator(100_000)],
        help_text=_("So long after the due time its priority rises and the managers are told; 0 for never."),
    )
    default_priority = models.PositiveSmallIntegerField(
        _("default priority"), choices=Priority, default=Priority.NORMAL
    )
    open_to_requests = models.BooleanField(_("colleagues may ask for it"), default=False)
    closed_by_subject = models.BooleanField(
        _("closed by its subject"),
        default=False,
        help_text=_("Only what the task is about may complete or cancel it."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ProcedureQuerySet.as_manager()
    # Its published version, where it was read along.
    at_hand: Any = None

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["folded_name", "id"]
        constraints = [models.UniqueConstraint(fields=["folded_name"], name="one_procedure_per_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = fold(self.name)[:170]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.folded_name = fold(self.name)[:170]
        if Procedure.objects.filter(folded_name=self.folded_name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("Another procedure has this name. Choose a different one.")})


class Requirement(models.Model):
    """A procedure asks for a qualification of at least this level."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="requirements")
    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="+", verbose_name=_("qualification"))
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    class Meta:
        verbose_name = _("required qualification")
        verbose_name_plural = _("required qualifications")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "qualification"], name="one_requirement_per_qualification")
        ]

    def __str__(self) -> str:
        return f"{self.qualification} {self.level}"


class ProcedureVersion(models.Model):
    class Stage(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.DRAFT)
    wants_review = models.BooleanField(
        _("wants a review"), default=False, help_text=_("Somebody who was not involved approves the work.")
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("procedure version")
        verbose_name_plural = _("procedure versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["procedure"], condition=models.Q(stage="published"), name="one_published_version"
            ),
            models.UniqueConstraint(fields=["procedure"], condition=models.Q(stage="draft"), name="one_draft_version"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.number}"

    @cached_property
    def timed_minutes(self) -> int | None:
        """Sum of its steps' minutes; None when no step carries any."""
        timed: int | None = self.steps.aggregate(minutes=models.Sum("minutes"))["minutes"]
        return timed


class Step(models.Model):
    class Value(models.TextChoices):
        NONE = "", _("nothing")
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("choice")

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"))
    key = models.SlugField(
        _("field name"),
        max_length=40,
        help_text=_("Stays the same over versions, so that values can be compared."),
    )
    instruction = models.CharField(_("instruction"), max_length=300)
    is_mandatory = models.BooleanField(_("mandatory"), default=True)
    minutes = models.PositiveIntegerField(_("standard minutes"), null=True, blank=True)
    value_kind = models.CharField(_("asks for"), max_length=8, choices=Value, blank=True, default=Value.NONE)
    choices = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        verbose_name=_("choices"),
        help_text=_("Separated by commas; only for a choice."),
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_step_per_key"),
            models.CheckConstraint(
                condition=~models.Q(value_kind="choice") | models.Q(choices__len__gte=1),
                name="choice_step_has_choices",
                violation_error_message=_("A choice needs at least one choice."),
            ),
        ]

    def __str__(self) -> str:
        return self.instruction
