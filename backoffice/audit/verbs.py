"""The verbs of history as people read them; programs read their names, which are the same in every language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

WORDS: dict[str, Any] = {
    "open": pgettext_lazy("verb of history", "open"),
    "become_ready": pgettext_lazy("verb of history", "become ready"),
    "claim": pgettext_lazy("verb of history", "claim"),
    "start": pgettext_lazy("verb of history", "start"),
    "next": pgettext_lazy("verb of history", "next"),
    "release": pgettext_lazy("verb of history", "release"),
    "assign": pgettext_lazy("verb of history", "assign"),
    "take_over": pgettext_lazy("verb of history", "take over"),
    "wait": pgettext_lazy("verb of history", "wait"),
    "resume": pgettext_lazy("verb of history", "resume"),
    "mark_step": pgettext_lazy("verb of history", "mark step"),
    "submit": pgettext_lazy("verb of history", "submit"),
    "approve": pgettext_lazy("verb of history", "approve"),
    "send_back": pgettext_lazy("verb of history", "send back"),
    "complete": pgettext_lazy("verb of history", "complete"),
    "break_glass": pgettext_lazy("verb of history", "open confidential work"),
    "cancel": pgettext_lazy("verb of history", "cancel"),
    "reopen": pgettext_lazy("verb of history", "reopen"),
    "hand_off": pgettext_lazy("verb of history", "hand off"),
    "edit": pgettext_lazy("verb of history", "edit"),
    "recompute": pgettext_lazy("verb of history", "recompute"),
    "escalate": pgettext_lazy("verb of history", "escalate"),
    "comment": pgettext_lazy("verb of history", "comment"),
    "attach": pgettext_lazy("verb of history", "attach"),
    "rate": pgettext_lazy("verb of history", "rate"),
    "undo": pgettext_lazy("verb of history", "undo"),
    "add": pgettext_lazy("verb of history", "add"),
    "change": pgettext_lazy("verb of history", "change"),
    "withdraw": pgettext_lazy("verb of history", "withdraw"),
    "set_hours": pgettext_lazy("verb of history", "set hours"),
    "set_links": pgettext_lazy("verb of history", "set links"),
    "draft": pgettext_lazy("verb of history", "draft"),
    "edit_draft": pgettext_lazy("verb of history", "edit draft"),
    "publish": pgettext_lazy("verb of history", "publish"),
    "invite": pgettext_lazy("verb of history", "invite"),
    "accept": pgettext_lazy("verb of history", "accept"),
    "revoke": pgettext_lazy("verb of history", "revoke"),
    "end_sessions": pgettext_lazy("verb of history", "sign out everywhere"),
    "erase": pgettext_lazy("verb of history", "erase"),
    "retry": pgettext_lazy("verb of history", "retry"),
    "export": pgettext_lazy("verb of history", "export"),
    "verify": pgettext_lazy("verb of history", "verify"),
    "correct_reject": pgettext_lazy("verb of history", "correct reject"),
    "leave_out": pgettext_lazy("verb of history", "leave out"),
    "bring_back": pgettext_lazy("verb of history", "bring back"),
    "ask_report": pgettext_lazy("verb of history", "ask report"),
    "ask_paper": pgettext_lazy("verb of history", "ask paper"),
    "forget": pgettext_lazy("verb of history", "forget"),
    "stop": pgettext_lazy("verb of history", "stop"),
    "park": pgettext_lazy("verb of history", "park"),
    "start_again": pgettext_lazy("verb of history", "start again"),
    "leave": pgettext_lazy("verb of history", "leave"),
}


def words_of(verb: str) -> str:
    """A verb in the reader's language: "hand off"; its name where it has no words."""
    return str(WORDS.get(verb) or verb.replace("_", " "))
