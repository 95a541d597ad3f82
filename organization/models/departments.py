"""Where people work: sites, departments in a tree, memberships with hours."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.models.people import User, check_zone
from organization.querysets import DepartmentQuerySet, MembershipQuerySet, NamedQuerySet


class Site(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    folded_name = models.CharField(max_length=130, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[check_zone])
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        default="",
        help_text=_("Two letters; gives the public holidays."),
    )
    subdivision = models.CharField(_("state or region"), max_length=10, blank=True, default="")

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["folded_name", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = fold(self.name)[:130]
        super().save(*args, **kwargs)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Department(models.Model):
    code = models.CharField(
        _("code"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}$", _("Use 2 to 8 capital letters and figures."))],
        help_text=_("2 to 8 capital letters and figures. Register numbers begin with it."),
    )
    name = models.CharField(_("name"), max_length=120)
    folded_name = models.CharField(max_length=130, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="departments", verbose_name=_("site"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    lineage = ArrayField(models.BigIntegerField(), default=list, editable=False)
    calendar = models.ForeignKey(
        "organization.OfficeCalendar",
        models.PROTECT,
        related_name="departments",
        verbose_name=_("working calendar"),
    )
    cap = models.PositiveSmallIntegerField(
        _("tasks held at once, per person"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    members_may_take_over = models.BooleanField(_("members may take over each other's work"), default=False)
    reopen_days = models.PositiveSmallIntegerField(
        _("days a requester may reopen"), default=14, validators=[MaxValueValidator(3650)]
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["folded_name", "id"]
        indexes = [GinIndex(fields=["lineage"], name="department_lineage")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = fold(self.name)[:130]
        super().save(*args, **kwargs)


class Role(models.TextChoices):
    ASSISTANT = "assistant", _("assistant")
    MANAGER = "manager", _("manager")


def _same(field: str) -> Func:
    """An equality column of a range-only exclusion constraint: [id, id] overlaps only itself."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


class Membership(models.Model):
    person = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships", verbose_name=_("department"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ASSISTANT)
    minutes = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(1440)]),
        size=7,
        verbose_name=_("minutes for each weekday"),
        help_text=_("Monday to Sunday, separated by commas."),
    )
    cap = models.PositiveSmallIntegerField(
        _("tasks held at once"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty while it goes on."))
    # Of a manager's substitute, for the days of the absence; `was_assistant` on days of a membership of their own.
    stands_in_for = models.ForeignKey(
        "organization.Absence",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="stand_ins",
        verbose_name=_("stands in for"),
    )
    was_assistant = models.BooleanField(default=False, db_default=False, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(minutes__len=7), name="membership_has_seven_days"),
            models.CheckConstraint(
                condition=models.Q(stands_in_for__isnull=True, was_assistant=False)
                | models.Q(stands_in_for__isnull=False, role="manager"),
                name="stand_in_is_manager",
            ),
            ExclusionConstraint(
                name="one_membership_at_a_time",
                expressions=[
                    (_same("person"), "&&"),
                    (_same("department"), "&&"),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"), "&&"),
                ],
                violation_error_message=_("This person already is a member of the department in that time."),
            ),
        ]
        indexes = [models.Index(fields=["department", "person"], name="members_of_department")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()} {self.department}"

    @property
    def hours_a_week(self) -> str:
        """The minutes of the week as hours and minutes, such as 37:30."""
        total = sum(self.minutes)
        return f"{total // 60}:{total % 60:02}"

    def clean(self) -> None:
        # Before the constraints: a range that ends before it starts is an error to the database, not a False.
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day is before the first. Choose a later one.")})
