"""No list reads many more rows than it shows, whatever is piled up beside it: in the plans of its statements."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from organization.models import User
from tasks import finishing
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.pages import as_person
from tasks.tests.plans import measured, pile, rows_read
from tasks.transitions import assign

MORE = 100
# The board's totals give a row for each person, day or the department. They read what people hold, up to 500 tasks
# each, and some hundreds of the latest; test_load.py and test_trend.py hold them to that.
TOTALS = ("WITH RECURSIVE owner", "SELECT late.tasks", "WITH gone AS")


@pytest.fixture
def office(cast):
    """Piles: the backlog here and elsewhere, work in two hands and finished by them, and a house full of people."""
    names = [f"person {number}" for number in range(400)]
    User.objects.bulk_create(User(email=f"{name[7:]}@crowd.invalid", name=name, folded_name=name) for name in names)
    pile(make.task(cast.permits, cast.anything, requester=cast.mira), 1500)
    pile(make.task(cast.archive, cast.anything), 8000)
    for person in (cast.mira, cast.kofi):
        held = assign(make.task(cast.permits, cast.anything), actor=cast.ruth, to=person)
        held.refresh_from_db()
        pile(held, 400)
        done = finishing.complete(held, actor=person)
        done.refresh_from_db()
        pile(done, 700)
    measured()
    return cast


def statements(person, path):
    """What a page asks of tables on its second load."""
    client = as_person(person)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    found = [query["sql"] for query in captured.captured_queries]
    return response, [sql for sql in found if sql.lstrip("( ").startswith(("SELECT", "WITH", "EXECUTE"))]


def check_reads(path, asked, besides=()):
    for sql in asked:
        read, given = rows_read(sql)
        assert read <= given + MORE or sql in besides, (path, read, given, sql[:400])


QUEUE = [
    "",
    "?state=finished",
    "?scope=asked",
    *(f"?scope=departments{sort}" for sort in ("", "&sort=due", "&sort=newest", "&sort=oldest", "&sort=changed")),
    "?scope=departments&state=finished",
    "?scope=departments&department={permits}",
]


def test_the_queue_and_the_board(office):
    """The piles are put up once for all of them: that takes longer than asking."""
    for who in (office.mira, office.ruth, office.vera):
        for query in QUEUE:
            path = "/queue/" + query.format(permits=office.permits.pk)
            check_reads(path, statements(who, path)[1])
    check_reads("the queue of an admin", statements(office.ada, "/queue/?scope=departments")[1])
    board = f"/department/{office.permits.code}/"
    for who, query in (
        (office.ruth, ""),
        (office.ruth, f"?person={office.kofi.pk}"),
        (office.mira, ""),
        (office.ada, ""),
    ):
        _response, asked = statements(who, board + query)
        totals = [sql for sql in asked if sql.startswith(TOTALS)]
        assert len(totals) == 3
        check_reads(board + query, asked, totals)
    check_a_page_further_on(office)


def check_a_page_further_on(office):
    """Behind a place the index is entered there: nothing before it is read."""
    response, _asked = statements(office.mira, "/queue/?scope=departments")
    onward = response.context["next"]
    _response, asked = statements(office.mira, f"/queue/{onward}")
    rows = [sql for sql in asked if "tasks_task" in sql and "LIMIT 51" in sql]
    assert len(rows) == 1 and Task.objects.count() > 5000
    read, given = rows_read(rows[0])
    assert given == 51 and read <= given + 2


def test_a_pile_here_and_older_work_elsewhere(cast):
    """Nearly all there is lies here: the order of everybody's work is not walked to find it."""
    pile(make.task(cast.archive, cast.anything, due_at=clock.now() - dt.timedelta(days=9)), 600)
    pile(make.task(cast.permits, cast.anything), 9000)
    measured()
    for person, path in ((cast.ruth, "/queue/?scope=departments"), (cast.ruth, "/department/PER/")):
        _response, asked = statements(person, path)
        for sql in asked:
            read, given = rows_read(sql)
            assert read <= given + MORE or sql.startswith(TOTALS), (read, given, sql[:400])


def test_counts_do_not_look_through_finished_work(cast):
    """Also where the planner may read the table from its beginning: there lie the finished ones."""
    task = assign(make.task(cast.permits, cast.anything, requester=cast.mira), actor=cast.ruth, to=cast.mira)
    done = finishing.complete(task, actor=cast.mira)
    done.refresh_from_db()
    done.requester = None
    pile(done, 20_000)
    pile(make.task(cast.permits, cast.anything, requester=cast.mira), 300)
    measured()
    for person, path in (
        (cast.mira, "/queue/"),
        (cast.ada, "/queue/?scope=departments"),
        (cast.mira, "/department/PER/"),
    ):
        _response, asked = statements(person, path)
        counts = [sql for sql in asked if sql.startswith("(SELECT 1 FROM tasks_task")]
        assert len(counts) == 1
        read, given = rows_read(counts[0], by_index=False)
        assert 100 <= given <= read <= given + MORE, (read, given)
