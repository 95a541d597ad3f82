"""Who is answered what by the import of people and departments: admins alone, a file only by who brought it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from backoffice.tests.walk.answers import hostile
from backoffice.tests.walk.cases import Office
from backoffice.tests.walk.table_office import ABSENT, ACT, MOVED, NOT, ONE, about, always, at
from organization.importing import run as importing
from records import rejects
from records.models import Run

START = "/set-up/import-people/"


def add_imports(office: SimpleNamespace) -> None:
    """A file that awaits its going-ahead, one of another admin, and an import with a row aside; all hostile."""
    text = f"Code,Name\nPER,\nNEW,{hostile('row')}\n"

    def file(actor: Any) -> Any:
        return importing.keep_file(ContentFile(text.encode(), name=hostile("csv")), "departments", actor=actor)

    office.file, office.other_file = file(office.ada), file(office.arno)
    run = importing.ask_import(file(office.ada), actor=office.ada)
    rejects.keep(run, [(3, {"Code": "NEW", "Name": hostile("row")}, rejects.Bad(hostile("why"), hostile("column")))])
    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE, result={"refused": 1})
    office.imported = run


def upload(office: Office) -> dict[str, Any]:
    return {"kind": "departments", "file": SimpleUploadedFile("a.csv", b"Code\nPER\n")}


def corrected(office: Office) -> dict[str, Any]:
    """The rows aside in their file, one of them put right."""
    rows = "".join(rejects.export(office.imported)).replace("NEW", "NEWER")
    return {"file": SimpleUploadedFile("rows-aside.csv", rows.encode())}


def of_run(end: str, get: str, post: str, **more: Any) -> Any:
    return about("import-people/runs/{}/" + end, lambda o: o.imported.pk, get, post, **more)


LOOKS = f"405 d, 403 {NOT}"
ROWS = {
    "set-up/import-people/": [at("import-people/", ONE, MOVED, data=upload, leads=START), at("import-people/")],
    "set-up/import-people/template/<str:kind>/": [
        at("import-people/template/people/", ONE, LOOKS),
        at("import-people/template/tasks/", ABSENT, LOOKS),
    ],
    "set-up/import-people/<int:pk>/": [
        about("import-people/{}/", lambda o: o.file.pk, ONE, MOVED, leads=START),
        about("import-people/{}/", lambda o: o.other_file.pk, ABSENT, ABSENT),
    ],
    "set-up/import-people/runs/<int:pk>/": [
        of_run("", ONE, MOVED, data=corrected, leads=START),
        about("import-people/runs/{}/", lambda o: o.run.pk, ABSENT, ABSENT),
    ],
    "set-up/import-people/runs/<int:pk>/again/": [of_run("again/", ACT, MOVED, leads=START)],
    "set-up/import-people/runs/<int:pk>/aside/": [of_run("aside/", ONE, LOOKS)],
    "set-up/import-people/runs/<int:pk>/rows/<int:line>/": [
        of_run("rows/3/", ONE, MOVED, data=always({"code": "NEW", "name": "New"}), leads=START),
        of_run("rows/9/", ABSENT, ABSENT),
    ],
}
