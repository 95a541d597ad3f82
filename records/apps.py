from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        from records import verbs
        from records.auditing import asking  # noqa: F401 - a kind of run

        verbs.declare(self.name, verbs.RECORDS)
