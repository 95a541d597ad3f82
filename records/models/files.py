"""Files: a blob is bytes stored once under their hash, an attachment is its name at an owner."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from records.querysets import AttachmentQuerySet


class Scan(models.TextChoices):
    NONE = "none", _("not scanned")
    CLEAN = "clean", _("clean")
    BAD = "bad", _("refused by the scanner")


class Blob(models.Model):
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100, help_text="Told by the bytes, not by the name.")
    stored_as = models.CharField(max_length=120)
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.NONE)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.sha256


class Attachment(models.Model):
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=255)
    owner_kind = models.CharField(max_length=24)
    owner_id = models.BigIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(_("added"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who let the requester see it; empty while it is internal.",
    )
    released_why = models.CharField(max_length=200, blank=True, default="")
    held = models.BooleanField(default=False, help_text="A hold keeps it from being removed.")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [models.Index(fields=["owner_kind", "owner_id", "id"], name="attachment_of_owner")]

    def __str__(self) -> str:
        return self.name
