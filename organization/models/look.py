"""How the office looks: one row for all of it."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Attachment

ONLY = 1


class Look(models.Model):
    """Name, logo and accent of the office; what is empty is as the product comes. There is one row, or none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    name = models.CharField(_("name"), max_length=60, blank=True, default="")
    accent = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        default="",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Write it as # and six of 0-9 and a-f, such as #1c5741."))],
    )
    logo = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    revision = models.PositiveIntegerField(default=0, editable=False, help_text="Rises with every change of it.")

    class Meta:
        verbose_name = _("look of the office")
        verbose_name_plural = _("looks of the office")
        constraints = [models.CheckConstraint(condition=models.Q(id=ONLY), name="one_look_of_the_office")]

    def __str__(self) -> str:
        return self.name
