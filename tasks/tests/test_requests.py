"""What a colleague asks for: asking, following, answering, withdrawing, asking again, rating."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from organization.models import Notice
from records.models import Attachment, Event
from tasks import editing, finishing, transitions
from tasks.models import Rating, Task
from tasks.requests import lists
from tasks.requests.rating import rate
from tasks.tests import factories as make
from tasks.tests.pages import as_person, statements, text
from tasks.tests.plans import measured, rows_read


@pytest.fixture(autouse=True)
def _files(tmp_path: Any) -> Any:
    place = settings.STORAGES["default"]["OPTIONS"]
    kept, place["location"] = place["location"], tmp_path / "files"
    yield
    place["location"] = kept


@pytest.fixture
def asked(cast: Any) -> Any:
    """Cleo asked Permits for a badge."""
    cast.task = make.task(
        cast.permits, cast.request, actor=cast.cleo, requester=cast.cleo, title="A badge for my guest"
    )
    cast.page = f"/requests/{cast.task.reference}/"
    return cast


def given(cast: Any) -> Task:
    """The task in Mira's hands, begun."""
    transitions.assign(cast.task, actor=cast.ruth, to=cast.mira)
    return transitions.start(cast.task, actor=cast.mira)


def asks_back(cast: Any) -> None:
    given(cast)
    editing.comment(cast.task, "Which day?", actor=cast.mira, for_requester=True)
    transitions.wait(cast.task, actor=cast.mira, kind="requester", reason="day")


def test_asking_opens_a_task_with_its_file_once(cast: Any) -> None:
    client = as_person(cast.cleo)
    page = client.get(f"/requests/new/{cast.request.pk}/")
    key = page.context["key"]
    for _press in range(2):
        upload = SimpleUploadedFile("plan.txt", b"words")
        values = {"title": "Badge", "text": "for Ann", "department": cast.archive.pk, "wanted_on": "", "file": upload}
        answer = client.post(f"/requests/new/{cast.request.pk}/", values | {"key": key})
        assert answer.status_code == 302
    task = Task.objects.get(title="Badge")
    assert answer.headers["Location"] == f"/requests/{task.reference}/"
    assert task.requester_id == cast.cleo.pk and task.department_id == cast.archive.pk
    kept = Attachment.objects.get(owner_kind="task", owner_id=task.pk)
    assert kept.released_by_id == cast.cleo.pk
    shown = client.get(f"/requests/{task.reference}/")
    assert "plan.txt" in text(shown) and "Waits for somebody to take it" in text(shown)


def test_a_wrong_form_keeps_what_was_typed(cast: Any) -> None:
    client = as_person(cast.cleo)
    values = {"title": "", "text": "typed words", "department": cast.archive.pk, "wanted_on": "2020-01-01"}
    answer = client.post(f"/requests/new/{cast.request.pk}/", values)
    assert answer.status_code == 422 and "typed words" in answer.content.decode()
    assert "Choose a day that has not passed." in text(answer)


def test_only_what_is_open_to_requests_is_offered(cast: Any) -> None:
    make.procedure("Müll abholen", open_to_requests=True)
    client = as_person(cast.cleo)
    said = text(client.get("/requests/new/"))
    assert "Badge" in said and "Müll abholen" in said and "General duty" not in said
    found = text(client.get("/requests/new/?q=mull"))
    assert "Müll abholen" in found and "Badge" not in found
    assert client.get(f"/requests/new/{cast.anything.pk}/").status_code == 404


def test_what_one_asked_for_is_ones_own(asked: Any) -> None:
    assert "A badge" in text(as_person(asked.cleo).get("/requests/"))
    for person in (asked.ruth, asked.mira, asked.ada, asked.otto):
        client = as_person(person)
        assert "A badge" not in text(client.get("/requests/"))
        assert client.get(asked.page).status_code == 404
        assert client.post(f"{asked.page}answer/", {"text": "x"}).status_code == 404


def test_a_question_wants_an_answer_and_the_answer_goes_to_who_asked(asked: Any) -> None:
    asks_back(asked)
    client = as_person(asked.cleo)
    assert "Your answer is wanted" in text(client.get("/requests/"))
    page = text(client.get(asked.page))
    assert "Mira Holt asks you" in page and "Which day?" in page
    Notice.objects.all().delete()
    assert client.post(f"{asked.page}answer/", {"text": "Thursday"}).status_code == 302
    asked.task.refresh_from_db()
    assert asked.task.state == "waiting", "who asked resumes nothing: the owner does, and is told"
    assert Notice.objects.filter(person=asked.mira).exists()
    page = text(client.get(asked.page))
    assert "You answered, they will go on" in page and "Mira Holt asks you" not in page
    assert lists.unfinished(asked.cleo).rows[0].answered


def test_another_question_wants_another_answer(asked: Any) -> None:
    asks_back(asked)
    client = as_person(asked.cleo)
    client.post(f"{asked.page}answer/", {"text": "Thursday"})
    transitions.resume(asked.task, actor=asked.mira)
    transitions.wait(asked.task, actor=asked.mira, kind="requester", reason="hour")
    assert "Your answer is wanted" in text(client.get(asked.page))


def test_internal_words_stay_inside(asked: Any) -> None:
    given(asked)
    editing.comment(asked.task, "SECRET among us", actor=asked.mira)
    editing.attach_file(asked.task, SimpleUploadedFile("SECRET.txt", b"x"), actor=asked.mira)
    assert "SECRET" not in as_person(asked.cleo).get(asked.page).content.decode()
    # Also who works there sees of their own request what anybody would.
    own = make.task(asked.permits, asked.request, actor=asked.kofi, requester=asked.kofi)
    editing.comment(own, "SECRET too", actor=asked.mira)
    assert "SECRET" not in as_person(asked.kofi).get(f"/requests/{own.reference}/").content.decode()


def test_withdrawing_while_nobody_has_it(asked: Any) -> None:
    client = as_person(asked.cleo)
    assert client.post(f"{asked.page}withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"{asked.page}withdraw/", {"reason": "not needed"}).status_code == 302
    asked.task.refresh_from_db()
    assert asked.task.state == "cancelled"
    other = make.task(asked.permits, asked.request, actor=asked.cleo, requester=asked.cleo)
    transitions.assign(other, actor=asked.ruth, to=asked.mira)
    assert "Withdraw it" not in text(client.get(f"/requests/{other.reference}/"))
    assert client.post(f"/requests/{other.reference}/withdraw/", {"reason": "x"}).status_code == 403


def test_asking_again_within_the_departments_days(asked: Any) -> None:
    finishing.complete(given(asked), actor=asked.mira)
    client = as_person(asked.cleo)
    assert client.post(f"{asked.page}reopen/", {"reason": "the name is wrong"}).status_code == 302
    asked.task.refresh_from_db()
    assert asked.task.state == "open"
    finishing.complete(given(asked), actor=asked.mira)
    long_ago = clock.now() - dt.timedelta(days=asked.permits.reopen_days, hours=1)
    Task.objects.filter(pk=asked.task.pk).update(closed_at=long_ago)
    assert "open it again" not in text(client.get(asked.page))
    answer = client.post(f"{asked.page}reopen/", {"reason": "again"})
    assert answer.status_code == 409 and "Ask for it anew" in text(answer)


def test_rating_once_done_by_who_asked(asked: Any) -> None:
    client = as_person(asked.cleo)
    assert client.post(f"{asked.page}rate/", {"stars": "5"}).status_code == 409
    task = finishing.complete(given(asked), actor=asked.mira)
    assert client.post(f"{asked.page}rate/", {"stars": "6"}).status_code == 422
    assert client.post(f"{asked.page}rate/", {"stars": "4", "word": "quick"}).status_code == 302
    assert client.post(f"{asked.page}rate/", {"stars": "5", "word": "quick"}).status_code == 302
    rating = Rating.objects.get()
    assert (rating.stars, rating.word, rating.department_id) == (5, "quick", asked.permits.pk)
    told = [event.payload.body["changes"] for event in Event.objects.filter(verb="rate").order_by("id")]
    assert told == [{"stars": [None, 4], "word": ["", "quick"]}, {"stars": [4, 5]}]
    revision = task.revision
    task.refresh_from_db()
    assert task.revision == revision


@pytest.mark.parametrize(("after", "may"), [(29, True), (31, False)])
def test_a_first_rating_has_a_month(asked: Any, after: int, may: bool) -> None:
    finishing.complete(given(asked), actor=asked.mira)
    with clock.at(clock.now() + dt.timedelta(days=after)):
        if may:
            rate(asked.task, actor=asked.cleo, stars=3)
        else:
            with pytest.raises(Exception, match="too late"):
                rate(asked.task, actor=asked.cleo, stars=3)


def test_ratings_are_shown_to_who_manages_and_on_no_list_of_work(asked: Any) -> None:
    finishing.complete(given(asked), actor=asked.mira)
    rate(asked.task, actor=asked.cleo, stars=2, word="RATED slow")
    assert "RATED slow" in text(as_person(asked.ruth).get("/requests/ratings/PER/"))
    assert "RATED slow" in text(as_person(asked.vera).get("/requests/ratings/PER/"))
    for person in (asked.mira, asked.arno, asked.cleo):
        assert as_person(person).get("/requests/ratings/PER/").status_code == 404
    seen = as_person(asked.mira).get(f"/tasks/{asked.task.reference}/")
    assert "RATED" not in seen.content.decode() and "weak" not in seen.content.decode()


def test_as_many_statements_with_one_row_as_with_three(asked: Any) -> None:
    client = as_person(asked.cleo)
    one = statements(client, "/requests/"), statements(client, "/requests/new/"), statements(client, asked.page)
    for number in range(2):
        make.task(asked.permits, asked.request, actor=asked.cleo, requester=asked.cleo)
        make.procedure(f"More {number}", open_to_requests=True)
        editing.comment(asked.task, "more words", actor=asked.mira, for_requester=True)
    three = statements(client, "/requests/"), statements(client, "/requests/new/"), statements(client, asked.page)
    assert one == three == LITERAL


LITERAL = (5, 5, 6)


def test_what_is_done_costs_the_open_ones_nothing(asked: Any) -> None:
    row = Task.objects.values().get(pk=asked.task.pk) | {"state": "done", "closed_at": clock.now()}
    del row["id"]
    Task.objects.bulk_create(Task(**row) for _number in range(3000))
    measured()
    for query in (lists.asked_by(asked.cleo).unfinished(), lists.asked_by(asked.cleo).finished()):
        sort = lists.OPEN if query.filter(pk=asked.task.pk).exists() else lists.DONE
        sql, params = query.order_by(*sort.order())[: lists.SIZE + 1].query.sql_with_params()
        read, shown = rows_read(sql, params)  # type: ignore[arg-type]
        # A department, a procedure and at most a comment for each row.
        assert read <= 4 * shown + 100, (read, shown)
