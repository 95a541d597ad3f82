"""Rows that an import kept aside, put right in a file and brought again: what the pages of all imports share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.refusals import Refused
from organization.forms_importing import CorrectedForm
from organization.views.frame import saved
from records import files
from records.rejects import Corrections

SHOWN = 20  # lines of the file that could not be used


def take(form: CorrectedForm, correct: Callable[[Any], Corrections]) -> Corrections | None:
    """Have the rows of the form's file put right by `correct`. None where nothing was; the form says why, then."""
    if not form.is_valid():
        return None
    upload = form.cleaned_data["file"]
    try:
        files.check_size(upload)
        used = correct(upload)
    except Refused as refused:
        form.said_no(refused)
        return None
    if used.changed:
        return used
    nothing = [_("Nothing in it differs from what is here. Put its rows right, then choose it again.")]
    for sentence in used.problems[:SHOWN] or nothing:
        form.add_error("file", sentence)
    return None


def answer(request: HttpRequest, used: Corrections, page: str) -> HttpResponse | None:
    """Back to the page of the import; None where lines of the file could not be used, which it must tell."""
    return None if used.problems else saved(request, words_of(used), page)


def words_of(used: Corrections) -> str:
    """How many rows were put right."""
    words = ngettext(
        "%(rows)s row is put right. Run the rows aside again to bring it in.",
        "%(rows)s rows are put right. Run the rows aside again to bring them in.",
        used.changed,
    )
    return words % {"rows": used.changed}


def context_of(form: CorrectedForm, used: Corrections | None) -> dict[str, Any]:
    """For `set_up/_corrected.html` and `set_up/_corrected_said.html`."""
    context: dict[str, Any] = {"corrected": form}
    if used:
        left = len(used.problems) - SHOWN
        context |= {"used": words_of(used), "unused": used.problems[:SHOWN], "unused_more": max(left, 0)}
    return context
