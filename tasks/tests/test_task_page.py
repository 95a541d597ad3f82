"""The page of a task: what each person sees of it, and what it costs."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock, subjects
from organization.models import Department
from organization.standing import forget
from records.erasure import erase_payload
from records.models import Event
from tasks import editing, finishing, transitions, undo
from tasks.models import Task
from tasks.next import take_next
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make
from tasks.tests.pages import MARK, as_person, part, statements, text

STEPS = [
    {"key": "drawings", "instruction": "Drawings are complete", "value_kind": "yes_no"},
    {"key": "plot", "instruction": "Plot number", "value_kind": "text"},
    {"key": "class", "instruction": "Fee class", "value_kind": "choice", "choices": ["A", "B"]},
    {"key": "fee", "instruction": "Fee to ask for", "value_kind": "number"},
    {"key": "visit", "instruction": "Day of the visit", "value_kind": "date", "is_mandatory": False},
    {"key": "scan", "instruction": "Scan is attached", "is_mandatory": False},
]


@pytest.fixture
def shop(cast):
    return make.procedure("Shopfront", steps=STEPS, departments=[cast.permits], standard_minutes=45)


def page(person, task, **headers):
    return as_person(person).get(f"/tasks/{task.reference}/", headers=headers)


def upload(name: str, content: bytes = b"%PDF-1.4 plan"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(("who", "expected"), [("mira", 7), ("ruth", 8), ("kofi", 7), ("cleo", 6), ("ada", 7)])
def test_statements_do_not_depend_on_what_happened(cast, shop, times, who, expected):
    task = make.task(cast.permits, shop, requester=cast.cleo, labels=("one",))
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    for number in range(times):
        editing.comment(task, f"Comment {number}", actor=cast.kofi, for_requester=True)
        editing.attach_file(task, upload(f"{number}.pdf", b"%%PDF %d" % number), actor=cast.mira, for_requester=True)
        mark_step(task, Mark(STEPS[number + 1]["key"], True, ["7", "A", "3"][number]), actor=cast.mira)
    assert statements(as_person(getattr(cast, who)), f"/tasks/{task.reference}/") == expected


def test_what_the_owner_sees(cast, shop):
    with clock.at(dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)):
        task = make.task(
            cast.permits,
            shop,
            title="Shopfront alteration",
            text="Four sheets.\n\nBy post.",
            priority=2,
            requester=cast.cleo,
            labels=("Mill Street",),
            due_at=clock.now() + dt.timedelta(hours=4),
        )
        served = take_next(actor=cast.mira).task
        mark_step(served, Mark("drawings", True, "yes"), actor=cast.mira)
    with clock.at(dt.datetime(2026, 11, 23, 10, 50, tzinfo=dt.UTC)):
        response = page(cast.mira, task)
    words = text(response)
    for said in (
        "Shopfront alteration",
        "In progress",
        "High priority",
        "2 h 10 left of working time, due today 13:00",
        "Came 09:00 Start by 12:15 Due today 13:00",
        "Why this one High priority, and start by 12:15.",
        "Four sheets. By post.",
        "From Cleo Marsh",
        "Owner You, since 09:00",
        "Department Permits, Town hall",
        "Standard 45 min",
        "Labels Mill Street",
        "Steps 1 of 6 done, 3 needed before you can complete",
        "Drawings are complete Yes you, 09:00",
        "You marked “Drawings are complete” Yes",
        "You took it with Take next",
    ):
        assert said in words, said
    html = response.content.decode()
    assert 'role="img" aria-label="2 h 10 left of 4 h working time; start by 12:15, due today 13:00"' in html
    assert re.search(r'data-key="e" aria-disabled="true" aria-describedby="steps-words"', html)
    assert re.findall(r'data-key="(\w)"[^>]*>(?:Wait|Hand off|Release)', html) == ["w", "h", "r"]
    assert html.count("<h1") == 1


def test_inputs_of_each_kind(cast, shop):
    task = make.task(cast.permits, shop)
    transitions.claim(task, actor=cast.mira)
    assert '<form class="step' not in page(cast.mira, task).content.decode()  # not started: nothing to mark
    transitions.start(task, actor=cast.mira)
    html = page(cast.mira, task).content.decode()
    assert html.count('<form class="step') == 6
    for piece in ('type="radio" name="value" value="yes"', 'type="date"', 'inputmode="decimal"', '<option value="B"'):
        assert piece in html
    assert '<form class="step' not in page(cast.ruth, task).content.decode()  # her manager looks on


def test_who_may_not_see_it(cast, shop):
    task = make.task(cast.permits, shop, confidential=True)
    for who in ("otto", "arno", "cleo", "kofi"):
        assert page(getattr(cast, who), task).status_code == 404
    for reference in ("T-0", "T-abc", "T-99999999999999999999", "nothing"):
        assert as_person(cast.ada).get(f"/tasks/{reference}/").status_code == 404
    assert as_person(cast.ruth).get(f"/tasks/{task.pk}/").status_code == 200


def test_confidential_content_is_masked(cast, shop):
    task = make.task(
        cast.permits,
        shop,
        title="Complaint about Kofi",
        text="He shouted",
        confidential=True,
        requester=cast.cleo,
        labels=("grave",),
        subject_ref="L-77",
    )
    editing.comment(task, "I was there", actor=cast.ruth)
    editing.attach_file(task, upload("letter.pdf"), actor=cast.ruth)
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    words = text(page(cast.ada, task))
    for secret in ("Complaint", "shouted", "Cleo", "grave", "L-77", "I was there", "letter.pdf", "Drawings"):
        assert secret not in words, secret
    assert "This task is confidential: you see that it exists" in words and "Confidential task" in words
    attachment = Event.objects.get(task_id=task.pk, verb="attach").payload.body["attachment"]
    assert as_person(cast.ada).get(f"/tasks/{task.reference}/files/{attachment}/").status_code == 404
    for insider in (cast.ruth, cast.mira):
        assert "Complaint about Kofi" in text(page(insider, task))


def test_what_a_requester_sees(cast, shop):
    task = make.task(cast.permits, shop, title="My shop", requester=cast.cleo, labels=("internal label",))
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    editing.comment(task, "Between us", actor=cast.kofi)
    editing.comment(task, "Dear Cleo", actor=cast.kofi, for_requester=True)
    editing.attach_file(task, upload("inside.pdf"), actor=cast.mira)
    editing.attach_file(task, upload("answer.pdf", b"%PDF-1.4 answer"), actor=cast.mira, for_requester=True)
    transitions.wait(task, actor=cast.mira, kind="requester", reason="she never answers")
    words = text(page(cast.cleo, task))
    for said in ("My shop", "Waiting", "Dear Cleo", "answer.pdf", "Waits for your answer", "Mira Holt"):
        assert said in words, said
    for hidden in ("Between us", "inside.pdf", "internal label", "Steps", "gave it to", "never answers", "Why not me"):
        assert hidden not in words, hidden
    files = {row.payload.body["name"]: row.payload.body["attachment"] for row in Event.objects.filter(verb="attach")}
    client = as_person(cast.cleo)
    assert client.get(f"/tasks/{task.reference}/files/{files['inside.pdf']}/").status_code == 404
    answer = client.get(f"/tasks/{task.reference}/files/{files['answer.pdf']}/")
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == b"%PDF-1.4 answer"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )


def test_files_are_reached_through_their_own_task_only(cast, shop):
    task, other = make.task(cast.permits, shop), make.task(cast.permits, shop)
    kept = editing.attach_file(task, upload("a.pdf"), actor=cast.kofi)
    client = as_person(cast.kofi)
    assert client.get(f"/tasks/{task.reference}/files/{kept.pk}/").status_code == 200
    assert client.get(f"/tasks/{other.reference}/files/{kept.pk}/").status_code == 404
    assert as_person(cast.otto).get(f"/tasks/{task.reference}/files/{kept.pk}/").status_code == 404


def test_what_was_done_elsewhere_is_only_read(cast):
    task = make.task(cast.permits, cast.anything, title="Moved on")
    transitions.claim(task, actor=cast.mira)
    transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason="theirs")
    response = page(cast.mira, task)
    html = response.content.decode()
    assert response.status_code == 200 and "Moved on" in text(response)
    assert 'id="verbs"' not in html and 'id="composer"' not in html
    assert "Why not me No member of Archive today." in text(response)


def test_why_not_me(cast):
    needed = make.qualification("Fire safety")
    how = make.procedure("Fire doors", requires=[(needed, 2)], departments=[cast.permits])
    task = make.task(cast.permits, how)
    response = page(cast.mira, task)
    assert "Why not me No valid qualification Fire safety of level 2." in text(response)
    assert re.search(r'id="v-claim"[^>]*aria-disabled="true" aria-describedby="why-words"', response.content.decode())
    make.holding(cast.mira, needed, 2)
    response = page(cast.mira, task)
    assert "Nothing stands in the way" in text(response) and "aria-disabled" not in response.content.decode()
    transitions.claim(task, actor=cast.mira)
    assert "Why not me Mira Holt has it." in text(page(cast.kofi, task))


def test_review_is_for_others(cast):
    task = make.task(cast.permits, cast.review)
    transitions.claim(task, actor=cast.mira)
    transitions.start(task, actor=cast.mira)
    finishing.submit(task, actor=cast.mira)
    assert "Approve" not in text(page(cast.mira, task))
    assert "You can review it" in text(page(cast.kofi, task))
    finishing.send_back(task, actor=cast.kofi, reason="no")
    editing.edit(task, {"text": "x"}, actor=cast.ruth, revision=Task.objects.get(pk=task.pk).revision)
    finishing.submit(task, actor=cast.mira)
    response = page(cast.ruth, task)
    assert "Why not me You were involved in it." in text(response)
    assert re.search(r'id="v-approve"[^>]*aria-disabled="true"', response.content.decode())


def test_the_timeline_tells_everything_in_sentences(cast, shop):
    task = make.task(cast.permits, cast.anything, actor=cast.kofi, priority=3, requester=cast.cleo)
    transitions.assign(task, actor=cast.ruth, to=cast.kofi)
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    transitions.wait(
        task, actor=cast.mira, kind="outside", reason="the report", until=clock.now() + dt.timedelta(days=2)
    )
    transitions.resume(task, actor=cast.mira)
    values = {"priority": 1, "title": "Newer", "labels": ["b"]}
    editing.edit(task, values, actor=cast.ruth, revision=Task.objects.get(pk=task.pk).revision)
    finishing.complete(task, actor=cast.mira)
    undo.undo(task, actor=cast.mira)
    transitions.hand_off(task, actor=cast.mira, department=cast.archive, reason="their files")
    editing.comment(task, "Line one\nline two", actor=cast.otto)
    transitions.cancel(task, actor=cast.arno, reason="not needed")
    words = text(page(cast.ada, task))
    for said in (
        "Kofi Adjei opened it",
        "Ruth Calder gave it to Kofi Adjei",
        "Ruth Calder gave it to Mira Holt",
        "Mira Holt started it",
        "Mira Holt lets it wait until",
        "the report",
        "Mira Holt resumed it",
        "labels to b",
        "priority to urgent",
        "Mira Holt took back the completion",
        "Mira Holt handed it off to Archive their files",
        "Otto Weiss Line one line two",
        "Arno Pell cancelled it not needed",
    ):
        assert said in words, said
    assert "You gave" not in words
    mine = text(page(cast.mira, task))
    assert "You took back the completion" in mine and "Ruth Calder gave it to you" in mine


def test_an_erased_entry_keeps_its_place(cast):
    task = make.task(cast.permits, cast.anything, actor=cast.kofi)
    transitions.claim(task, actor=cast.mira)
    transitions.wait(task, actor=cast.mira, kind="outside", reason="Mr Secret is ill")
    transitions.resume(task, actor=cast.mira)
    erase_payload(Event.objects.get(task_id=task.pk, verb="wait"), actor=cast.ada, reason="asked for")
    words = text(page(cast.ruth, task))
    assert "Mira Holt lets it wait" in words and "Secret" not in words and "erased what an entry said" in words


def test_a_long_history_is_shown_in_part(cast):
    task = make.task(cast.permits, cast.anything, actor=cast.kofi)
    for number in range(32):
        editing.comment(task, f"Comment {number}.", actor=cast.mira)
    short, whole = page(cast.mira, task), as_person(cast.mira).get(f"/tasks/{task.reference}/?all")
    assert "Comment 31." in text(short) and "Comment 1." not in text(short) and "Show all" in text(short)
    assert "Comment 1." in text(whole) and "Kofi Adjei opened it" in text(whole) and "Show all" not in text(whole)


def test_what_people_wrote_is_only_text(cast):
    names = ("title", "text", "step", "procedure", "ref", "label", "value", "reason", "comment", "file")
    marks = {name: MARK % name for name in names}
    step = {"key": "a", "instruction": marks["step"], "value_kind": "text"}
    how = make.procedure(marks["procedure"], steps=[step])
    fields = {name: marks[name] for name in ("title", "text")}
    task = make.task(
        cast.permits, how, subject_ref=marks["ref"], labels=(marks["label"],), requester=cast.cleo, **fields
    )
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    mark_step(task, Mark("a", True, marks["value"]), actor=cast.mira)
    mark_step(task, Mark("a", False), actor=cast.mira)
    editing.comment(task, marks["comment"], actor=cast.mira)
    editing.attach_file(task, upload(marks["file"].replace("/", "")), actor=cast.mira)
    transitions.wait(task, actor=cast.mira, kind="outside", reason=marks["reason"])
    transitions.resume(task, actor=cast.mira)
    html = page(cast.mira, task).content.decode()
    assert "<script>alert" not in html
    for name in names:
        escaped = f"alert(&#x27;{name}&#x27;)"
        assert escaped in html, name


def test_the_pane_is_a_part(cast):
    task = make.task(cast.permits, cast.anything, title="Part")
    response = as_person(cast.mira).get(f"/tasks/{task.reference}/", headers=part(f"/tasks/{task.reference}/"))
    html = response.content.decode()
    assert html.startswith("<title>") and "<body" not in html and 'data-say="T-' in html


def test_a_person_who_moved_sees_it_no_more(cast):
    task = make.task(cast.permits, cast.anything)
    membership = cast.mira.memberships.get()
    assert page(cast.mira, task).status_code == 200
    membership.ends_on = dt.date(2021, 1, 1)
    membership.save()
    forget(cast.mira)
    assert page(cast.mira, task).status_code == 404


def test_what_it_is_about_is_linked_and_shown(cast, monkeypatch):
    """A wing registers its kind; here a department stands for a letter."""
    known = subjects.Subject(
        kind="parcel",
        label="Parcel",
        visible=lambda user: Department.objects.filter(pk=cast.hall.pk),
        url=lambda row: f"/parcels/{row.pk}/",
        panel=lambda row: f"/parcels/{row.pk}/panel/",
        icon="box",
    )
    monkeypatch.setitem(subjects._kinds, "parcel", known)
    about = {"subject_kind": "parcel", "subject_ref": "P-7"}
    seen = make.task(cast.permits, cast.anything, subject_id=cast.hall.pk, **about)
    unseen = make.task(cast.permits, cast.anything, subject_id=cast.permits.pk, **about)
    html = page(cast.mira, seen).content.decode()
    assert f'href="/parcels/{cast.hall.pk}/">P-7</a>' in html and f'hx-get="/parcels/{cast.hall.pk}/panel/"' in html
    html = page(cast.mira, unseen).content.decode()
    assert "/parcels/" not in html and "About P-7" in text(page(cast.mira, unseen))
    row = as_person(cast.mira).get("/queue/?scope=departments").content.decode()
    assert row.count("#i-box") == 2
