from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from core.subjects import Subject, register
        from records.verbs import declare
        from reports import making  # noqa: F401 - a kind of run
        from reports.models import KeptReport
        from reports.verbs import VERBS

        declare(self.name, VERBS)
        register(
            Subject(
                kind="report",
                label=_("Report"),
                visible=lambda user: KeptReport.objects.visible_to(user),
                url=lambda report: report.get_absolute_url(),
                icon="chart",
            )
        )
