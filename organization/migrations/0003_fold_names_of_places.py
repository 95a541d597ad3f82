"""Sites, qualifications and calendars are found and sorted by folded names, like people and departments."""

from typing import Any

from django.db import migrations, models

from core.folding import fold

NAMED = ("Site", "Qualification", "OfficeCalendar")


def fill(apps: Any, schema_editor: Any) -> None:
    for name in NAMED:
        model = apps.get_model("organization", name)
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(folded_name=fold(row.name)[:130])


def ordered(name: str, one: str, many: str) -> migrations.AlterModelOptions:
    options = {"ordering": ["folded_name", "id"], "verbose_name": one, "verbose_name_plural": many}
    return migrations.AlterModelOptions(name=name, options=options)


class Migration(migrations.Migration):
    dependencies = [("organization", "0002_mark_stand_ins")]
    operations = [
        *[
            migrations.AddField(
                model_name=name.lower(),
                name="folded_name",
                field=models.CharField(default="", editable=False, max_length=130),
                preserve_default=False,
            )
            for name in NAMED
        ],
        migrations.RunPython(fill, migrations.RunPython.noop),
        ordered("site", "site", "sites"),
        ordered("qualification", "qualification", "qualifications"),
        ordered("officecalendar", "working calendar", "working calendars"),
    ]
