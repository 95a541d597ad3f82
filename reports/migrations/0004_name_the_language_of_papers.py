"""What was drawn so far was drawn for who asked for it; what is ready without it had no paper."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    kept, attachments = apps.get_model("reports", "KeptReport"), apps.get_model("records", "Attachment")
    paper = apps.get_model("reports", "Paper")
    rows = attachments.objects.filter(owner_kind="report").order_by("owner_id", "pk").distinct("owner_id")
    papers = dict(rows.values_list("owner_id", "pk"))
    ready = kept.objects.filter(table__isnull=False)
    for pk, language, zone in ready.values_list("pk", "asked_by__language", "asked_by__time_zone").iterator():
        if pk in papers:
            paper.objects.create(report_id=pk, language=language, time_zone=zone, attachment_id=papers[pk])
    ready.exclude(pk__in=list(papers)).update(paperless=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_keep_papers_by_language")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
