"""Whatever leaves the house, written in the transaction of the verb that caused it."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from records import requests
from records.querysets import OutgoingQuerySet


class Outgoing(models.Model):
    class Kind(models.TextChoices):
        MAIL = "mail", _("mail")

    class State(models.TextChoices):
        DUE = "due", _("to be sent")
        SENT = "sent", _("sent")
        PARKED = "parked", _("given up")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MAIL)
    key = models.CharField(max_length=200, unique=True, help_text="Says what it is; the same thing is sent once.")
    identity = models.UUIDField(default=uuid.uuid4, editable=False, help_text="Makes the Message-ID the same each try.")
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    headers = models.JSONField(default=dict, db_default={}, help_text="Further headers of a mail, by name.")
    owner_kind = models.CharField(max_length=24, blank=True, default="")
    owner_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=requests.LENGTH, blank=True, default=requests.current, editable=False)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["due_at", "id"], name="outgoing_due", condition=models.Q(state="due")),
            models.Index(fields=["to", "-id"], name="outgoing_to"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
