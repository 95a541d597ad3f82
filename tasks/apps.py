from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("Tasks")

    def ready(self) -> None:
        from core.subjects import Subject, register
        from organization.notice_kinds import register as register_kinds
        from records import finding
        from records.verbs import declare
        from tasks import receivers, recompute, reminders, search_index  # noqa: F401 - they register themselves
        from tasks.importing import run  # noqa: F401 - a kind of run
        from tasks.models import Task
        from tasks.notice_kinds import KINDS
        from tasks.rules import sees_content
        from tasks.search import TASKS
        from tasks.verbs import VERBS

        declare(self.name, VERBS)
        register_kinds(KINDS)
        finding.register(TASKS)
        register(
            Subject(
                kind="task",
                label=_("Task"),
                visible=lambda user: Task.objects.visible_to(user),
                url=lambda task: task.get_absolute_url(),
                icon="queue",
                title=lambda task, user: task.title if sees_content(user, task) else "",
            )
        )
