"""What people are certified to do, at which level, and until when."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.models.people import User
from organization.querysets import HoldingQuerySet, NamedQuerySet


class Qualification(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    folded_name = models.CharField(max_length=130, editable=False)
    description = models.TextField(_("what it certifies"), blank=True, default="")

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        ordering = ["folded_name", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = fold(self.name)[:130]
        super().save(*args, **kwargs)


class Holding(models.Model):
    """A person holds a qualification at a level, from a day to a day (both included)."""

    person = models.ForeignKey(User, models.PROTECT, related_name="holdings", verbose_name=_("person"))
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, related_name="holdings", verbose_name=_("qualification")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True, default="")

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("held qualification")
        verbose_name_plural = _("held qualifications")
        indexes = [models.Index(fields=["person", "qualification"], name="holding_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=F("valid_from")),
                name="holding_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=10), name="holding_level"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.qualification} {self.level}"
