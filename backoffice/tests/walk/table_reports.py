"""Who is answered what by the pages of reports, and the reports there are to be had."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile

from backoffice.tests.walk.cases import ALL, Case, Office
from core import clock
from organization.models import User
from records import runs
from records.models import Run
from reports import papers
from reports.exports.pdf import Drawn
from reports.making import ask_report
from reports.models import KeptReport, Reader, Schedule
from reports.scheduling import save_schedule

ASKED = {"by": "procedure", "period": "this_month", "dues": "all", "measure": "working", "week": "next"}
WHEN = {"name": "Each month", "every": "month", "weekday": "0", "day": "1", "at": "07:00", "recipients": ""}


def add_reports(office: Office) -> None:
    """Kept reports of here (vera gets it too), of there, of kofi's own work; one that failed; two schedules
    and a parked one."""
    office.reports = {
        "here": _kept(office.ruth, "all", office.vera),
        "there": _kept(office.arno, "all"),
        "own": _kept(office.kofi, "own"),
        "failed": _kept(office.ruth, "all", office.vera, failed=True),
        "begun": ask_report("done", actor=office.ruth, parameters=ASKED | {"about": "all"}),
    }
    office.schedules = {}
    for place, owner, person in (("here", office.ruth, office.vera), ("there", office.arno, None)):
        row = Schedule(name="Each month", report="done", parameters=ASKED | {"about": "all"}, at=dt.time(7))
        office.schedules[place] = save_schedule(row, actor=owner, recipients=[person] if person else [])
    row = Schedule(name="Each week", report="done", parameters=ASKED | {"about": "all"}, at=dt.time(7), every="week")
    office.schedules["parked"] = save_schedule(row, actor=office.ruth, recipients=[office.vera])
    trouble = {"failures": 5, "failed_at": clock.now(), "trouble": "KeyError: inner words"}
    Schedule.objects.filter(pk=row.pk).update(ended=Schedule.Ended.FAILING, **trouble)


def _kept(asker: User, about: str, *readers: User, failed: bool = False) -> KeptReport:
    kept = ask_report("done", actor=asker, parameters=ASKED | {"about": about}, readers=readers)
    if failed:
        Run.objects.filter(pk=kept.run_id).update(state=Run.State.FAILED, error="KeyError: inner words")
        return kept
    runs.perform(kept.run_id)
    if not kept.papers.exists():  # a machine that cannot draw
        drawn = Drawn(ContentFile(b"%PDF-1.7", name="done.pdf"))
        papers.keep(kept, {papers.tongue_of(asker): drawn}, actor=asker)
        KeptReport.objects.filter(pk=kept.pk).update(paperless=False)
    assert Reader.objects.filter(report=kept).count() == 1 + len(readers)
    return kept


def of(place: str, end: str = "") -> object:
    return lambda office: f"/reports/{office.reports[place].pk}/{end}"


def schedule(place: str, end: str = "") -> object:
    return lambda office: f"/reports/schedules/{office.schedules[place].pk}/{end}"


def plain(path: str) -> object:
    return lambda office: path


def about(wanted: object, **more: str) -> object:
    return lambda office: ASKED | {"about": wanted(office) if callable(wanted) else wanted} | more


def permits(office: Office) -> int:
    return office.permits.pk


HERE, THERE, OWN = "200 mvd, 404 cahsr", "200 rd, 404 cahmvs", "200 ad, 404 chmvsr"
FORM = "/reports/ask/done/"
NEW = "/reports/schedules/new/done/"
KEPT = {"here": HERE, "there": THERE, "own": OWN}
ROWS = {
    "reports/": [Case(plain("/reports/"), f"200 {ALL}"), Case(plain("/reports/?whose=all"), f"200 {ALL}")],
    "reports/ask/<slug:name>/": [
        Case(plain(FORM), f"200 {ALL}", f"302 {ALL}", data=about("own"), leads="/reports/"),
        Case(plain(FORM), f"200 {ALL}", "302 mvd, 422 cahsr", data=about(permits), leads="/reports/"),
        Case(plain("/reports/ask/nonsense/"), f"404 {ALL}", f"404 {ALL}", data=about("own")),
    ],
    "reports/<int:pk>/": [
        *(Case(of(place), told) for place, told in KEPT.items()),
        Case(of("begun"), "200 md, 404 cahvsr"),
        Case(of("failed"), HERE),
        Case(plain("/reports/999999/"), f"404 {ALL}"),
    ],
    "reports/<int:pk>/progress/": [Case(of(place, "progress/"), told) for place, told in KEPT.items()],
    "reports/<int:pk>/download/<str:form>/": [
        *(
            Case(of(place, f"download/{form}/"), told)
            for place, told in KEPT.items()
            for form in ("csv", "xlsx", "pdf")
        ),
        Case(of("begun", "download/csv/"), f"404 {ALL}"),
        Case(of("here", "download/exe/"), f"404 {ALL}"),
    ],
    "reports/<int:pk>/paper/": [
        *(Case(of(place, "paper/"), told, told.replace("200", "204"), part=True) for place, told in KEPT.items()),
        Case(of("begun", "paper/"), f"404 {ALL}", f"404 {ALL}"),
    ],
    "reports/<int:pk>/retry/": [
        Case(of("failed", "retry/"), post="204 md, 403 v, 404 cahsr", part=True),
        Case(of("there", "retry/"), post="409 rd, 404 cahmvs", part=True),
    ],
    "reports/<int:pk>/remove/": [
        Case(of("here", "remove/"), post="204 md, 403 v, 404 cahsr", part=True),
        Case(of("there", "remove/"), post="204 rd, 404 cahmvs", part=True),
        Case(of("own", "remove/"), post="204 ad, 404 chmvsr", part=True),
        Case(of("begun", "remove/"), post="409 md, 404 cahvsr", part=True),
    ],
    "reports/schedules/": [Case(plain("/reports/schedules/"), f"200 {ALL}")],
    "reports/schedules/people/": [
        Case(plain("/reports/schedules/people/"), f"200 {ALL}"),
        Case(plain("/reports/schedules/people/?about=all&find=ver&recipients=x"), f"200 {ALL}"),
    ],
    "reports/schedules/new/<slug:name>/": [
        Case(plain(NEW), f"200 {ALL}", f"302 {ALL}", data=about("own", **WHEN), leads="/reports/"),
        Case(plain(NEW), f"200 {ALL}", "302 mvd, 422 cahsr", data=about(permits, **WHEN), leads="/reports/"),
        Case(lambda o: f"{NEW}?like={o.reports['there'].pk}", f"200 {ALL}", f"302 {ALL}", data=about("own", **WHEN)),
        Case(plain("/reports/schedules/new/nonsense/"), f"404 {ALL}", f"404 {ALL}"),
    ],
    "reports/schedules/<int:pk>/": [
        Case(schedule("here"), HERE, "302 m, 403 vd, 404 cahsr", data=about(permits, **WHEN), leads="/reports/"),
        Case(schedule("there"), THERE, "302 r, 403 d, 404 cahmvs", data=about("all", **WHEN), leads="/reports/"),
        Case(schedule("parked"), HERE, "302 m, 403 vd, 404 cahsr", data=about(permits, **WHEN), leads="/reports/"),
    ],
    "reports/schedules/<int:pk>/stop/": [
        Case(schedule("here", "stop/"), post="204 md, 403 v, 404 cahsr", part=True),
        Case(schedule("there", "stop/"), post="204 rd, 404 cahmvs", part=True),
    ],
    "reports/schedules/<int:pk>/start/": [
        Case(schedule("parked", "start/"), post="204 md, 403 v, 404 cahsr", part=True),
        Case(schedule("there", "start/"), post="204 rd, 404 cahmvs", part=True),
    ],
    "reports/schedules/<int:pk>/leave/": [
        Case(schedule("here", "leave/"), post="204 v, 409 md, 404 cahsr", part=True),
        Case(schedule("there", "leave/"), post="409 rd, 404 cahmvs", part=True),
    ],
}
