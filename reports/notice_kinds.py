"""What people are told about reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organization.notice_kinds import Kind, Mail

KINDS = (
    Kind(
        "schedule_parked",
        _("A schedule of reports is parked because it keeps failing"),
        _(
            "You get this because the schedule is yours, or you are an admin. "
            "Open it to see what went wrong, and start it again there."
        ),
        {
            "": _("Your schedule is parked: its report could not be made five times in a row, last on %(when)s"),
            "theirs": _(
                "A schedule of %(who)s is parked: its report could not be made five times in a row, last on %(when)s"
            ),
        },
        Mail.NOW,
    ),
)
