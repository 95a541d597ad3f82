"""Where in the office a request of htmx comes from: a list with a task beside it, or the page of a task."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from organization.models import User
from tasks import filters
from tasks.models import Task
from tasks.names import Names
from tasks.presenting import Presenter
from tasks.rows import row_of


class Place:
    """Where the person is: in a list (`query` says which, `shown` the task beside it) or on the page of a task."""

    def __init__(self, request: HttpRequest) -> None:
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        self.in_list = parts.path == reverse("tasks:queue")
        self.address = filters.read(QueryDict(parts.query)) if self.in_list else filters.Address()
        self.shown = (parse_qs(parts.query).get("task") or [""])[0].upper() if self.in_list else ""
        self.url = f"{parts.path}?{parts.query}" if self.in_list else ""

    def around(self) -> dict[str, Any]:
        """What the pane of a task needs to know of its place."""
        url = reverse("tasks:queue") + self.address.query()
        return {"alone": not self.in_list, "back": self.url, "list_url": url}

    def row(self, task: Task, user: User) -> SafeString:
        """The row of a task in this list, to be put in the place of the old one."""
        known = {("procedure", task.procedure_id): task.procedure.name}
        if task.assignee:
            known["person", task.assignee.pk] = task.assignee.name
        names = Names(known)
        names.keep(task.department)
        presenter = Presenter(user, names, picks=self.address.scope != "asked")
        query = self.address.query()
        join = f"{query}&" if query else "?"
        wide = self.address.scope != "mine" and len(user.standing.departments) > 1
        chosen = self.shown in {"", task.reference}
        href = f"{join}task={task.reference}"
        return presenter.row(row_of(task), href=href, chosen=chosen, with_department=wide, oob=True)
