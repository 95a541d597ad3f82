"""What people are told about tasks. What is mine or urgent is mailed at once, the rest in the morning."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organization.notice_kinds import Kind, Mail

KINDS = (
    Kind(
        "assigned",
        _("Work is given to me"),
        _("You get this because it is yours now."),
        {"": _("%(who)s gave %(reference)s to you")},
        Mail.NOW,
    ),
    Kind(
        "sent_back",
        _("My work is sent back from review"),
        _("You get this because you did the work."),
        {"": _("%(who)s sent %(reference)s back to you")},
        Mail.NOW,
    ),
    Kind(
        "mentioned",
        _("Somebody mentions me"),
        _("You get this because you are named in a comment."),
        {"": _("%(who)s mentioned you on %(reference)s")},
        Mail.NOW,
    ),
    Kind(
        "commented",
        _("Somebody comments on my work"),
        _("You get this because the task is yours."),
        {"": _("%(who)s commented on %(reference)s")},
        Mail.NOW,
    ),
    Kind(
        "changed",
        _("Somebody else changes my work, or takes it from me"),
        _("You get this because the task is yours, or was."),
        {
            "": _("%(who)s changed %(reference)s, which is yours"),
            "taken": _("%(reference)s is no longer yours: %(who)s moved it on"),
            "complete": _("%(who)s completed %(reference)s, which was yours"),
            "approve": _("%(who)s approved %(reference)s, which you did"),
            "cancel": _("%(who)s cancelled %(reference)s, which was yours"),
            "reopen": _("%(who)s reopened %(reference)s"),
            "wait": _("%(who)s put %(reference)s aside, which is yours"),
            "resume": _("%(reference)s goes on and is yours"),
            "become_ready": _("The time of %(reference)s has come, and it is yours"),
        },
    ),
    Kind(
        "due_soon",
        _("My work is due soon"),
        _("You get this because the task is yours and its due time is near."),
        {"": _("%(reference)s is due on %(when)s")},
        Mail.NOW,
    ),
    Kind(
        "start_by",
        _("I should have begun"),
        _("You get this because the task is yours and its standard time no longer fits before it is due."),
        {"": _("%(reference)s should have been begun by %(when)s")},
        Mail.NOW,
    ),
    Kind(
        "overdue",
        _("My work is overdue"),
        _("You get this because the task is yours and its due time is over."),
        {"": _("%(reference)s was due on %(when)s")},
        Mail.NOW,
    ),
    Kind(
        "overdue_here",
        _("Work of my department is overdue and nobody does it"),
        _("You get this because you manage the department."),
        {
            "": _("%(reference)s was due on %(when)s"),
            "free": _("%(reference)s was due on %(when)s, and nobody has it"),
            "theirs": _("%(reference)s was due on %(when)s, and is still in review"),
        },
    ),
    Kind(
        "escalated",
        _("Work is long overdue"),
        _("You get this because the task is yours, or you manage its department."),
        {
            "": _("%(reference)s, which is yours, was due on %(when)s: its priority rises, your manager is told"),
            "free": _("%(reference)s was due on %(when)s and nobody has it: its priority rises"),
            "theirs": _("%(reference)s was due on %(when)s and is not done: its priority rises"),
        },
        Mail.NOW,
    ),
    Kind(
        "glass",
        _("An admin opens confidential work of mine or of my department"),
        _("You get this because the task is yours, or you manage its department."),
        {"": _("%(who)s opened %(reference)s, which is confidential, to read it; the reason stands in its history")},
        Mail.NOW,
    ),
    Kind(
        "answered",
        _("What I asked for is answered or done"),
        _("You get this because you asked for it."),
        {
            "": _("%(who)s wrote to you on %(reference)s"),
            "complete": _("%(reference)s, which you asked for, is done"),
            "approve": _("%(reference)s, which you asked for, is done"),
            "cancel": _("%(who)s cancelled %(reference)s, which you asked for"),
            "wait": _("%(reference)s waits for your answer"),
        },
        Mail.NOW,
    ),
    Kind(
        "watched",
        _("Something happens to work I watch"),
        _("You get this because you watch it."),
        {
            "": _("%(who)s changed %(reference)s"),
            "comment": _("%(who)s commented on %(reference)s"),
            "complete": _("%(reference)s is done"),
            "approve": _("%(reference)s is done"),
            "cancel": _("%(who)s cancelled %(reference)s"),
            "reopen": _("%(who)s reopened %(reference)s"),
            "hand_off": _("%(who)s handed %(reference)s off"),
            "assign": _("%(who)s gave %(reference)s to somebody"),
            "wait": _("%(reference)s waits"),
            "resume": _("%(reference)s goes on"),
            "submit": _("%(reference)s is in review"),
        },
    ),
)
