from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        from records import verbs

        verbs.declare(self.name, verbs.RECORDS)
