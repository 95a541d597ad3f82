"""Personal API tokens, and the answers kept for repeated requests."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models.people import User


class ApiToken(models.Model):
    """A token acts as its person. Only its SHA-256 is stored."""

    person = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    digest = models.BinaryField(unique=True)
    hint = models.CharField(max_length=8, help_text="First characters, to tell tokens apart.")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class IdempotentAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key, kept 24 hours per token (IETF draft idempotency-key-header)."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=100, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return self.key
