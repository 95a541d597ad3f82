from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationConfig(AppConfig):
    name = "organization"
    verbose_name = _("Organization")

    def ready(self) -> None:
        from organization import sign_in_log  # noqa: F401 - listens
        from organization.importing import run  # noqa: F401 - a kind of run
        from organization.verbs import VERBS
        from records.verbs import declare

        declare(self.name, VERBS)
