"""All rows of the walk."""

from __future__ import annotations

from backoffice.tests.walk import (
    acts,
    table_accounts,
    table_finding,
    table_import,
    table_import_tasks,
    table_leading,
    table_look,
    table_office,
    table_pages,
    table_reports,
    table_roof,
)

VERBS = {"tasks/<str:reference>/<str:name>/": acts.page_cases()}
PAGES = table_pages.ROWS | VERBS | table_accounts.ROWS | table_finding.ROWS | table_import.ROWS
PAGES |= table_look.ROWS | table_leading.ROWS | table_import_tasks.ROWS
PAGES |= table_office.ROWS | table_reports.ROWS | table_roof.ROWS
