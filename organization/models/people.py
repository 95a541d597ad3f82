"""The person who signs in. Rights come from memberships and from being admin, from nothing else."""

from __future__ import annotations

import zoneinfo
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.querysets import UserQuerySet

if TYPE_CHECKING:
    from organization.standing import Standing


@cache
def _zones() -> frozenset[str]:
    """The names of all zones; reading them looks through a thousand files."""
    return frozenset(zoneinfo.available_timezones())


def check_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone of the IANA database."""
    if name not in _zones():
        raise ValidationError(
            _("%(zone)s is not a time zone. Use a name such as Europe/Dublin."), params={"zone": name}
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=str(email).strip().lower())


class User(AbstractBaseUser):
    email = models.EmailField(
        _("e-mail address"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Somebody has this address already.")},
    )
    name = models.CharField(_("name"), max_length=150)
    folded_name = models.CharField(max_length=160, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    language = models.CharField(_("language"), max_length=8, default="en", choices=settings.LANGUAGES)
    is_admin = models.BooleanField(_("admin"), default=False, help_text=_("May set up the office and act everywhere."))
    is_active = models.BooleanField(_("active"), default=True)
    own_first = models.BooleanField(_("Take next offers my own unfinished work first"), default=True)
    single_keys = models.BooleanField(_("Single-key shortcuts"), default=True)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["folded_name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="address_in_lower_case"),
        ]
        indexes = [models.Index(fields=["folded_name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        self.folded_name = fold(self.name)[:160]
        if kwargs.get("update_fields") and "name" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "folded_name"}
        super().save(*args, **kwargs)

    @property
    def initials(self) -> str:
        """First letters of the first and last word of the name."""
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def standing(self) -> Standing:
        """Departments the person works in or manages today; read once per request."""
        from organization.standing import standing_of

        return standing_of(self)


class Alias(models.Model):
    """What an outside source calls a person or a department."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=[("person", _("person")), ("department", _("department"))])
    name = models.CharField(max_length=200)
    person = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="aliases")
    department = models.ForeignKey(
        "organization.Department", models.CASCADE, null=True, blank=True, related_name="aliases"
    )

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "name"], name="one_meaning_per_alias"),
            models.CheckConstraint(
                condition=models.Q(kind="person", person__isnull=False, department__isnull=True)
                | models.Q(kind="department", person__isnull=True, department__isnull=False),
                name="alias_names_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.name}"
