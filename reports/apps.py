from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from core.subjects import Subject, register
        from organization.notice_kinds import register as register_kinds
        from records.verbs import declare
        from reports import making  # noqa: F401 - a kind of run
        from reports.models import KeptReport, Schedule
        from reports.notice_kinds import KINDS
        from reports.verbs import VERBS

        declare(self.name, VERBS)
        register_kinds(KINDS)
        register(
            Subject(
                kind="report",
                label=_("Report"),
                visible=lambda user: KeptReport.objects.visible_to(user),
                url=lambda report: report.get_absolute_url(),
                icon="chart",
            )
        )
        register(
            Subject(
                kind="schedule",
                label=_("Report schedule"),
                visible=lambda user: Schedule.objects.visible_to(user),
                url=lambda schedule: schedule.get_absolute_url(),
                icon="repeat",
            )
        )
