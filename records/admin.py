"""What the office keeps, to be looked at by admins: runs, rows kept aside, messages, history. Nothing is changed here
but that parked work is tried again, by its verb.

Content stays closed: no text of messages (they may hold a sign-in link), no payload of events about tasks (they may
be confidential; the task's own page shows them to whoever may see them).
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from records import outgoing, runs
from records.models import Event, Outgoing, Run, RunReject
from records.set_up import ReadOnlyAdmin, each_by_verb

TRIED_AGAIN = ngettext_lazy("%(count)d will be tried again.", "%(count)d will be tried again.", "count")


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "done", "total", "asked_by", "created_at", "finished_at")
    list_select_related = ("asked_by",)
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ()
    actions = ("retry",)

    @admin.action(description=_("Try again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put parked and failed runs back to the queue."""
        each_by_verb(self, request, queryset, lambda row: runs.retry(row, actor=request.user), TRIED_AGAIN)


@admin.register(RunReject)
class RunRejectAdmin(ReadOnlyAdmin):
    list_display = ("id", "run", "line", "column", "reason", "settled_at")
    list_select_related = ("run",)
    search_fields = ("=run__id",)
    search_help_text = _("Number of the run")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(Outgoing)
class OutgoingAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "to", "subject", "state", "attempts", "due_at", "sent_at")
    list_filter = ("state",)
    search_fields = ("=to",)
    search_help_text = _("The whole address")
    ordering = ("-id",)
    sortable_by = ()
    exclude = ("text",)
    actions = ("retry",)

    @admin.action(description=_("Try again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Send what was given up."""
        each_by_verb(self, request, queryset, lambda row: outgoing.retry(row, actor=request.user), TRIED_AGAIN)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "occurred_at", "actor", "origin", "verb", "subject_kind", "subject_id", "to_state")
    list_select_related = ("actor",)
    search_fields = ("=task_id", "=id")
    search_help_text = _("Number of the task or of the event")
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        ("occurred_at", "recorded_at"),
        ("actor", "on_behalf_of"),
        "origin",
        "verb",
        ("subject_kind", "subject_id"),
        ("task_id", "department_id"),
        ("from_state", "to_state"),
        "reverses",
        "content",
    )
    readonly_fields = ("content",)

    @admin.display(description=_("what changed"))
    def content(self, event: Event) -> str:
        """The payload of what is not about a task, as JSON."""
        if event.task_id:
            return str(_("Shown on the page of the task."))
        payload = getattr(event, "payload", None)
        return json.dumps(payload.body, indent=1, ensure_ascii=False) if payload else "–"
