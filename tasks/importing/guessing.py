"""What the columns of a file may mean, by their names; somebody looks at it before anything comes in.

Names are those that offices use in English, German, French and Dutch, and those of event logs (IEEE 1849, XES).
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.text import slugify

from core.folding import fold

NAMES: dict[str, tuple[str, ...]] = {
    "external_reference": (
        "concept:instance", "external reference", "id", "reference", "ref", "number", "no", "nr", "key", "ticket",
        "task id", "task number", "aufgabennummer", "nummer", "kennung", "numero", "kenmerk",
    ),
    "title": (
        "concept:name", "title", "subject", "summary", "name", "activity", "task", "what", "titel", "betreff",
        "aufgabe", "bezeichnung", "titre", "objet", "onderwerp",
    ),
    "procedure": (
        "procedure", "process", "type", "kind", "category", "activity", "concept:name", "verfahren", "vorgang", "art",
        "type de demande", "soort",
    ),
    "department": (
        "org:group", "department", "where", "group", "team", "unit", "office", "abteilung", "gruppe", "stelle",
        "service", "departement", "afdeling",
    ),
    "person": (
        "org:resource", "person", "assignee", "owner", "done by", "employee", "worker", "resource", "user", "who",
        "bearbeiter", "bearbeiterin", "mitarbeiter", "agent", "personne", "medewerker",
    ),
    "opened_at": (
        "case:startdate", "opened at", "opened", "created at", "created", "received", "start", "start date", "from",
        "eroffnet", "eingang", "erstellt", "recu le", "ouvert", "ontvangen",
    ),
    "done_at": (
        "time:timestamp", "done at", "done", "completed at", "completed", "closed at", "closed", "finished", "end",
        "end date", "until", "erledigt", "abgeschlossen", "termine", "clos", "gereed",
    ),
    "due_at": (
        "case:deadline", "due at", "due", "due date", "deadline", "frist", "fallig", "echeance", "termijn",
    ),
    "subject_reference": (
        "case:concept:name", "subject reference", "case", "case id", "file number", "aktenzeichen", "dossier", "zaak",
    ),
    "text": ("text", "description", "details", "notes", "note", "comment", "beschreibung", "bemerkung", "remarque"),
    "labels": ("case:channel", "labels", "label", "tags", "tag", "channel", "schlagwort", "etiquette", "kanal"),
}  # fmt: skip
SHARED = {"procedure"}  # may be a column that means something else too


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(name)).strip()


def guess(columns: list[str], *, name: str, site: str, zone: str) -> dict[str, Any]:
    """A mapping of the columns whose names say what they are; keys that nobody can guess are left out.

    `name` is that of the file, `site` and `zone` what is likely here.
    """
    plain = {_plain(column): column for column in reversed(columns)}
    taken: set[str] = set()
    found: dict[str, Any] = {"source": slugify(fold(name.rpartition(".")[0] or name))[:60] or "file"}
    for key, names in NAMES.items():
        for one in map(_plain, names):
            column = plain.get(one)
            if column and (column not in taken or key in SHARED):
                taken.add(column)
                found[key] = [column] if key == "labels" else column
                break
    if "title" in found and "procedure" not in found:
        found["procedure"] = found["title"]
    return found | ({"site": site} if site else {}) | {"time_zone": zone}
