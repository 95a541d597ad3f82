"""What no password may be: made of the office's own words, or known from a breach (OWASP ASVS 5.0, 6.2.11, 6.2.12).

There are no rules about kinds of characters: length and being unknown are what counts (NIST SP 800-63B, 5.1.1.2).
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from organization.look import office_name

# What everybody would try first here; PASSWORD_WORDS adds to it, names are refused by Django's own validator.
OURS = ("backoffice", "office", "password", "passwort", "welcome", "login", "admin", "letmein", "secret")
SHORTEST_WORD, LEAST_LEFT = 4, 6


def words() -> set[str]:
    """The office's words: of the product, of its name and address, and those it added."""
    told = [office_name(), settings.OFFICE_NAME, urlsplit(settings.BASE_URL).hostname or "", *settings.PASSWORD_WORDS]
    parts = (part for text in told for part in re.split(r"[\W\d_]+", text.casefold()))
    return {*OURS, *(part for part in parts if len(part) >= SHORTEST_WORD)}


class OfficeWordsValidator:
    """Refuses what is little more than the office's words with digits and signs around them."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.casefold()
        for word in sorted(words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != password.casefold() and len(re.sub(r"[\W\d_]", "", rest)) < LEAST_LEFT:
            raise ValidationError(_("Anybody would try the name of the office first. Add other words."), code="office")

    def get_help_text(self) -> str:
        return _("It must not be made of the name of the office.")


class BreachedPasswordValidator:
    """Refuses what stands in the file BREACHED_PASSWORDS, if the office has one. Nothing is asked outside.

    The file has lines of the form SHA-1 in capitals, a colon and anything, sorted, as "Pwned Passwords" is given out;
    it is searched by halves, so its size does not matter.
    """

    def validate(self, password: str, user: Any = None) -> None:
        path = settings.BREACHED_PASSWORDS
        if path and stands_in(Path(path), hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()):
            raise ValidationError(_("This password is known from a breach elsewhere. Choose another."), code="breached")

    def get_help_text(self) -> str:
        return ""


def stands_in(path: Path, digest: str) -> bool:
    """Whether a line of the sorted file begins with `digest`. Raises OSError where there is no such file."""
    wanted = digest.encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:
            middle = (low + high) // 2
            place, line = _line_after(file, middle)
            if line and line[: len(wanted)] < wanted:
                low = place + len(line)
            else:
                high = middle
        _place, line = _line_after(file, low)
        return line[: len(wanted)] == wanted


def _line_after(file: BinaryIO, place: int) -> tuple[int, bytes]:
    """The first whole line that begins at `place` or later, and where."""
    if place:
        file.seek(place - 1)
        file.readline()
    else:
        file.seek(0)
    return file.tell(), file.readline()
