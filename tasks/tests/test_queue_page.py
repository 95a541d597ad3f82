"""The queue: what it shows to whom, in which order, by which filters, and what it costs."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from tasks import editing, finishing, transitions
from tasks.models import Label
from tasks.steps import Mark, mark_step
from tasks.tests import factories as make
from tasks.tests.pages import MARK, as_person, headings, part, statements, text, titles

MONDAY = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)  # 10:00 in Dublin, where work is from 9 to 17
SCOPES = ("mine", "departments", "asked")


@pytest.fixture
def monday(cast):
    with clock.at(MONDAY):
        yield cast


def fill(cast, count: int) -> None:
    """Tasks that are in all three lists of mira's, some of them somebody else's."""
    for number in range(count):
        task = make.task(cast.permits, cast.permit, requester=cast.mira, title=f"Task {number}")
        transitions.assign(task, actor=cast.ruth, to=cast.mira)
        other = make.task(cast.permits, cast.anything, requester=cast.mira, title=f"Other {number}")
        transitions.assign(other, actor=cast.ruth, to=cast.kofi)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("who", "query", "expected"),
    [
        ("mira", "?scope=mine", 6),
        ("mira", "?scope=departments", 6),
        ("mira", "?scope=asked", 6),
        ("mira", "?scope=departments&title=a&overdue=1&owner=nobody", 5),
        ("ruth", "?scope=departments", 7),
        ("ruth", "?scope=departments&owner={kofi}&procedure={anything}&department={permits}", 7),
        ("ada", "?scope=departments", 6),
    ],
)
def test_statements_do_not_depend_on_rows(cast, rows, who, query, expected):
    fill(cast, rows)
    query = query.format(kofi=cast.kofi.pk, anything=cast.anything.pk, permits=cast.permits.pk)
    assert statements(as_person(getattr(cast, who)), f"/queue/{query}") == expected


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("who", "state", "expected"),
    [
        ("mira", "held", 9),
        ("kofi", "held", 8),
        ("kofi", "free", 9),
        ("kofi", "review", 10),
        ("ruth", "free", 10),
        ("ruth", "held", 9),
        ("ruth", "review", 10),
        ("cleo", "held", 8),
        ("ada", "held", 8),
    ],
)
def test_statements_with_a_task_beside_it(cast, rows, who, state, expected):
    """A task with everything: labels, steps, values, files, comments, hands it went through, requirements."""
    fill(cast, rows)
    steps = [{"key": f"s{number}", "instruction": "Plot number", "value_kind": "text"} for number in range(rows)]
    planning = make.qualification("Planning checks")
    make.holding(cast.mira, planning, 2)
    how = make.procedure("Whole", steps=steps, requires=[(planning, 1)], review=True)
    task = make.task(cast.permits, how, requester=cast.cleo, labels=("one",))
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    for number in range(rows):
        editing.comment(task, f"Comment {number}", actor=cast.kofi, for_requester=True)
        upload = SimpleUploadedFile(f"{number}.pdf", b"%%PDF %d" % number)
        editing.attach_file(task, upload, actor=cast.mira, for_requester=True)
        mark_step(task, Mark(f"s{number}", True, "7"), actor=cast.mira)
    if state == "review":
        finishing.submit(task, actor=cast.mira)
    elif state == "free":
        transitions.release(task, actor=cast.mira)
    scope = "asked" if who == "cleo" else "departments"
    path = f"/queue/?scope={scope}&task={task.reference}"
    assert statements(as_person(getattr(cast, who)), path) == expected


def test_fifty_rows_fit_in_sixty_kilobytes(cast):
    for number in range(51):
        title = f"{number:02} Shopfront alteration, 14 Mill Street: check the drawings and register the fee"
        fields = {"title": title, "subject_ref": "Hollis & Wren Architects, Brookmere", "priority": number % 4 + 1}
        task = make.task(cast.permits, cast.permit, **fields)
        if number % 2:
            transitions.assign(task, actor=cast.ruth, to=cast.kofi)
    response = as_person(cast.mira).get("/queue/?scope=departments")
    assert response.content.count(b"data-row") == 50
    assert len(response.content) <= 60 * 1024


def test_groups_of_the_working_day(monday):
    cast = monday
    hour = dt.timedelta(hours=1)

    def held(title: str, **fields):
        task = make.task(cast.permits, cast.permit, title=title, **fields)
        return transitions.assign(task, actor=cast.ruth, to=cast.mira)

    held("Late", due_at=MONDAY - 40 * dt.timedelta(minutes=1))
    held("In two hours", due_at=MONDAY + 2 * hour + dt.timedelta(minutes=10))
    held("Tomorrow", due_on=MONDAY.date() + dt.timedelta(days=1))
    held("Later", due_on=MONDAY.date() + dt.timedelta(days=9))
    waiting = held("Waits")
    transitions.wait(waiting, actor=cast.mira, kind="outside", reason="the report", until=MONDAY + dt.timedelta(days=4))
    review = make.task(cast.permits, cast.review, title="Reviewed")
    transitions.assign(review, actor=cast.ruth, to=cast.mira)
    transitions.start(review, actor=cast.mira)
    finishing.submit(review, actor=cast.mira)
    response = as_person(cast.mira).get("/queue/")
    assert headings(response) == ["Overdue 1", "Today 1", "Tomorrow 1", "Later 1", "Waiting 1", "In review 1"]
    assert titles(response) == ["Late", "In two hours", "Tomorrow", "Later", "Waits", "Reviewed"]
    words = text(response)
    for said in ("40 min over", "2 h 10 left", "15 h left", "due 2 Dec", "until Fri 27 ", "the report", "since 10:00"):
        assert said in words, said
    html = response.content.decode()
    assert 'title="Due Monday 23 November 2026, 12:10"' in html  # the reader's zone, UTC
    assert 'datetime=2026-11-24 title="Due Tuesday 24 November 2026"' in html  # a date stays a date


def test_other_sorts_have_no_groups_and_keep_their_order(cast):
    first = make.task(cast.permits, cast.permit, title="First", priority=4)
    second = make.task(cast.permits, cast.permit, title="Second", priority=1)
    for task in (first, second):
        transitions.assign(task, actor=cast.ruth, to=cast.mira)
    client = as_person(cast.mira)
    assert titles(client.get("/queue/")) == ["Second", "First"]
    oldest = client.get("/queue/?sort=oldest")
    assert titles(oldest) == ["First", "Second"] and headings(oldest) == []
    assert titles(client.get("/queue/?sort=newest")) == ["Second", "First"]
    assert titles(client.get("/queue/?sort=nonsense")) == ["Second", "First"]


def test_every_filter_narrows(cast):
    plain = make.task(cast.permits, cast.anything, title="Plain")
    late = make.task(cast.permits, cast.permit, title="Late fee", priority=1, due_at=clock.now() - dt.timedelta(days=2))
    labelled = make.task(cast.hall, cast.anything, title="Labelled", labels=("Mill Street",))
    transitions.assign(plain, actor=cast.ruth, to=cast.kofi)
    done = make.task(cast.permits, cast.anything, title="Done")
    transitions.assign(done, actor=cast.ruth, to=cast.kofi)
    finishing.complete(done, actor=cast.kofi)
    client = as_person(cast.vera)
    label = Label.objects.get().pk

    def shown(query: str) -> set[str]:
        return set(titles(client.get(f"/queue/?scope=departments&{query}")))

    assert shown("") == {"Plain", "Late fee", "Labelled"}
    assert shown("title=FEE") == {"Late fee"}
    assert shown("priority=1") == {"Late fee"}
    assert shown("overdue=1") == {"Late fee"}
    assert shown(f"procedure={cast.permit.pk}") == {"Late fee"}
    assert shown(f"department={cast.hall.pk}") == {"Labelled"}
    assert shown(f"label={label}") == {"Labelled"}
    assert shown("owner=nobody") == {"Late fee", "Labelled"}
    assert shown(f"owner={cast.kofi.pk}") == {"Plain"}
    assert shown("owner=me") == set()
    assert shown("state=open") == {"Plain", "Late fee", "Labelled"}
    assert shown("state=done") == {"Done"} == shown("state=finished")
    for odd in ("priority=9&owner=x&procedure=a&label=x&state=?", f"procedure={'9' * 40}", "place=zzz", "title=%00"):
        assert shown(odd) == {"Plain", "Late fee", "Labelled"}, odd
    assert late.pk and labelled.pk


def test_finished_and_unfinished_work_are_two_lists(cast):
    """Together they are refused, with the way to each; what one asked for is one list of both."""
    for name in ("Open", "Done"):
        task = make.task(cast.permits, cast.anything, title=name, requester=cast.mira)
        transitions.assign(task, actor=cast.ruth, to=cast.mira)
    finishing.complete(task, actor=cast.mira)
    client = as_person(cast.mira)
    for scope in ("", "scope=departments&"):
        response = client.get(f"/queue/?{scope}state=open&state=done&state=cancelled")
        assert titles(response) == [] and "are two lists" in text(response)
        ways = re.findall(r'<a class="btn" href="([^"]+)">Show the', response.content.decode())
        assert [titles(client.get(f"/queue/{way.replace('&amp;', '&')}")) for way in ways] == [["Open"], ["Done"]]
    both = client.get("/queue/?scope=asked&state=open&state=done")
    assert titles(both) == ["Done", "Open"] and "are two lists" not in text(both)


def test_chips_name_the_filters_and_drop_them(cast):
    make.task(cast.permits, cast.permit, title="One")
    query = f"?scope=departments&procedure={cast.permit.pk}&owner={cast.kofi.pk}&overdue=1"
    html = as_person(cast.ruth).get(f"/queue/{query}").content.decode()
    chips = re.findall(r'<span class="chip">([^<]+)<a href="([^"]+)"', html)
    assert [words for words, _ in chips] == ["Permit check", "Kofi Adjei", "Overdue"]
    assert chips[1][1] == f"?scope=departments&amp;procedure={cast.permit.pk}&amp;overdue=1"


def test_empty_fields_of_the_form_leave_the_address(cast):
    response = as_person(cast.mira).get("/queue/?title=&state=&procedure=&overdue=1&owner=")
    assert response.status_code == 302 and response.url == "/queue/?overdue=1"


def test_the_filter_panel_is_a_part_and_works_without_script(cast):
    client = as_person(cast.mira)
    assert "Words in the title" in text(client.get("/queue/filters/", headers=part()))
    assert "Words in the title" in text(client.get("/queue/?filters=1"))
    assert "Words in the title" not in text(client.get("/queue/"))


def test_pages_by_key_there_and_back(cast):
    for number in range(53):
        make.task(cast.permits, cast.anything, title=f"{number:02}")
    client = as_person(cast.mira)
    first = client.get("/queue/?scope=departments&sort=oldest")
    onward = re.search(r'href="([^"]+)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(f"/queue/{onward}")
    assert len(titles(first)) == 50 and titles(second) == ["50", "51", "52"]
    back = re.search(r'href="([^"]+)" rel="prev"', second.content.decode())[1].replace("&amp;", "&")
    assert titles(client.get(f"/queue/{back}")) == titles(first)
    assert 'rel="next"' not in second.content.decode()


def test_nobody_sees_where_they_do_not_belong(cast):
    make.task(cast.archive, cast.anything, title="Secret of the archive")
    mine = make.task(cast.permits, cast.permit, title="Permit")
    hidden = make.task(cast.permits, cast.permit, title="Quiet", confidential=True)
    client = as_person(cast.mira)
    for scope in SCOPES:
        response = client.get(f"/queue/?scope={scope}")
        assert "Secret of the archive" not in text(response) and "Quiet" not in text(response)
    assert client.get(f"/queue/?scope=departments&department={cast.archive.pk}").content.count(b"data-row") == 0
    assert client.get(f"/queue/?task={hidden.reference}").status_code == 404
    assert as_person(cast.otto).get(f"/queue/?task={mine.reference}").status_code == 404
    assert titles(as_person(cast.ruth).get("/queue/?scope=departments")) == ["Permit", "Quiet"]


def test_an_admin_knows_of_confidential_work_not_what_it_says(cast):
    make.task(cast.permits, cast.permit, title="Quiet", subject_ref="Somebody", confidential=True)
    response = as_person(cast.ada).get("/queue/?scope=departments")
    assert titles(response) == ["Confidential task"] and "Somebody" not in text(response)


def test_a_colleague_has_one_list(cast):
    make.task(cast.permits, cast.request, title="My badge", requester=cast.cleo)
    response = as_person(cast.cleo).get("/queue/?scope=departments")
    assert titles(response) == ["My badge"]
    words = text(response)
    assert "What I asked for" in words and "Take next" not in words and "My departments" not in words


def test_the_next_step_is_said(cast):
    """What waits for the reader's answer, what nobody has, and work that is weeks late."""
    asked = make.task(cast.permits, cast.request, title="My badge", requester=cast.cleo)
    transitions.assign(asked, actor=cast.ruth, to=cast.mira)
    transitions.wait(asked, actor=cast.mira, kind="requester", reason="which door")
    words = text(as_person(cast.cleo).get(f"/queue/?task={asked.reference}"))
    assert words.count("your answer") == 3 and "For you It waits for your answer: write it below." in words
    assert "answer of the requester" not in words and "which door" not in words
    make.task(cast.permits, cast.anything, title="Free", due_at=clock.now() - dt.timedelta(days=60))
    client = as_person(cast.kofi)
    response = client.get("/queue/")
    way = re.search(r'<a href="([^"]+)">Show what waits</a>', response.content.decode())[1].replace("&amp;", "&")
    assert titles(client.get(f"/queue/{way}")) == ["Free"]
    words = text(client.get("/queue/?scope=departments"))
    assert re.search(r"Overdue: Free due \d+ \w+", words), words


def test_ones_own_list_asks_for_no_owner(cast):
    client = as_person(cast.mira)
    assert "Owner" not in text(client.get("/queue/?filters=1"))
    assert "Owner" in text(client.get("/queue/?filters=1&scope=departments"))


def test_what_people_wrote_is_only_text(cast):
    marks = {name: MARK % name for name in ("title", "ref", "procedure")}
    how = make.procedure(marks["procedure"])
    task = make.task(cast.permits, how, title=marks["title"], subject_ref=marks["ref"], labels=("<b>label</b>",))
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    waiting = make.task(cast.permits, how, title="Waits")
    transitions.assign(waiting, actor=cast.ruth, to=cast.mira)
    transitions.wait(waiting, actor=cast.mira, kind="outside", reason=MARK % "reason")
    html = as_person(cast.mira).get("/queue/?filters=1&title=<script>x").content.decode()
    assert "<script>x" not in html and "<b>label" not in html
    html = as_person(cast.mira).get("/queue/").content.decode()
    assert "<script>alert" not in html and html.count("&lt;script&gt;alert") == 5


def test_the_chosen_pane_alone(cast):
    task = make.task(cast.permits, cast.permit, title="Chosen")
    client = as_person(cast.mira)
    response = client.get(f"/queue/?scope=departments&task={task.reference}", headers=part())
    assert response.content.decode().startswith("<title>") and "data-row" not in response.content.decode()
    assert client.get("/queue/?task=T-999999", headers=part()).status_code == 404
    assert client.get("/queue/?task=nonsense").status_code == 404


def test_signed_out_people_sign_in(client, db):
    for path in ("/queue/", "/queue/filters/", "/tasks/T-1/", "/people/search/?q=mi", "/tasks/T-1/wait/"):
        assert client.get(path).url.startswith("/accounts/login/")
    assert client.post("/queue/next/").url.startswith("/accounts/login/")


# take next


def test_next_gives_one_and_says_why(cast):
    make.task(cast.permits, cast.permit, title="Later", priority=4)
    task = make.task(cast.permits, cast.permit, title="First", priority=1)
    client = as_person(cast.mira)
    response = client.post("/queue/next/", {"list": "?scope=departments"}, headers=part(target="main"))
    assert response.headers["HX-Push-Url"] == f"/queue/?scope=departments&task={task.reference}"
    words = text(response)
    assert "Why this one Urgent priority, and " in words and "is yours now" in response.content.decode()
    assert client.get("/queue/next/").status_code == 405
    again = client.post("/queue/next/")
    assert again.url == f"/queue/?task={task.reference}"
    assert "which you have begun" in text(client.get(again.url))
    assert "you have begun" in client.post("/queue/next/", headers=part(target="main")).content.decode()


def test_next_with_nothing_left_says_so(cast):
    client = as_person(cast.mira)
    for headers in ({}, part(target="main")):
        response = client.post("/queue/next/", headers=headers)
        assert response.status_code == 200 and "Nothing is left for you" in text(response)


def test_next_refused_says_why(cast):
    cast.permits.cap = 1
    cast.permits.save()
    for number in range(2):
        make.task(cast.permits, cast.permit, title=f"{number}")
    cast.mira.own_first = False
    cast.mira.save()
    client = as_person(cast.mira)
    client.post("/queue/next/")
    for headers in ({}, part(target="main")):
        response = client.post("/queue/next/", headers=headers)
        assert response.status_code == 409 and "as many tasks as allowed" in text(response)


def test_people_are_found_by_the_beginning_of_a_name(cast):
    make.person("Müller Ännchen", email="a.m@office.example")
    client = as_person(cast.cleo)
    assert "Müller Ännchen" in text(client.get("/people/search/?q=anNc"))
    assert "Müller" in text(client.get("/people/search/?q=MULL"))
    assert "at least two letters" in text(client.get("/people/search/?q=m"))
    assert "@" not in text(client.get("/people/search/?q=mi")) and "Mira Holt" in text(
        client.get("/people/search/?q=mi")
    )
    assert "Nobody is called that" in text(client.get(f"/people/search/?q=otto&in={cast.permits.pk}"))
    for number in range(25):
        make.person(f"Zoe {number}")
    response = client.get("/people/search/?q=zo")
    assert response.content.count(b'type="radio"') == 20 and "There are more" in text(response)
    assert statements(client, "/people/search/?q=zo") == 3
