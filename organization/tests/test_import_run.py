"""People and departments from CSV: planned, carried out by the verbs, repeated, interrupted, put right."""

from __future__ import annotations

import datetime as dt
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core import clock
from core.refusals import Refused
from organization import setup
from organization.importing import run as importing
from organization.models import Department, Holding, Membership, User
from records import rejects, runs
from records.models import Attachment, Event, Outgoing, Run

pytestmark = pytest.mark.django_db

PEOPLE = "E-mail;Name;Departments;Role;Minutes;Time zone;Language;Qualifications;Invite\n"


def bring(cast: SimpleNamespace, kind: str, text: str) -> Attachment:
    return importing.keep_file(ContentFile(text.encode(), name="office.csv"), kind, actor=cast.ada)


def shown(cast: SimpleNamespace, kind: str, text: str) -> list[Any]:
    return importing.preview(bring(cast, kind, text), actor=cast.ada)[1]


def carried_out(cast: SimpleNamespace, kind: str, text: str) -> Run:
    run = importing.ask_import(bring(cast, kind, text), actor=cast.ada)
    runs.perform(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    return run


def told(run: Run) -> tuple[int, ...]:
    return tuple(run.result[state] for state in ("add", "change", "same", "refused"))


def everything() -> list[Any]:
    kept = (User, Department, Membership, Holding, Outgoing)
    return [list(model.objects.order_by("pk").values()) for model in kept]


DEPARTMENTS = (
    "Code,Name,Site,Parent,Calendar\n"
    "BIN,Bins,annex,QUAY,WEEK\n"  # before what it is part of
    "QUAY,Quay,Town Hall,Town hall,Week\n"
    "PER,Permits and plans,,-,\n"
    "ARC,,Annex,,\n"
    "x1,Lower,Nowhere,,Week\n"
    "DOT,Dots,Annex,NONE,Week\n"
    "Q-1,Dash,Annex,,Week\n"
    "BIN,Other,annex,,Week\n"
)


def test_departments_are_shown_then_done_and_never_twice(cast: SimpleNamespace) -> None:
    before = everything()
    plans = shown(cast, "departments", DEPARTMENTS)
    assert [plan.state for plan in plans] == ["add", "add", "change", "same", *["refused"] * 4]
    assert [(one.label, one.old, one.new) for one in plans[2].changes] == [
        ("Name", "Permits", "Permits and plans"),
        ("Part of", "Town hall", ""),
    ]
    whys = {plan.line: (plan.bad.column, plan.bad.reason) for plan in plans if plan.bad}
    assert whys[6][0] == "Site" and "Annex" in whys[6][1]
    assert whys[7] == ("Parent", "There is no department “NONE”. Use its code.")
    assert whys[8] == ("Code", "Use 2 to 8 capital letters and figures.")
    assert whys[9][0] == "Code" and whys[9][1].startswith("Line 2 is about")
    assert everything() == before, "a preview changes nothing"

    run = carried_out(cast, "departments", DEPARTMENTS)
    assert told(run) == (2, 1, 1, 4)
    bins = Department.objects.get(code="BIN")
    assert bins.parent.code == "QUAY" and bins.lineage == [cast.hall.pk, bins.parent_id, bins.pk]
    assert (bins.site.name, bins.calendar.name) == ("Annex", "Week")
    event = Event.objects.get(verb="add", subject_kind="department", subject_id=bins.pk)
    assert (event.actor, event.origin) == (cast.ada, "import")
    aside = {row.line: (row.column, row.reason) for row in run.rejects.all()}
    assert aside == whys
    after, events = everything(), Event.objects.count()
    assert told(carried_out(cast, "departments", DEPARTMENTS)) == (0, 0, 4, 4)
    assert (everything(), Event.objects.count()) == (after, events)


def test_a_row_tells_all_that_is_wrong_with_it(cast: SimpleNamespace) -> None:
    odd = "nobody;;NOPE PER GONE;boss chief;half 9999 1;Mars/Base;Klingon;Juggling:x;perhaps\n"
    (plan,) = shown(cast, "people", PEOPLE + odd)
    assert [one.column for one in plan.faults] == [
        "E-mail", "Name", *["Departments"] * 2, *["Role"] * 3, *["Minutes"] * 3, "Time zone", "Language",
        *["Qualifications"] * 2, "Invite",
    ]  # fmt: skip
    (empty,) = shown(cast, "people", PEOPLE + ";Nia;;;;;;;\n")
    assert [one.column for one in empty.faults] == ["E-mail"], "nothing is asked of who cannot be known"
    text = "Code,Name,Site,Parent,Calendar\nq-1,,Pier,NONE,Moon\n"
    (plan,) = shown(cast, "departments", text)
    assert [one.column for one in plan.faults] == ["Code", "Name", "Site", "Parent", "Calendar"]
    (aside,) = carried_out(cast, "departments", text).rejects.all()
    assert aside.column == "Code" and "Site: There is no site “Pier”." in aside.reason


def test_a_department_is_no_part_of_what_is_below_it(cast: SimpleNamespace) -> None:
    (plan,) = shown(cast, "departments", "Code,Part of\nHALL,permits\n")
    assert plan.bad and plan.bad.column == "Part of" and "part of itself" in plan.bad.reason
    assert {plan.state for plan in shown(cast, "departments", "Code,Part of\nHALL,PER\nPER,-\n")} == {"change"}


def test_a_person_with_everything(cast: SimpleNamespace, make: ModuleType) -> None:
    make.qualification("Permit law")
    text = PEOPLE + (
        "Nia@Office.example;Nia Bell;PER arc;assistant manager;480 480 0 240 0;;German;permit LAW:2:2099-12-31;yes\n"
        f"{cast.mira.email};Mira Holt-Berg;PER;manager;240;Asia/Tokyo;;Permit law;no\n"
        f"{cast.kofi.email};;PER;;;;;;\n"
    )
    plans = shown(cast, "people", text)
    assert [plan.state for plan in plans] == ["add", "change", "same"]
    assert [(one.label, one.old, one.new) for one in plans[1].changes][:3] == [
        ("Name", "Mira Holt", "Mira Holt-Berg"),
        ("Time zone", cast.mira.time_zone, "Asia/Tokyo"),
        (
            "Works in Permits",
            f"assistant, {' '.join(map(str, Membership.objects.get(person=cast.mira).minutes))}",
            "manager, 240 240 240 240 240 0 0",
        ),
    ]
    assert told(carried_out(cast, "people", text)) == (1, 1, 1, 0)
    nia = User.objects.get(email="nia@office.example")
    assert (nia.name, nia.time_zone, nia.language, nia.is_admin) == ("Nia Bell", "Europe/Dublin", "de", False)
    posts = {post.department.code: post for post in nia.memberships.select_related("department")}
    assert (posts["PER"].role, posts["ARC"].role) == ("assistant", "manager")
    assert posts["PER"].minutes == [480, 480, 0, 240, 0, 0, 0] and posts["PER"].starts_on == clock.now().date()
    held = nia.holdings.get()
    assert (held.level, held.valid_until) == (2, dt.date(2099, 12, 31))
    mail = Outgoing.objects.get()
    assert mail.to == nia.email and "Nia Bell" in mail.text
    assert Event.objects.get(verb="invite").origin == "import"
    mira = User.objects.get(pk=cast.mira.pk)
    assert (mira.name, mira.memberships.get().role, mira.holdings.get().level) == ("Mira Holt-Berg", "manager", 1)

    after, events = everything(), Event.objects.count()
    with clock.at(clock.now() + dt.timedelta(days=3)):
        assert told(carried_out(cast, "people", text)) == (0, 0, 3, 0)
    assert (everything(), Event.objects.count()) == (after, events)


def test_rows_that_cannot_be_taken_stop_no_other(cast: SimpleNamespace) -> None:
    setup.deactivate(cast.otto, actor=cast.ada)
    text = PEOPLE + (
        ";Nobody;;;;;;;\n"
        "no address;Nobody;;;;;;;\n"
        "a@office.example;;;;;;;;\n"
        "b@office.example;B;PER NONE;;;;;;\n"
        "c@office.example;C;PER;boss;;;;;\n"
        "d@office.example;D;PER;;;Mars/Base;;;\n"
        "e@office.example;E;PER;;;;;Alchemy;\n"
        f"{cast.otto.email};Otto Weiss;ARC;;;;;;\n"
        "f@office.example;F;PER\n"
        "ok@office.example;Good Row;PER;;;;;;\n"
        "OK@office.example;Good Row;ARC;;;;;;\n"
    )
    run = carried_out(cast, "people", text)
    assert told(run) == (1, 0, 0, 10)
    columns = {row.line: row.column for row in run.rejects.all()}
    assert columns == {
        2: "E-mail", 3: "E-mail", 4: "Name", 5: "Departments", 6: "Role", 7: "Time zone", 8: "Qualifications",
        9: "E-mail", 10: "", 12: "E-mail",
    }  # fmt: skip
    assert User.objects.order_by("pk").last().name == "Good Row"


def test_what_a_verb_refuses_is_kept_aside_and_the_rest_done(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = setup.save_department

    def picky(department: Department, *, actor: User | None) -> Department:
        if department.code == "AAA":
            raise Refused("Not this one.")
        return whole(department, actor=actor)

    monkeypatch.setattr(setup, "save_department", picky)
    text = "Code,Name,Site,Parent,Calendar\nAAA,A,Annex,,Week\nBBB,B,Annex,AAA,Week\nCCC,C,Annex,,Week\n"
    run = carried_out(cast, "departments", text)
    assert told(run) == (1, 0, 0, 2)
    whys = {row.line: row.reason for row in run.rejects.all()}
    assert whys[2] == "Not this one." and "no department “AAA”" in whys[3]
    monkeypatch.setattr(setup, "save_department", whole)
    again = importing.ask_again(run, actor=cast.ada)
    runs.perform(again.pk)
    again.refresh_from_db()
    assert told(again) == (2, 0, 0, 0) and not run.rejects.filter(settled_at__isnull=True).exists()
    assert Department.objects.get(code="BBB").parent.code == "AAA"
    with pytest.raises(Refused):
        importing.ask_again(run, actor=cast.ada)


def test_an_interrupted_run_goes_on_from_its_place(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    rows = "".join(f"p{number}@office.example;P {number};PER;;;;;;\n" for number in range(5))
    run = importing.ask_import(bring(cast, "people", PEOPLE + rows), actor=cast.ada)
    take = importing.Import._take
    seen: list[int] = []

    def dies(self: importing.Import, chunk: list[Any]) -> None:
        seen.append(len(chunk))
        if len(seen) == 2:
            raise KeyboardInterrupt
        take(self, chunk)

    monkeypatch.setattr(importing.Import, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        runs.perform(run.pk)
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, lease_until=None)
    runs.perform(run.pk)
    run.refresh_from_db()
    assert seen == [2, 2, 2, 1] and told(run) == (5, 0, 0, 0) and run.done == run.total == 5


def test_a_row_put_right_comes_in_and_the_file_once(cast: SimpleNamespace) -> None:
    file = bring(cast, "people", PEOPLE + "g@office.example;;PER;;;;;;\ng2@office.example;=SUM(A1);PER;boss;;;;;\n")
    run = importing.ask_import(file, actor=cast.ada)
    with pytest.raises(Refused, match="already"):
        importing.ask_import(file, actor=cast.ada)
    runs.perform(run.pk)
    rejects.correct_reject(run.rejects.get(line=2), {"Name": "Gus"}, actor=cast.ada)
    again = importing.ask_again(run, actor=cast.ada)
    runs.perform(again.pk)
    assert User.objects.get(email="g@office.example").name == "Gus"
    assert [row.line for row in run.rejects.filter(settled_at__isnull=True)] == [3]
    # What is aside, put right in a spreadsheet, is a file like any other.
    text = "".join(rejects.export(run)).replace("boss", "manager")
    assert "'=SUM" in text
    assert told(carried_out(cast, "people", text)) == (1, 0, 0, 0)
    assert User.objects.get(email="g2@office.example").name == "=SUM(A1)"


def test_what_ended_since_is_not_begun_again(cast: SimpleNamespace, make: ModuleType) -> None:
    skill = make.qualification("Diving")
    day = clock.now().date()
    make.holding(cast.mira, skill, valid_from=day - dt.timedelta(days=9), valid_until=day - dt.timedelta(days=1))
    text = f"Mail,Qualifications\n{cast.mira.email},Diving\n"
    assert shown(cast, "people", text)[0].state == "same"
    later = day + dt.timedelta(days=99)
    (plan,) = shown(cast, "people", f"Mail,Qualifications\n{cast.mira.email},Diving:3:{later}\n")
    assert plan.state == "change" and plan.changes[0].old == ""


def test_files_are_forgotten(cast: SimpleNamespace) -> None:
    text = "Code\nPER\n"
    run = carried_out(cast, "departments", text)
    bring(cast, "departments", text)
    with clock.at(clock.now() + dt.timedelta(days=2)):
        importing.forget_files()
    assert [one.owner_kind for one in Attachment.objects.all()] == ["import_file"]
    with clock.at(clock.now() + dt.timedelta(days=31)):
        importing.forget_files()
    assert not Attachment.objects.exists()
    assert run.parameters["file"]


@pytest.mark.parametrize(("kind", "most"), [("departments", 3), ("people", 6)])
def test_a_preview_reads_as_often_for_many_rows(
    cast: SimpleNamespace, kind: str, most: int, django_assert_num_queries: Any
) -> None:
    heads = {
        "departments": "Code,Name,Site,Calendar\nPER,,,\n",
        "people": f"E-mail,Name,Departments\n{cast.mira.email},,PER\n",
    }
    rows = {"departments": "D{},Name {},Annex,Week\n", "people": "p{}@office.example,Name {},PER\n"}
    for count in (1, 30):
        text = heads[kind] + "".join(rows[kind].format(10 + number, number) for number in range(count))
        file = bring(cast, kind, text)
        with django_assert_num_queries(most):
            plans = importing.preview(file, actor=cast.ada)[1]
        assert [plan.state for plan in plans] == ["same"] + ["add"] * count
