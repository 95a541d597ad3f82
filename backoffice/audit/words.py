"""Words for what an event is about and what was done to it, beyond the sentences of a task's own history."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from tasks.sentences import Sentence

KINDS: dict[str, Any] = {
    "task": _("task"),
    "site": _("site"),
    "department": _("department"),
    "person": _("person"),
    "membership": _("membership"),
    "absence": _("absence"),
    "calendar": _("calendar"),
    "qualification": _("qualification"),
    "holding": _("qualification of a person"),
    "alias": _("alias"),
    "look": _("look of the office"),
    "token": _("API token"),
    "procedure": _("procedure"),
    "label": _("label"),
    "view": _("shared view"),
    "import_file": _("file to be imported"),
    "import_mapping": _("saved choices of imports"),
    "report": _("report"),
    "schedule": _("schedule of a report"),
    "run": _("background run"),
    "event": _("event"),
    "outgoing": _("outgoing message"),
}
# What a change of these fields is called: by model, for the verbose names of their columns.
MODELS = {
    "task": "tasks.Task",
    "site": "organization.Site",
    "department": "organization.Department",
    "person": "organization.User",
    "membership": "organization.Membership",
    "absence": "organization.Absence",
    "calendar": "organization.OfficeCalendar",
    "qualification": "organization.Qualification",
    "holding": "organization.Holding",
    "look": "organization.Look",
    "token": "organization.ApiToken",
    "procedure": "tasks.Procedure",
    "label": "tasks.Label",
    "view": "tasks.SavedView",
    "import_file": "tasks.ImportFile",
    "import_mapping": "tasks.ImportMapping",
    "schedule": "reports.Schedule",
}
# What changed, where no column of the model has a name of its own for it.
FIELDS: dict[str, Any] = {
    "assignee_id": _("owner"),
    "attachment": _("attachment"),
    "claimed_at": _("taken at"),
    "closed_at": _("finished at"),
    "comment": _("comment"),
    "created_at": _("created at"),
    "done": _("marked as done"),
    "due_from_target": _("due by the target"),
    "due_is_date": _("due on a day"),
    "ended": _("stopped because"),
    "external_source": _("external source"),
    "first_started_at": _("first begun at"),
    "for_requester": _("seen by the requester"),
    "instruction": _("instruction"),
    "joined_at": _("here since"),
    "kind": _("kind"),
    "key": _("field name"),
    "line": _("line"),
    "lineage": _("part of"),
    "name": _("name"),
    "override": _("passed over"),
    "parameters": _("what is asked"),
    "position": _("place among them"),
    "query": _("address of the list"),
    "reason": _("reason"),
    "remaining_minutes": _("minutes still to do"),
    "report": _("report"),
    "revoked_at": _("revoked at"),
    "start_by": _("start by"),
    "started_at": _("begun at"),
    "step": _("step"),
    "subject_kind": _("kind of what it is about"),
    "submitted_at": _("in review since"),
    "urgent_at": _("urgent at"),
    "value": _("value"),
    "version": _("version"),
    "waiting_kind": _("waits for"),
    "waiting_reason": _("waits because"),
    "waiting_since": _("waits since"),
    "waiting_until": _("waits until"),
}
# {what} is the kind and the name or number of the subject.
ELSEWHERE = {
    "add": Sentence(_("You added: {what}"), _("{who} added: {what}"), "", _("Added: {what}")),
    "change": Sentence(_("You changed: {what}"), _("{who} changed: {what}"), "", _("Changed: {what}")),
    "withdraw": Sentence(_("You took back: {what}"), _("{who} took back: {what}"), "", _("Taken back: {what}")),
    "set_hours": Sentence(_("You set the hours of: {what}"), _("{who} set the hours of: {what}")),
    "set_links": Sentence(_("You set who may do it: {what}"), _("{who} set who may do it: {what}")),
    "end_sessions": Sentence(
        _("You signed out everywhere: {what}"),
        _("{who} signed out everywhere: {what}"),
        "",
        _("Signed out everywhere: {what}"),
    ),
    "revoke": Sentence(_("You ended: {what}"), _("{who} ended: {what}"), "", _("Ended: {what}")),
    "draft": Sentence(_("You began a draft: {what}"), _("{who} began a draft: {what}")),
    "edit_draft": Sentence(_("You wrote the draft: {what}"), _("{who} wrote the draft: {what}")),
    "publish": Sentence(_("You published: {what}"), _("{who} published: {what}")),
    "erase": Sentence(_("You erased what an entry said: {what}"), _("{who} erased what an entry said: {what}")),
    "retry": Sentence(_("You tried again: {what}"), _("{who} tried again: {what}")),
    "correct_reject": Sentence(_("You put a row right: {what}"), _("{who} put a row right: {what}")),
    "leave_out": Sentence(_("You left out a row: {what}"), _("{who} left out a row: {what}")),
    "bring_back": Sentence(_("You brought back a row: {what}"), _("{who} brought back a row: {what}")),
    "export": Sentence(_("You exported events: {what}"), _("{who} exported events: {what}")),
    "verify": Sentence(_("You had the chain verified: {what}"), _("{who} had the chain verified: {what}")),
    "ask_report": Sentence(_("You asked for: {what}"), _("{who} asked for: {what}"), "", _("Asked for: {what}")),
    "ask_paper": Sentence(_("You had the PDF made: {what}"), _("{who} had the PDF made: {what}")),
    "forget": Sentence(_("You removed: {what}"), _("{who} removed: {what}"), "", _("Removed: {what}")),
    "stop": Sentence(_("You stopped: {what}"), _("{who} stopped: {what}"), "", _("Stopped: {what}")),
    "park": Sentence(_("You parked: {what}"), _("{who} parked: {what}"), "", _("Parked: {what}")),
    "start_again": Sentence(_("You started again: {what}"), _("{who} started again: {what}")),
    "leave": Sentence(_("You left: {what}"), _("{who} left: {what}")),
    "rate": Sentence(_("You rated: {what}"), _("{who} rated: {what}")),
}
PLAIN = Sentence(_("You: {verb}, {what}"), _("{who}: {verb}, {what}"), "", _("{verb}: {what}"))


def sentence_of(verb: str) -> Sentence:
    """The sentence for something done to anything but a task."""
    return ELSEWHERE.get(verb, PLAIN)


def field_label(kind: str, name: str) -> str:
    """What a column is called where it is shown, its own name where it has none."""
    if name in FIELDS:
        return str(FIELDS[name])
    model = apps.get_model(MODELS[kind]) if kind in MODELS else None
    plain = name.removesuffix("_id")
    for field in model._meta.get_fields() if model else ():
        if field.name in {name, plain} and hasattr(field, "verbose_name"):
            return str(field.verbose_name)
    return plain.replace("_", " ")
