"""A row of a list: what is read of a task for it, and how it is written as HTML.

Lists are the pages people load all day. A row is therefore read as a plain tuple, and written by one format string
instead of thirty template variables (measured: half the time of the page). Quotes stand where a value may need them.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from organization.models import User
from tasks.models import Task


class Row(NamedTuple):
    """What a list shows of a task; the names are those of `Task`."""

    pk: int
    title: str
    state: str
    priority: int
    confidential: bool
    department_id: int
    assignee_id: int | None
    requester_id: int | None
    subject_kind: str
    subject_ref: str
    ready_at: dt.datetime | None
    due_at: dt.datetime
    due_is_date: bool
    urgent_at: dt.datetime
    waiting_since: dt.datetime | None
    waiting_until: dt.datetime | None
    waiting_kind: str
    waiting_reason: str
    submitted_at: dt.datetime | None
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    changed_at: dt.datetime
    procedure_id: int

    @property
    def reference(self) -> str:
        return f"T-{self.pk}"


def row_of(task: Task) -> Row:
    """The row of a task that is at hand."""
    return Row(*[getattr(task, name) for name in Row._fields])


@lru_cache(maxsize=1024)
def initials_of(name: str) -> str:
    """The initials of a person of that name."""
    return User(name=name).initials


class Drawn(NamedTuple):
    """The parts of a row as plain text; `clock` is safe HTML. Everything else is escaped when it is written."""

    pk: int
    title: str
    href: str
    chosen: bool
    mark: str
    mark_css: str
    word: str
    clock: str
    clock_css: str
    at: str
    when: str
    kind_icon: str
    kind: str
    about: str
    high: str
    end: str
    end_css: str
    who: str
    initials: str
    pick: bool


_ROW = (
    '<li class="row-t%(on)s" id="r%(pk)s" data-row%(oob)s>%(box)s'
    '<svg class="i%(mark_css)s" aria-hidden=true><use href="%(sprite)s#i-%(mark)s"/></svg>'
    "<div class=clip><span class=visually-hidden>%(word)s: </span>"
    '<a id="a%(pk)s" href="%(href)s" data-pane%(current)s>%(title)s</a></div>'
    '<time class="clock%(clock_css)s" datetime=%(at)s title="%(when)s">%(clock)s</time>'
    '<div class=sub><svg class=i aria-hidden=true><use href="%(sprite)s#i-%(kind_icon)s"/></svg>'
    "<span class=clip>%(kind)s</span><span class=ref>T-%(pk)s</span>%(about)s</div>"
    '<div class="sub num">%(tail)s</div></li>'
)
# The box belongs to the form of the bar (tasks/_bulk_bar.html), wherever that stands, and is called as its task is.
_BOX = "<input class=check type=checkbox name=task value=%(pk)s form=bulk aria-labelledby=a%(pk)s>"


def write(row: Drawn, sprite: str, *, oob: bool = False) -> SafeString:
    """The HTML of a row. `sprite` is the address of the icons; `oob` has htmx put it in the place of the old one."""
    tail = ""
    if row.high:
        icon = f'<svg class="i" aria-hidden="true"><use href="{sprite}#i-high"/></svg>'
        tail = f'<span class="mk high">{icon}{escape(row.high)}</span>'
    elif row.end:
        tail = f'<span class="clip {row.end_css}">{escape(row.end)}</span>'
    if row.initials:
        who = escape(row.who)
        tail += (
            f'<span class="av" title="{who}">{escape(row.initials)}<span class="visually-hidden"> {who}</span></span>'
        )
    html = _ROW % {
        "pk": row.pk,
        "box": _BOX % {"pk": row.pk} if row.pick else "",
        "on": " is-on" if row.chosen else "",
        "current": ' aria-current="true"' if row.chosen else "",
        "oob": ' hx-swap-oob="morph"' if oob else "",
        "sprite": sprite,
        "mark": row.mark,
        "mark_css": f" {row.mark_css}" if row.mark_css else "",
        "word": escape(row.word),
        "href": escape(row.href),
        "title": escape(row.title),
        "clock": row.clock,
        "clock_css": f" {row.clock_css}" if row.clock_css else "",
        "at": row.at,
        "when": escape(row.when),
        "kind_icon": row.kind_icon,
        "kind": escape(row.kind),
        "about": f"<span class=clip>{escape(row.about)}</span>" if row.about else "",
        "tail": tail,
    }
    return mark_safe(html)  # noqa: S308 - every text above was escaped
