"""The sentences of a task's history: for each verb what I did, what somebody did, and what the clock did."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Sentence:
    """`mine` and `others` are patterns for format_html; `clock` is told when nobody did it; `name` is the noun."""

    mine: str | Promise
    others: str | Promise
    name: str | Promise = ""
    clock: str | Promise = ""

    def pattern(self, *, mine: bool, by_clock: bool) -> str | Promise:
        if by_clock:
            return self.clock or self.others
        return self.mine if mine else self.others


SENTENCES = {
    "open": Sentence(_("You opened it"), _("{who} opened it"), _("opening it"), _("It was opened")),
    "become_ready": Sentence(
        _("You opened it to the queue"), _("{who} opened it to the queue"), "", _("Its day came: it is open now")
    ),
    "claim": Sentence(_("You claimed it"), _("{who} claimed it"), _("the claim")),
    "start": Sentence(_("You started it"), _("{who} started it"), _("the start")),
    "next": Sentence(_("You took it with <b>Take next</b>"), _("{who} took it with <b>Take next</b>"), _("taking it")),
    "release": Sentence(_("You released it"), _("{who} released it"), _("the release"), _("It was released")),
    "assign": Sentence(
        _("You gave it to <b>{to}</b>"),
        _("{who} gave it to <b>{to}</b>"),
        _("the assignment"),
        _("It was given to <b>{to}</b>"),
    ),
    "take_over": Sentence(_("You took it over"), _("{who} took it over"), _("the take-over")),
    "wait": Sentence(_("You let it wait"), _("{who} lets it wait"), _("the wait"), _("It waits")),
    "resume": Sentence(
        _("You resumed it"), _("{who} resumed it"), _("the resumption"), _("Its time came: it waits no longer")
    ),
    "mark_step": Sentence(_("You {mark} “{step}”"), _("{who} {mark} “{step}”"), _("the mark")),
    "submit": Sentence(_("You gave it to review"), _("{who} gave it to review"), _("the submission")),
    "approve": Sentence(_("You approved it"), _("{who} approved it"), _("the approval")),
    "send_back": Sentence(_("You sent it back"), _("{who} sent it back"), _("sending it back")),
    "complete": Sentence(_("You completed it"), _("{who} completed it"), _("the completion"), _("It was completed")),
    "undo": Sentence(_("You took back {undone}"), _("{who} took back {undone}"), _("the undo")),
    "cancel": Sentence(_("You cancelled it"), _("{who} cancelled it"), _("the cancellation"), _("It was cancelled")),
    "reopen": Sentence(_("You reopened it"), _("{who} reopened it"), _("the reopening"), _("It was reopened")),
    "hand_off": Sentence(
        _("You handed it off to <b>{department}</b>"),
        _("{who} handed it off to <b>{department}</b>"),
        _("the hand-off"),
        _("It was handed off to <b>{department}</b>"),
    ),
    "edit": Sentence(_("You changed {fields}"), _("{who} changed {fields}"), _("the edit"), _("Changed: {fields}")),
    "comment": Sentence(_("You"), _("{who}"), _("the comment")),
    "attach": Sentence(_("You attached {name}"), _("{who} attached {name}"), _("the file"), _("{name} was attached")),
    "escalate": Sentence(
        _("You raised its priority"), _("{who} raised its priority"), "", _("Its clock raised the priority")
    ),
    "recompute": Sentence(
        _("You changed its clock"),
        _("Its clock was computed anew after a change by {who}"),
        "",
        _("Its clock was computed anew"),
    ),
    "break_glass": Sentence(
        _("You opened it to read it, though it is confidential"),
        _("{who}, an admin, opened it to read it, though it is confidential"),
        _("the opening of a confidential task"),
    ),
    "rate": Sentence(_("You rated it"), _("{who} rated it"), _("the rating")),
    "erase": Sentence(_("You erased what an entry said"), _("{who} erased what an entry said")),
}
ICONS = {
    "open": "plus",
    "become_ready": "clock",
    "claim": "hand",
    "start": "s-prog",
    "next": "queue",
    "release": "undo",
    "assign": "person",
    "take_over": "swap",
    "wait": "s-wait",
    "resume": "s-prog",
    "mark_step": "tick",
    "submit": "eye",
    "approve": "s-done",
    "send_back": "back",
    "complete": "s-done",
    "undo": "undo",
    "cancel": "x",
    "reopen": "repeat",
    "hand_off": "swap",
    "edit": "file",
    "attach": "clip",
    "escalate": "high",
    "recompute": "clock",
    "erase": "shield",
    "break_glass": "shield",
}
