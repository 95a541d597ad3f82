"""The words of tasks for the search. What is there already is entered by a run: folding is Python's."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


def ask(apps, schema_editor):
    if apps.get_model("tasks", "Task").objects.exists():
        apps.get_model("records", "Run").objects.create(kind="tasks.index_search", parameters={}, request_id="")


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0007_arm_unfinished_work"),
        ("records", "0004_keep_headers_of_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="tasks.task",
                    ),
                ),
                ("department_id", models.BigIntegerField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["words"], name="search_words")
                ],
            },
        ),
        migrations.RunPython(ask, migrations.RunPython.noop, elidable=True),
    ]
