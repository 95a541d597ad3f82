"""What people write into the cells of a file, understood."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from core.folding import fold
from organization.importing.sheets import DAYS, Cells
from organization.models.departments import Role

FULL_TIME = [480] * 5 + [0, 0]
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", ""}


def yes(cells: Cells, key: str) -> bool:
    """Yes or no; anything else is a fault, and no."""
    word = fold(cells.text(key))
    if word not in YES | NO:
        cells.wrong(key, _("“%(text)s” is neither. Write yes or no.") % {"text": cells.text(key)[:40]})
    return word in YES


def codes(cells: Cells) -> list[str]:
    """Codes of departments, each once, in the order they are written."""
    return list(dict.fromkeys(one.upper() for one in re.split(r"[\s,;/|]+", cells.text("departments")) if one))


def roles(cells: Cells, count: int) -> list[str]:
    """A role for each of `count` departments; none where the file does not say. Another, or too many, are faults."""
    found = [fold(one) for one in re.split(r"[\s,;/|]+", cells.text("role")) if one]
    wrong = [one for one in found if one not in Role.values]
    for one in wrong:
        cells.wrong("role", _("“%(text)s” is no role. Write assistant or manager.") % {"text": one[:40]})
    if len(found) > 1 and len(found) != count:
        told = _("There are %(roles)s roles for %(departments)s departments. Write one, or one for each.")
        cells.wrong("role", told % {"roles": len(found), "departments": count})
        return []
    if wrong:
        return []
    return found * count if len(found) == 1 else found


def language(cells: Cells) -> str:
    """The code of a language by its code or English name, "" where the file does not say; others are a fault."""
    text = cells.text("language")
    known = {fold(word): code for code, _name in settings.LANGUAGES for word in (code, LANG_INFO[code]["name"])}
    if text and fold(text) not in known:
        told = _("“%(text)s” is not one of the languages here: %(known)s.")
        cells.wrong("language", told % {"text": text[:40], "known": ", ".join(dict(settings.LANGUAGES))})
    return known.get(fold(text), "")


def minutes(cells: Cells) -> list[int] | None:
    """Minutes for Monday to Sunday, None where the file does not say. What is no time of a day is a fault."""
    days = [cells.text(day) for day in DAYS]
    if any(days):
        return [_minutes(cells, day, text or "0") for day, text in zip(DAYS, days, strict=True)]
    text = cells.text("minutes")
    if not text:
        return None
    if fold(text).replace("-", "").replace(" ", "") in {"full", "fulltime"}:
        return list(FULL_TIME)
    found = [_minutes(cells, "minutes", one) for one in re.split(r"[\s,;/|]+", text) if one]
    if len(found) not in {1, 5, 7}:
        told = _("These are %(count)s numbers. Write full time, or one, five or seven.") % {"count": len(found)}
        cells.wrong("minutes", told)
        return None
    return (found * 5 if len(found) == 1 else found) + [0, 0] if len(found) < 7 else found


def _minutes(cells: Cells, key: str, text: str) -> int:
    clock = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text)
    number = int(clock[1]) * 60 + int(clock[2]) if clock else int(text) if re.fullmatch(r"[0-9]{1,4}", text) else -1
    if not 0 <= number <= 1440:
        cells.wrong(key, _("“%(text)s” is no time of a day. Write minutes, up to 1440.") % {"text": text[:40]})
        return 0
    return number


@dataclass(frozen=True)
class Held:
    """A qualification by its folded name; `level` and the days are None where the file does not say."""

    name: str
    folded: str
    level: int | None
    first: dt.date | None
    last: dt.date | None


def qualifications(cells: Cells) -> list[Held]:
    """What the file says somebody holds. What cannot be read, and what stands there twice, is a fault and left out."""
    found: dict[str, Held] = {}
    for part in re.split(r"[;|]", cells.text("qualifications")):
        if not part.strip():
            continue
        name, level, days = (*(one.strip() for one in part.split(":", 2)), "", "")[:3]
        first, _slash, last = days.rpartition("/")
        held = Held(name, fold(name), _level(cells, level), _day(cells, first), _day(cells, last))
        if not held.folded or held.folded in found:
            cells.wrong("qualifications", _("“%(text)s” stands there twice.") % {"text": name[:80]})
            continue
        found[held.folded] = held
    return list(found.values())


def _level(cells: Cells, text: str) -> int | None:
    if text and not re.fullmatch(r"[0-9]{1,2}", text):
        told = _("“%(text)s” is no level. Write it as Name:level:last day, such as Diving:2:2030-12-31.")
        cells.wrong("qualifications", told % {"text": text[:40]})
        return None
    return int(text) if text else None


def _day(cells: Cells, text: str) -> dt.date | None:
    if not text.strip():
        return None
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        day = dt.date.min
    if not 1900 <= day.year < 2200:
        told = _("“%(text)s” is no day. Write it like 2030-12-31.") % {"text": text[:40]}
        cells.wrong("qualifications", told)
        return None
    return day
