"""Changes of many tasks from the board: foreseen, done, skipped with the reason, undone; with script and without."""

import datetime as dt
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from organization.models import Absence
from organization.setup import save_absence
from records.models import Event
from tasks.models import Task
from tasks.tests import factories as make
from tasks.transitions import assign, claim, start

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PREVIEW = "/department/PER/preview/"
BOARD = "/department/PER/"


@pytest.fixture
def ruth(cast, client):
    """A client signed in as the manager of Permits."""
    client.force_login(cast.ruth, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def needy(cast):
    """A procedure only Mira is certified for."""
    fire = make.qualification("Fire safety")
    make.holding(cast.mira, fire, 2)
    return make.procedure("Inspection", requires=[(fire, 2)], standard_minutes=60)


def send(client, verb, data, **headers):
    return client.post(reverse("tasks:department_change", args=["PER", verb]), data, headers=headers or HTMX)


def plainly(client, verb, data):
    """Without script."""
    return client.post(reverse("tasks:department_change", args=["PER", verb]), data)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def toast(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


class TestPreview:
    def test_load_before_and_after_and_who_is_skipped(self, cast, ruth, needy):
        four = make.procedure(standard_minutes=240)
        claim(make.task(cast.permits, needy), actor=cast.mira)
        assign(make.task(cast.permits, four), actor=cast.ruth, to=cast.kofi)
        chosen = [make.task(cast.permits, make.procedure(standard_minutes=48)), make.task(cast.permits, needy)]
        data = {"task": [task.pk for task in chosen], "to": cast.kofi.pk}
        page = text_of(ruth.post(PREVIEW, data, headers=HTMX))
        assert "Kofi Adjei goes from 50 % to <b>60 %</b>" in page
        assert "1 will be skipped" in page and "no valid qualification Fire safety of level 2" in page
        assert "2 selected" in page and "1 h 48 standard" in page and "Move 1" in page
        assert f'id="person-{cast.kofi.pk}"' in page and "b-ghost" in page
        assert "data-overridable" in page

    def test_the_ghost_of_another_choice_goes(self, cast, ruth):
        task = make.task(cast.permits, cast.anything)
        data = {"task": [task.pk], "to": cast.mira.pk, "ghost": cast.kofi.pk}
        page = text_of(ruth.post(PREVIEW, data, headers=HTMX))
        rows = page.split("<template>")[1:]
        assert len(rows) == 2 and f'id="person-{cast.kofi.pk}"' in rows[1] and "b-ghost" not in rows[1]

    @pytest.mark.parametrize("data", [{}, {"task": "x"}, {"to": "1"}, {"ghost": "²"}, {"task": ["1"] * 600}])
    def test_nothing_or_nonsense_chosen(self, cast, ruth, data):
        answer = ruth.post(PREVIEW, data, headers=HTMX)
        assert answer.status_code == 200 and "goes from" not in text_of(answer)

    def test_what_is_foreseen_is_what_is_done(self, cast, ruth, needy):
        """The very words on the page: how many move, and each reason of what does not."""
        cast.permits.cap = 3
        cast.permits.save()
        theirs = make.task(cast.permits, cast.anything)
        claim(theirs, actor=cast.kofi)
        closed = make.task(cast.permits, cast.review)
        tasks = [theirs, closed, *[make.task(cast.permits, how) for how in (needy, cast.anything, cast.anything)]]
        foreign = make.task(cast.archive, cast.anything)
        for override in ("", "nobody else is there"):
            numbers = [task.pk for task in [*tasks, foreign]]
            data = {"task": numbers, "to": cast.kofi.pk, "override": override}
            before = ruth.post(PREVIEW, data, headers=HTMX).context["preview"]
            after = send(ruth, "move", data)
            assert after.context["done"].skipped == before.skipped
            moved = Task.objects.filter(pk__in=numbers, assignee=cast.kofi).exclude(pk=theirs.pk)
            assert before.moves == moved.count() > 0
            assert toast(after)["text"].startswith(f"{before.moves} task")
            ruth.post(toast(after)["undo"], headers=HTMX)

    def test_statements_do_not_depend_on_tasks(self, cast, ruth, django_assert_num_queries):
        tasks = [make.task(cast.permits, make.procedure(requires=[(make.qualification(), 1)])) for _ in range(3)]
        data = {"to": cast.kofi.pk}
        ruth.post(PREVIEW, data | {"task": [tasks[0].pk]}, headers=HTMX)
        for count in (1, 3):
            with django_assert_num_queries(17):
                ruth.post(PREVIEW, data | {"task": [task.pk for task in tasks[:count]]}, headers=HTMX)


class TestMove:
    def test_moves_and_offers_undo(self, cast, ruth):
        tasks = [make.task(cast.permits, cast.anything) for _ in range(2)]
        answer = send(ruth, "move", {"task": [task.pk for task in tasks], "to": cast.kofi.pk})
        assert answer.status_code == 200 and 'id="board"' in text_of(answer) and "<html" not in text_of(answer)
        assert toast(answer)["text"] == "2 tasks moved to Kofi Adjei" and toast(answer)["target"] == "#board"
        assert set(Task.objects.values_list("assignee", flat=True)) == {cast.kofi.pk}
        assert Event.objects.filter(verb="assign", actor=cast.ruth).count() == 2
        back = ruth.post(toast(answer)["undo"], headers=HTMX)
        assert toast(back)["text"] == "2 tasks put back" and "undo" not in toast(back)
        assert set(Task.objects.values_list("assignee", flat=True)) == {None}
        assert ruth.post(toast(answer)["undo"], headers=HTMX).status_code == 409

    def test_a_reason_overrides_and_is_recorded(self, cast, ruth, needy):
        task = make.task(cast.permits, needy)
        send(ruth, "move", {"task": [task.pk], "to": cast.kofi.pk, "override": "Mira is ill"})
        event = Event.objects.select_related("payload").get(verb="assign", task_id=task.pk)
        assert event.payload.body["override"]["reason"] == "Mira is ill"

    def test_only_what_nobody_touched_since_is_undone(self, cast, ruth):
        tasks = [make.task(cast.permits, cast.anything) for _ in range(2)]
        answer = send(ruth, "move", {"task": [task.pk for task in tasks], "to": cast.kofi.pk})
        start(tasks[0], actor=cast.kofi)
        back = ruth.post(toast(answer)["undo"], headers=HTMX)
        assert toast(back)["text"] == "1 task put back" and "nothing of yours to undo" in text_of(back)
        assert Task.objects.get(pk=tasks[0].pk).state == "in_progress"

    def test_undo_belongs_to_who_moved(self, cast, ruth, client):
        task = make.task(cast.permits, cast.anything)
        undo = toast(send(ruth, "move", {"task": [task.pk], "to": cast.kofi.pk}))["undo"]
        client.force_login(cast.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.post(undo, headers=HTMX).status_code == 409
        assert client.post(reverse("tasks:department_undo", args=["PER", "nothing"]), headers=HTMX).status_code == 409
        task.refresh_from_db()
        assert task.assignee == cast.kofi

    def test_the_list_of_a_person_stays(self, cast, ruth):
        mine, other = make.task(cast.permits, cast.anything), make.task(cast.permits, cast.anything)
        for task in (mine, other):
            claim(task, actor=cast.kofi)
        data = {"task": [mine.pk], "to": cast.mira.pk, "person": cast.kofi.pk}
        answer = send(ruth, "move", data)
        assert "Held by Kofi Adjei" in text_of(answer) and other.reference in text_of(answer)

    def test_not_a_word_of_people_elsewhere(self, cast, ruth):
        task = make.task(cast.permits, cast.anything)
        answer = send(ruth, "move", {"task": [task.pk], "to": cast.otto.pk})
        assert answer.status_code == 422 and "Choose somebody of this department." in text_of(answer)
        assert "Otto" not in text_of(answer)


class TestInvalid:
    @pytest.mark.parametrize(
        ("verb", "data", "words"),
        [
            ("move", {"override": "typed words"}, "Choose who gets them."),
            ("move", {"task": "none", "override": "typed words"}, "Choose tasks from the list."),
            ("move", {"task": ["1"] * 2 + [str(n) for n in range(600)], "override": "typed words"}, "500 tasks"),
            ("cancel", {"reason": "  "}, "Say why: a reason is needed."),
            ("cancel", {"reason": "typed words" + "x" * 2000}, "2000"),
            ("move", {"to": "x", "override": "typed words"}, "Choose somebody of this department."),
        ],
    )
    def test_tells_what_is_wrong_and_keeps_what_was_typed(self, cast, ruth, verb, data, words):
        task = make.task(cast.permits, cast.anything)
        data = {"task": [task.pk]} | data
        for headers in (HTMX, {"X-Test": "no script"}):
            answer = send(ruth, verb, data, **headers)
            page = text_of(answer)
            assert answer.status_code == 422 and words in page
            assert ("typed words" in page) == ("typed" in str(data))
            if data["task"] == [task.pk]:
                assert re.search(rf'value="{task.pk}"[^>]* checked', page)
        assert Task.objects.get(pk=task.pk).revision == 1

    def test_nothing_chosen(self, cast, ruth):
        make.task(cast.permits, cast.anything)
        answer = send(ruth, "move", {"to": cast.kofi.pk})
        assert answer.status_code == 422 and "Choose at least one task." in text_of(answer)

    def test_no_such_change(self, cast, ruth):
        assert send(ruth, "complete", {"task": [1]}).status_code == 404


class TestWithoutScript:
    def test_asks_once_more_then_does_it_and_can_undo(self, cast, ruth, needy):
        tasks = [make.task(cast.permits, cast.anything), make.task(cast.permits, needy)]
        data = {"task": [task.pk for task in tasks], "to": cast.kofi.pk}
        asked = plainly(ruth, "move", data)
        page = text_of(asked)
        assert asked.status_code == 200 and "Move 2 tasks to Kofi Adjei?" in page and "1 will be skipped" in page
        assert not Task.objects.filter(assignee__isnull=False).exists()
        done = plainly(ruth, "move", data | {"sure": "1"})
        assert done.status_code == 302 and done["Location"].startswith(BOARD + "?done=")
        page = text_of(ruth.get(done["Location"]))
        assert "1 task moved to Kofi Adjei, 1 skipped" in page and "no valid qualification" in page
        undo = re.search(r'action="(/department/PER/undo/[^"]+)"', page)[1]
        back = ruth.post(undo)
        assert back.status_code == 302 and "1 task put back" in text_of(ruth.get(back["Location"]))
        assert not Task.objects.filter(assignee__isnull=False).exists()

    @pytest.mark.parametrize("verb", ["release", "cancel"])
    def test_release_and_cancel_ask_too(self, cast, ruth, verb):
        task = make.task(cast.permits, cast.anything)
        claim(task, actor=cast.kofi)
        data = {"task": [task.pk], "reason": "it came twice"}
        assert "it came twice" in text_of(plainly(ruth, verb, data))
        assert plainly(ruth, verb, data | {"sure": "1"}).status_code == 302
        task.refresh_from_db()
        assert (task.state, task.assignee_id) == (("open", None) if verb == "release" else ("cancelled", cast.kofi.pk))

    def test_a_result_of_another_session_is_not_shown(self, cast, ruth, client):
        task = make.task(cast.permits, cast.anything)
        done = plainly(ruth, "move", {"task": [task.pk], "to": cast.kofi.pk, "sure": "1"})["Location"]
        client.force_login(cast.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert "moved to" not in text_of(client.get(done))


class TestReleaseAndCancel:
    def test_release_returns_to_the_backlog(self, cast, ruth):
        task, free = make.task(cast.permits, cast.anything), make.task(cast.permits, cast.anything)
        claim(task, actor=cast.kofi)
        start(task, actor=cast.kofi)
        answer = send(ruth, "release", {"task": [task.pk, free.pk], "person": cast.kofi.pk})
        assert toast(answer)["text"] == "1 task returned to the backlog"
        assert f"Nobody has {free.reference}" in text_of(answer)

    def test_cancel_needs_a_reason_that_stays(self, cast, ruth):
        task, closed = make.task(cast.permits, cast.anything), make.task(cast.permits, cast.closed)
        answer = send(ruth, "cancel", {"task": [task.pk, closed.pk], "reason": "withdrawn"})
        assert toast(answer)["text"] == "1 task cancelled"
        event = Event.objects.select_related("payload").get(verb="cancel")
        assert event.payload.body["reason"] == "withdrawn"
        closed.refresh_from_db()
        assert closed.state == "open"


class TestSubstitute:
    def away(self, who, substitute):
        now = timezone.now()
        span = {"starts_at": now - dt.timedelta(days=2), "ends_at": now + dt.timedelta(days=3)}
        return save_absence(Absence(person=who, substitute=substitute, **span), actor=None)

    def address(self, absence):
        return reverse("tasks:department_substitute", args=["PER", absence.pk])

    def test_moves_what_is_in_hand_on_their_behalf(self, cast, ruth):
        tasks = [make.task(cast.permits, cast.anything) for _ in range(2)]
        for task in tasks:
            claim(task, actor=cast.kofi)
        make.member(cast.kofi, cast.archive)
        elsewhere = make.task(cast.archive, cast.anything)
        assign(elsewhere, actor=cast.arno, to=cast.kofi)
        absence = self.away(cast.kofi, cast.mira)
        assert "Move 2 tasks to Mira Holt" in text_of(ruth.get(BOARD))
        answer = ruth.post(self.address(absence), headers=HTMX)
        assert toast(answer)["text"] == "2 tasks moved to Mira Holt" and elsewhere.reference not in text_of(answer)
        events = Event.objects.filter(verb="assign", on_behalf_of=cast.kofi)
        assert set(events.values_list("task_id", flat=True)) == {task.pk for task in tasks}
        elsewhere.refresh_from_db()
        assert elsewhere.assignee == cast.kofi

    def test_without_a_substitute_there_is_no_button(self, cast, ruth):
        claim(make.task(cast.permits, cast.anything), actor=cast.kofi)
        absence = self.away(cast.kofi, None)
        page = text_of(ruth.get(BOARD))
        assert "Absent until" in page and "Show the work" in page and self.address(absence) not in page
        assert ruth.post(self.address(absence), headers=HTMX).status_code == 409

    def test_absences_of_others_are_not_found(self, cast, ruth):
        absence = self.away(cast.otto, cast.arno)
        assert ruth.post(self.address(absence), headers=HTMX).status_code == 404

    def test_an_absence_that_begins_with_the_next_working_day_is_moved_already(self, cast, ruth):
        """On Saturday the board is about Monday: so is its button."""
        claim(make.task(cast.permits, cast.anything), actor=cast.kofi)
        monday, friday = (dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in (23, 28))
        absence = Absence(person=cast.kofi, substitute=cast.mira, starts_at=monday, ends_at=friday)
        save_absence(absence, actor=None)
        with clock.at(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)):
            assert self.address(absence) in text_of(ruth.get(BOARD))
            assert toast(ruth.post(self.address(absence), headers=HTMX))["text"] == "1 task moved to Mira Holt"
        with clock.at(dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)):
            assert ruth.post(self.address(absence), headers=HTMX).status_code == 404
