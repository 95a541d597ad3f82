"""History: append-only events, their erasable payloads, and the seals that chain them."""

from django.conf import settings
from django.db import models
from django.db.models import Func
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from records.querysets import EventQuerySet


class Origin(models.TextChoices):
    WEB = "web", _("page")
    API = "api", _("API")
    JOB = "job", _("background job")
    IMPORT = "import", _("import")
    WING = "wing", _("another part of the office")


class TransactionNumber(Func):
    """Number of the writing transaction; the chain's order is (transaction, id)."""

    function = "records_transaction"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One thing that went through a verb. The database refuses to change, remove or truncate it."""

    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    transaction = models.BigIntegerField(db_default=TransactionNumber(), editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("on behalf of"),
        db_index=False,
    )
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    verb = models.CharField(_("verb"), max_length=40)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    task_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    from_state = models.CharField(max_length=16, blank=True, default="")
    to_state = models.CharField(max_length=16, blank=True, default="")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversed_by", db_index=False)
    schema = models.PositiveSmallIntegerField(default=1)
    digest = models.BinaryField(help_text="SHA-256 of salt and canonical payload; empty without one.")

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["task_id", "id"], name="event_of_task", condition=models.Q(task_id__isnull=False)),
            models.Index(
                fields=["subject_kind", "subject_id", "id"],
                name="event_of_subject",
                condition=models.Q(task_id__isnull=True),
            ),
            models.Index(fields=["actor", "occurred_at"], name="event_by_actor"),
            models.Index(fields=["department_id", "occurred_at"], name="event_of_department"),
            models.Index(fields=["transaction", "id"], name="event_in_chain"),
            # The audit page (`records.auditing.looking`): each filter by an index of its own.
            models.Index(fields=["occurred_at", "id"], name="event_by_time"),
            models.Index(fields=["verb", "occurred_at"], name="event_by_verb"),
            models.Index(fields=["department_id", "verb", "occurred_at"], name="event_of_department_by_verb"),
            models.Index(fields=["origin", "occurred_at"], name="event_by_origin", condition=~models.Q(origin="web")),
            models.Index(
                fields=["on_behalf_of", "occurred_at"],
                name="event_on_behalf",
                condition=models.Q(on_behalf_of__isnull=False),
            ),
            models.Index(fields=["reverses"], name="event_reverses", condition=models.Q(reverses__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.subject_kind} {self.subject_id}"


class EventPayload(models.Model):
    """What changed. Erasable: the event keeps its place and its digest."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField()
    body = models.JSONField()

    def __str__(self) -> str:
        return f"payload of {self.event_id}"


class Seal(models.Model):
    """One link of the hash chain: all events of the transactions after the link before it, up to its own bound."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField(db_default=Now())
    after_transaction = models.BigIntegerField(help_text="Exclusive lower bound.")
    through_transaction = models.BigIntegerField(unique=True, help_text="Inclusive upper bound.")
    count = models.PositiveIntegerField()
    total = models.BigIntegerField(help_text="Events sealed so far, this link included.")
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(through_transaction__gt=models.F("after_transaction")),
                name="seal_goes_forward",
            )
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"
