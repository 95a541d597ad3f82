"""The department's board: who sees what, what it costs, and changes of many tasks at once."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import clock
from organization.models import Absence
from organization.setup import save_absence
from records.models import Event
from tasks.board import Board
from tasks.board_work import work_of
from tasks.lists import PAGE
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.plans import measured, pile, scans
from tasks.transitions import assign, cancel, claim, start

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_user(client):
    """A client signed in as somebody."""

    def sign_in(who):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def board(code="PER", query=""):
    return reverse("tasks:department", args=[code]) + query


def change(verb, code="PER"):
    return reverse("tasks:department_change", args=[code, verb])


def toast(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def text_of(response) -> str:
    return response.content.decode()


class TestReach:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("ruth", 200), ("vera", 200), ("ada", 200), ("mira", 200), ("otto", 404), ("arno", 404), ("cleo", 404)],
    )
    def test_who_sees_the_board(self, cast, as_user, who, status):
        assert as_user(getattr(cast, who)).get(board()).status_code == status

    def test_strangers_are_sent_to_sign_in(self, cast, client):
        for address in (board(), reverse("tasks:department"), reverse("tasks:departments")):
            response = client.get(address)
            assert response.status_code == 302 and reverse("account_login") in response["Location"]

    @pytest.mark.parametrize(("who", "name"), [("ruth", "Permits"), ("vera", "Town hall"), ("otto", "Archive")])
    def test_ones_first_department(self, cast, as_user, who, name):
        assert f"<h1>{name}</h1>" in text_of(as_user(getattr(cast, who)).get(reverse("tasks:department")))

    def test_an_admin_without_a_department_gets_the_first(self, cast, as_user):
        assert "<h1>Archive</h1>" in text_of(as_user(cast.ada).get(reverse("tasks:department")))

    def test_a_colleague_has_none(self, cast, as_user):
        assert as_user(cast.cleo).get(reverse("tasks:department")).status_code == 404

    @pytest.mark.parametrize("code", ["NONE", "per", "x" * 300, "%00"])
    def test_no_such_department(self, cast, as_user, code):
        assert as_user(cast.ada).get(f"/department/{code}/").status_code == 404

    @pytest.mark.parametrize(
        ("who", "status"), [("ruth", 200), ("vera", 200), ("ada", 200), ("mira", 403), ("otto", 404), ("cleo", 404)]
    )
    def test_who_may_move(self, cast, as_user, who, status):
        task = make.task(cast.permits, cast.anything)
        away = make_absent(cast.kofi, substitute=cast.mira)
        client = as_user(getattr(cast, who))
        data = {"task": [task.pk], "to": cast.kofi.pk, "reason": "why"}
        addresses = {
            reverse("tasks:department_preview", args=["PER"]): 200,
            **{change(verb): 200 for verb in ("move", "release", "cancel")},
            reverse("tasks:department_substitute", args=["PER", away.pk]): 200,
        }
        for address in addresses:
            assert client.post(address, data, headers=HTMX).status_code == status, address
            assert client.get(address).status_code in {405, 404}, address
        if status != 200:
            task.refresh_from_db()
            assert task.state == "open" and task.assignee_id is None

    def test_assistants_see_figures_and_backlog_but_nobodys_load(self, cast, as_user):
        claim(make.task(cast.permits, cast.anything), actor=cast.kofi)
        make.task(cast.permits, cast.anything, title="For everybody")
        for query in ("", f"?person={cast.kofi.pk}"):
            page = text_of(as_user(cast.mira).get(board(query=query)))
            assert "For everybody" in page and "Backlog, no owner" in page
            assert "Kofi" not in page and 'type="checkbox"' not in page and "data-pick" not in page

    def test_nothing_of_other_departments(self, cast, as_user):
        """Neither on the page nor in answers to numbers of foreign tasks."""
        foreign = make.task(cast.archive, cast.anything, title="MARKER-archive")
        assign(foreign, actor=cast.arno, to=cast.otto)
        make.member(cast.otto, cast.permits)
        client = as_user(cast.ruth)
        data = {"task": [foreign.pk], "to": cast.kofi.pk, "reason": "why"}
        pages = [client.get(board()), client.get(board(query=f"?person={cast.otto.pk}"))]
        pages.append(client.post(reverse("tasks:department_preview", args=["PER"]), data, headers=HTMX))
        pages += [client.post(change(verb), data, headers=HTMX) for verb in ("move", "release", "cancel")]
        assert all(page.status_code == 200 and "MARKER" not in text_of(page) for page in pages)
        foreign.refresh_from_db()
        assert foreign.assignee == cast.otto and foreign.revision == 2


class TestConfidential:
    def test_manager_reads_assistant_does_not_see_admin_sees_that_it_exists(self, cast, as_user):
        task = make.task(cast.permits, cast.anything, title="MARKER-secret", confidential=True)
        assert "MARKER-secret" in text_of(as_user(cast.ruth).get(board()))
        page = text_of(as_user(cast.mira).get(board()))
        assert "MARKER" not in page and task.reference not in page
        page = text_of(as_user(cast.ada).get(board()))
        assert "MARKER" not in page and "Confidential task" in page
        assert f'value="{task.pk}"' not in page

    def test_an_admin_cannot_move_it(self, cast, as_user):
        task = make.task(cast.permits, cast.anything, title="MARKER-secret", confidential=True)
        data = {"task": [task.pk], "to": cast.kofi.pk}
        answer = as_user(cast.ada).post(change("move"), data, headers=HTMX)
        assert "You may not do this with it." in text_of(answer) and "MARKER" not in text_of(answer)
        task.refresh_from_db()
        assert task.assignee_id is None


class TestNumbers:
    def test_a_line_for_each_person(self, cast, as_user):
        procedure = make.procedure(standard_minutes=60)
        for late in (True, False):
            due = timezone.now() + dt.timedelta(days=-1 if late else 9)
            claim(make.task(cast.permits, procedure, due_at=due), actor=cast.kofi)
        start(Task.objects.last(), actor=cast.kofi)
        context = as_user(cast.ruth).get(board()).context
        line = context["board"].line_of(cast.kofi.pk)
        hand = line.hand
        assert (hand.tasks, hand.minutes, hand.in_progress, hand.overdue) == (2, 120, 1, 1)
        assert line.capacity == 480 and line.load == 25
        assert [part.css for part in line.bar.segments] == ["b-late", "b-work"]

    @pytest.mark.parametrize(
        ("instant", "words"), [("2026-11-19T10:42Z", "Load today"), ("2026-11-21T10:42Z", "Load on Mon 23 Nov")]
    )
    def test_on_a_day_off_it_is_about_the_next_working_day(self, cast, as_user, instant, words):
        client = as_user(cast.ruth)
        with clock.at(dt.datetime.fromisoformat(instant)):
            claim(make.task(cast.permits, make.procedure(standard_minutes=48)), actor=cast.kofi)
            page = client.get(board())
        line = page.context["board"].line_of(cast.kofi.pk)
        assert words in text_of(page) and line.load == 10
        assert page.context["figures"][0].number == "3 %"  # of three people

    def test_figures_are_on_the_page(self, cast, as_user):
        for _ in range(2):
            make.task(cast.permits, make.procedure(standard_minutes=45))
        figures = as_user(cast.mira).get(board()).context["figures"]
        backlog = next(figure for figure in figures if "Backlog" in figure.label)
        assert (backlog.number, backlog.small) == ("2", "1.5 h standard")

    def test_who_left_still_shows_while_holding_work(self, cast, as_user):
        claim(make.task(cast.permits, cast.anything), actor=cast.kofi)
        cast.kofi.memberships.update(ends_on=dt.date(2024, 1, 1))
        page = text_of(as_user(cast.ruth).get(board()))
        assert "No member today" in page and f"?person={cast.kofi.pk}" in page
        assert f'<option value="{cast.kofi.pk}"' not in page

    def test_what_somebody_holds(self, cast, as_user):
        mine, other = (make.task(cast.permits, cast.anything, title=title) for title in ("Of Kofi", "Of Mira"))
        claim(mine, actor=cast.kofi)
        claim(other, actor=cast.mira)
        page = text_of(as_user(cast.ruth).get(board(query=f"?person={cast.kofi.pk}")))
        assert "Held by Kofi Adjei" in page and "Of Kofi" in page and "Of Mira" not in page

    @pytest.mark.parametrize("person", ["999999999", "0", "x", "-1", "9" * 40, ""])
    def test_an_address_with_nobody_shows_the_backlog(self, cast, as_user, person):
        assert "Backlog, no owner" in text_of(as_user(cast.ruth).get(board(query=f"?person={person}")))

    def test_pages_by_key(self, cast, as_user, monkeypatch):
        monkeypatch.setattr("tasks.board_work.PAGE", 2)
        tasks = [make.task(cast.permits, cast.anything, priority=number) for number in (1, 2, 3, 4)]
        client, seen, query = as_user(cast.ruth), [], ""
        for _ in range(2):
            context = client.get(board(query=query)).context
            seen += [row["id"] for row in context["work"].rows]
            query = context["next"]
        assert seen == [task.pk for task in tasks] and not context["later"]
        assert [row["id"] for row in client.get(board(query=context["previous"])).context["work"].rows] == seen[:2]
        assert client.get(board(query="?place=nonsense")).context["work"].rows[0]["id"] == seen[0]


class TestCost:
    @pytest.mark.parametrize(("who", "statements"), [("ruth", 17), ("mira", 15), ("ada", 16)])
    def test_statements_do_not_depend_on_rows(self, cast, as_user, who, statements, django_assert_num_queries):
        """One and three tasks, in the backlog and in hand, of procedures that need something, one and three people."""
        client = as_user(getattr(cast, who))
        for number in (1, 2, 3):
            how = make.procedure(requires=[(make.qualification(), 1)])
            make.task(cast.permits, how)
            person = make.person(f"Extra {number}")
            make.member(person, cast.permits)
            make.holding(person, make.qualification())
            make_absent(person, substitute=cast.kofi)
            claim(make.task(cast.permits, cast.anything), actor=cast.kofi)
            client.get(board())
            with django_assert_num_queries(statements):
                client.get(board())

    def test_the_list_reads_what_it_shows(self, cast):
        """Of piles in the backlog, in one person's hands and elsewhere no more than the rows of the page."""
        shown = Board(cast.ruth, cast.permits)
        pile(make.task(cast.permits, cast.anything), 1500)
        pile(make.task(cast.archive, cast.anything), 1500)
        for person in (cast.kofi, cast.mira):
            held = make.task(cast.permits, cast.anything)
            claim(held, actor=person)
            held.refresh_from_db()
            pile(held, 400)
        measured()
        for person in (None, cast.kofi):
            with CaptureQueriesContext(connection) as captured:
                rows = work_of(shown, person, "", set()).rows
            read = [scans(query["sql"]) for query in captured.captured_queries if "tasks_task" in query["sql"]]
            assert len(rows) == PAGE and len(read) == 1
            for statement in read:
                assert sum(number for _index, number in statement) <= PAGE + 1


class TestText:
    def test_nothing_written_by_people_is_markup(self, cast, as_user):
        evil = "<img src=x onerror=alert(1)>"
        make.task(cast.permits, make.procedure(evil, requires=[(make.qualification(evil + "q"), 1)]), title=evil)
        cast.kofi.name = evil
        cast.kofi.save()
        make.holding(cast.kofi, make.qualification(evil + "h"))
        cast.permits.name = evil
        cast.permits.save()
        client = as_user(cast.ruth)
        task = Task.objects.get()
        data = {"task": [task.pk], "to": cast.kofi.pk, "override": evil, "reason": evil}
        pages = [
            client.get(board()),
            client.get(reverse("tasks:departments")),
            client.post(reverse("tasks:department_preview", args=["PER"]), data, headers=HTMX),
            client.post(change("move"), {"to": "x", "override": evil, "reason": evil}),
            client.post(change("move"), data),
            client.post(change("move"), data, headers=HTMX),
        ]
        assert all("<img" not in text_of(page) and "&lt;img" in text_of(page) for page in pages)


def make_absent(person, substitute=None, hours=8):
    now = timezone.now()
    row = Absence(
        person=person,
        starts_at=now - dt.timedelta(days=2),
        ends_at=now + dt.timedelta(days=2, hours=hours),
        substitute=substitute,
    )
    return save_absence(row, actor=None)


class TestSwitching:
    def test_other_departments(self, cast, as_user):
        page = text_of(as_user(cast.vera).get(board("HALL")))
        assert f'href="{board()}"' in page and f'href="{board("ARC")}"' not in page

    def test_beyond_a_dozen_they_are_searched(self, cast, as_user):
        for number in range(14):
            make.department(f"Office {number:02}")
        client = as_user(cast.ada)
        assert reverse("tasks:departments") in text_of(client.get(board()))
        assert client.get(board("HALL")).status_code == 200
        found = text_of(client.get(reverse("tasks:departments") + "?name=ärch"))
        assert "Archive" in found and "Office" not in found
        assert "No department found" in text_of(client.get(reverse("tasks:departments") + "?name=%00zzz"))

    def test_only_ones_own_are_found(self, cast, as_user):
        page = text_of(as_user(cast.vera).get(reverse("tasks:departments")))
        assert "Permits" in page and "Archive" not in page
        assert "No department found" in text_of(as_user(cast.cleo).get(reverse("tasks:departments")))


def test_a_task_that_ended_meanwhile_is_skipped(cast, as_user):
    task = make.task(cast.permits, cast.anything)
    cancel(task, actor=cast.ruth, reason="twice")
    answer = as_user(cast.ruth).post(change("move"), {"task": [task.pk], "to": cast.kofi.pk}, headers=HTMX)
    assert answer.status_code == 200 and "is cancelled" in text_of(answer)
    assert toast(answer)["text"] == "Nothing was changed" and "undo" not in toast(answer)
    assert not Event.objects.filter(task_id=task.pk, verb="assign").exists()
