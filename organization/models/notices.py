"""What people are told, how they want to be told, and when not."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models.people import User
from organization.querysets import NoticeQuerySet

MORNING = dt.time(7)


class Notice(models.Model):
    """Something told to one person, once (`key`). Instants are UTC.

    It holds no title: what it is about may become confidential, or leave the person's reach. Titles are read when the
    notice is shown or mailed, through what the person may see then.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    key = models.CharField(max_length=120, help_text="Says what it is; nobody is told the same thing twice.")
    kind = models.CharField(max_length=24)
    detail = models.CharField(max_length=24, blank=True, default="", help_text="Which sentence of its kind.")
    subject_kind = models.CharField(max_length=24, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=40, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    moment = models.DateTimeField(null=True, help_text="The time it speaks of.")
    day = models.DateField(null=True, help_text="The same where it is a day: a day stays a day in every zone.")
    urgent = models.BooleanField(default=False)
    in_app = models.BooleanField(default=True)
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True, help_text="When its mail is looked at; empty when that is settled.")
    in_digest = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_of_person", condition=Q(in_app=True)),
            models.Index(
                fields=["person", "-id"], name="notice_unread", condition=Q(in_app=True, read_at__isnull=True)
            ),
            models.Index(fields=["mail_at", "person"], name="notice_to_mail", condition=Q(mail_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class NoticePreference(models.Model):
    """How one person wants notices of one kind; without a row the kind's own way holds."""

    class Mail(models.TextChoices):
        NOW = "now", _("at once")
        DIGEST = "digest", _("in the morning")
        NEVER = "never", _("no mail")

    person = models.ForeignKey(User, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=24)
    mail = models.CharField(_("mail"), max_length=8, choices=Mail)
    in_app = models.BooleanField(_("in the office"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_way_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mail}"


class NoticeHours(models.Model):
    """When mail may reach a person; times are of their own zone. Quiet hours may go over midnight."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="notice_hours")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    morning = models.TimeField(_("morning mail at"), default=MORNING)
    digested_on = models.DateField(null=True, editable=False, help_text="The local day of the last morning mail.")
    mailed_at = models.DateTimeField(null=True, editable=False, help_text="The last mail that was written at once.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
                violation_error_message=_("Give both times of the quiet hours, or none."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.morning}"
