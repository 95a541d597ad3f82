"""What is kept of imports before they run: files that wait, and mappings to be used again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.querysets import NamedQuerySet

KEPT = dt.timedelta(days=30)  # files that nobody starts


class ImportFileQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ImportFileQuerySet:
        """What has not come in yet is nobody's business but who brought it."""
        return self.filter(added_by=user)

    def left_behind(self, at: dt.datetime) -> ImportFileQuerySet:
        """Files nobody has started for so long that they are kept no longer at that instant (aware)."""
        return self.filter(added_at__lt=at - KEPT)


class ImportFile(models.Model):
    """A file somebody brought that has not come in yet, and what is told about it so far.

    Its bytes are the attachment of owner kind `import_file`; with the start of the run they become the run's.
    """

    name = models.CharField(_("file"), max_length=255)
    sheet = models.CharField(_("sheet"), max_length=255, blank=True, default="")
    mapping = models.JSONField(_("choices"), default=dict, blank=True)
    open_all = models.BooleanField(default=False)
    create_missing = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file to be imported")
        verbose_name_plural = _("files to be imported")
        indexes = [models.Index(fields=["added_by", "-id"], name="import_file_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def kept_until(self) -> dt.datetime:
        """The instant (aware) from which it is removed, unless it has come in by then."""
        return self.added_at + KEPT


class ImportMapping(models.Model):
    """What the columns of a kind of file mean, under a name; the very JSON that the command takes."""

    name = models.CharField(_("name"), max_length=80)
    folded_name = models.CharField(max_length=90, unique=True, editable=False)
    mapping = models.JSONField(_("choices"))

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved choices of imports")
        verbose_name_plural = _("saved choices of imports")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.folded_name = fold(self.name)[:90]
        super().save(*args, **options)
