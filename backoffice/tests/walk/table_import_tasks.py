"""Who is answered what by the import of tasks: admins alone, a file that waits only by who brought it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from backoffice.tests.walk.answers import hostile
from backoffice.tests.walk.cases import Office
from backoffice.tests.walk.table_office import ABSENT, ACT, MOVED, NOT, ONE, about, always, at
from records import rejects
from records.models import Run, RunReject
from tasks.importing import kept

START = "/set-up/import-tasks/"
MAPPING = {"source": "old", "external_reference": "id", "title": "what", "procedure": "what", "department": "where"}


def add_task_imports(office: SimpleNamespace) -> None:
    """A file that waits, one of another admin, an import with rows aside and left out, saved choices; all hostile.

    One row of the files is known as the reference of confidential work: it is told to be there, and nothing of it.
    """
    secret = office.there["secret"].external_reference
    text = f"id,what,where,note\n1,{hostile('what')},PER,{hostile('note')}\n{secret},x,y,\n"

    def file(actor: Any) -> Any:
        row = kept.bring(ContentFile(text.encode(), name=hostile("csv")), mapping={}, actor=actor)
        row.mapping, row.open_all = MAPPING | {"source": "secret"}, True
        return kept.choose(row, actor=actor)

    office.work_file, office.other_work_file = file(office.ada), file(office.arno)
    run = kept.start(file(office.ada), actor=office.ada)
    row = {"id": "1", "what": hostile("row"), "where": "PER", "note": ""}
    rejects.keep(run, [(line, row, rejects.Bad(hostile("why"), hostile("column"))) for line in (2, 3)])
    rejects.leave_out(RunReject.objects.get(run=run, line=3), actor=office.ada)
    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE, result={"rejected": 2})
    office.imported_work = run
    office.saved_choices = kept.save_mapping(hostile("c"), MAPPING, actor=office.ada)


def upload(office: Office) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("a.csv", b"id,what\n1,x\n")}


def corrected(office: Office) -> dict[str, Any]:
    """The rows aside in their file, one of them put right."""
    rows = "".join(rejects.export(office.imported_work)).replace(",PER,", ",ARC,")
    return {"file": SimpleUploadedFile("rows-aside.csv", rows.encode())}


def chosen(office: Office) -> dict[str, Any]:
    return MAPPING | {"way": "open", "dates": "iso"}


def of_file(end: str, get: str, post: str, **more: Any) -> Any:
    return about("import-tasks/files/{}/" + end, lambda o: o.work_file.pk, get, post, **more)


def of_run(end: str, get: str, post: str, **more: Any) -> Any:
    return about("import-tasks/{}/" + end, lambda o: o.imported_work.pk, get, post, **more)


def of_other(end: str) -> Any:
    return about("import-tasks/files/{}/" + end, lambda o: o.other_work_file.pk, ABSENT, ABSENT)


LOOKS = f"405 d, 403 {NOT}"
LEADS = {"leads": START}
ROWS = {
    "set-up/import-tasks/": [at("import-tasks/", ONE, LOOKS)],
    "set-up/import-tasks/new/": [
        at("import-tasks/new/", ONE, MOVED, data=upload, **LEADS),
        at("import-tasks/new/"),
    ],
    "set-up/import-tasks/files/<int:pk>/": [of_file("", ONE, MOVED, data=chosen, **LEADS), of_other("")],
    "set-up/import-tasks/files/<int:pk>/preview/": [of_file("preview/", ONE, MOVED, **LEADS), of_other("preview/")],
    "set-up/import-tasks/files/<int:pk>/remove/": [
        of_file("remove/", ACT, MOVED, **LEADS),
        about("import-tasks/files/{}/remove/", lambda o: o.other_work_file.pk, ACT, ABSENT),
    ],
    "set-up/import-tasks/mappings/<int:pk>/": [
        about("import-tasks/mappings/{}/", lambda o: o.saved_choices.pk, ONE, LOOKS),
        at("import-tasks/mappings/0/", ABSENT, LOOKS),
    ],
    "set-up/import-tasks/mappings/<int:pk>/remove/": [
        about("import-tasks/mappings/{}/remove/", lambda o: o.saved_choices.pk, ACT, MOVED, **LEADS)
    ],
    "set-up/import-tasks/<int:pk>/": [
        of_run("", ONE, MOVED, data=corrected, **LEADS),
        about("import-tasks/{}/", lambda o: o.run.pk, ABSENT, ABSENT),
    ],
    "set-up/import-tasks/<int:pk>/mapping/": [of_run("mapping/", ONE, LOOKS)],
    "set-up/import-tasks/<int:pk>/aside/": [of_run("aside/", ONE, LOOKS)],
    "set-up/import-tasks/<int:pk>/again/": [of_run("again/", ACT, MOVED, **LEADS)],
    "set-up/import-tasks/<int:pk>/anew/": [of_run("anew/", ACT, MOVED, **LEADS)],
    "set-up/import-tasks/<int:pk>/retry/": [of_run("retry/", ACT, f"409 d, 403 {NOT}")],
    "set-up/import-tasks/<int:pk>/rows/<int:line>/": [
        of_run("rows/2/", ONE, MOVED, data=always({"cell_0": "1", "cell_1": "x", "cell_2": "PER"}), **LEADS),
        of_run("rows/9/", ABSENT, ABSENT),
    ],
    "set-up/import-tasks/<int:pk>/rows/<int:line>/back/": [of_run("rows/3/back/", ACT, MOVED, **LEADS)],
}
