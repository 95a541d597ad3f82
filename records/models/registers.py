"""Gap-free numbers of registers, and the signs of life of the background processes."""

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """Last number given out per register, department and year. Numbers are voided, never deleted."""

    register = models.CharField(_("register"), max_length=24)
    department_id = models.BigIntegerField()
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "department_id", "year"], name="one_counter_per_register")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.department_id} {self.year}: {self.last}"

    @classmethod
    def allocate(cls, *, register: str, department_id: int, year: int) -> int:
        """The next number, gap-free: locked until the caller's transaction ends and gone with its rollback.

        `year` is the year in the department's zone. Raises RuntimeError outside a transaction.
        """
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("A register number is allocated inside the registering transaction.")
        cls.objects.bulk_create([cls(register=register, department_id=department_id, year=year)], ignore_conflicts=True)
        row = cls.objects.select_for_update().get(register=register, department_id=department_id, year=year)
        row.last += 1
        row.save(update_fields=["last"])
        return row.last


class Heartbeat(models.Model):
    """When a background process last did something."""

    name = models.CharField(max_length=24, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
