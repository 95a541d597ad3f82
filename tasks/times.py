"""How working time is said to people."""

from __future__ import annotations

from django.utils.translation import gettext as _

LONG = 16 * 60  # working minutes; beyond it a date says more than hours
LATE = 80 * 60  # working minutes; later than that, too


def span(minutes: int) -> str:
    """A span of working minutes: 45 min, 2 h 10, 34 h."""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if abs(minutes) >= LONG or not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}
