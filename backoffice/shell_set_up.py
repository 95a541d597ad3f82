"""The way around the set-up: its pages in groups, for the side of every page there and for its front page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class SetUpEntry:
    """A page of the set-up; `words` say what it is for. It is current below its address."""

    view: str
    label: Any
    words: Any


@dataclass(frozen=True)
class SetUpPlace:
    """An entry as it stands on this page."""

    href: str
    label: Any
    words: Any
    current: str


GROUPS: tuple[tuple[Any, tuple[SetUpEntry, ...]], ...] = (
    (
        _("Places"),
        (
            SetUpEntry("set_up:sites", _("Sites"), _("Where people work: time zone and public holidays.")),
            SetUpEntry("set_up:calendars", _("Calendars"), _("Working hours, closures, public holidays.")),
            SetUpEntry("set_up:departments", _("Departments"), _("Who does which work, and what is part of what.")),
        ),
    ),
    (
        _("People"),
        (
            SetUpEntry(
                "set_up:people", _("People"), _("Who they are, where they work, what they hold, when they are away.")
            ),
            SetUpEntry(
                "set_up:import",
                _("Import from CSV"),
                _("People and departments from a file, with a preview of what would change."),
            ),
            SetUpEntry("set_up:qualifications", _("Qualifications"), _("What procedures ask for and people hold.")),
        ),
    ),
    (
        _("Work"),
        (
            SetUpEntry("set_up:procedures", _("Procedures"), _("How work is done: steps, time, who may do it.")),
            SetUpEntry("set_up:labels", _("Labels"), _("Words that tasks are marked with.")),
            SetUpEntry("set_up:shared_views", _("Shared views"), _("Lists that departments keep under a name.")),
            SetUpEntry(
                "set_up:task_imports",
                _("Import of tasks"),
                _("Work from CSV and XLSX files, open or with its history."),
            ),
        ),
    ),
    (
        _("Office"),
        (
            SetUpEntry("set_up:look", _("Look of the office"), _("Its name, its logo, its colour.")),
            SetUpEntry("set_up:mail", _("Outgoing mail"), _("Where it goes, what failed, a test.")),
            SetUpEntry("set_up:runs", _("Background runs"), _("Long work: how far it is, what failed, try it again.")),
            SetUpEntry("set_up:aliases", _("Names in imports"), _("What other systems call people and departments.")),
        ),
    ),
)
