"""Work that was there before there were reminders gets its alarms by a run: they need working time, which SQL has not."""

from django.db import migrations

UNFINISHED = ["planned", "open", "in_progress", "waiting", "in_review"]


def ask(apps, schema_editor):
    if apps.get_model("tasks", "Task").objects.filter(state__in=UNFINISHED).exists():
        apps.get_model("records", "Run").objects.create(kind="tasks.rearm", parameters={}, request_id="")


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0006_remind_and_watch"),
        ("records", "0004_keep_headers_of_mail"),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop, elidable=True)]
