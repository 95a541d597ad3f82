"""Who is answered what by search and by what stays with one person: saved views, drafts, presence."""

from __future__ import annotations

from backoffice.tests.walk.cases import ALL, Case
from backoffice.tests.walk.table_pages import plain

SEARCH = {
    "search/": [
        Case(plain("/search/"), f"200 {ALL}"),
        Case(plain("/search/?q=title"), f"200 {ALL}"),
    ],
    "search/palette/": [
        Case(plain("/search/palette/"), f"200 {ALL}"),
        Case(plain("/search/palette/?q=title"), f"200 {ALL}"),
    ],
}

ROWS = SEARCH
