"""No filter of the audit page reads many more events than it shows, whatever history there is: in the plans."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.auditing.looking import SIZE, WINDOW, Look, find
from tasks.tests import factories as make
from tasks.tests.pages import as_person
from tasks.tests.plans import measured, rows_read

MORE = 100
_PILE = """INSERT INTO records_event (occurred_at, recorded_at, actor_id, on_behalf_of_id, origin, verb, subject_kind,
    subject_id, task_id, department_id, from_state, to_state, schema, digest)
    SELECT now() - make_interval(secs => n), now(), %s, %s, %s, %s, 'task', %s, %s, %s, '', '', 1, ''
    FROM generate_series(1, %s) n"""


def pile(
    person: Any, place: Any, task: Any, size: int, verb: str = "edit", how: str = "web", other: Any = None
) -> None:
    """So many events, a second apart."""
    with connection.cursor() as cursor:
        behalf = other.pk if other else None
        cursor.execute(_PILE, [person.pk, behalf, how, verb, task.pk, task.pk, place.pk, size])


@pytest.fixture
def office(cast: Any) -> Any:
    cast.busy = make.task(cast.permits, cast.anything)
    cast.quiet = make.task(cast.permits, cast.anything)
    pile(cast.mira, cast.permits, cast.busy, 3000)
    pile(cast.otto, cast.archive, cast.busy, 3000)
    pile(cast.kofi, cast.permits, cast.quiet, 90)
    pile(cast.mira, cast.permits, cast.quiet, 90, verb="escalate")
    pile(cast.mira, cast.permits, cast.quiet, 90, how="import")
    pile(cast.mira, cast.permits, cast.quiet, 90, other=cast.vera)
    measured()
    return cast


ONE = [
    "",
    "?by={kofi}",
    "?by={mira}",
    "?behalf={vera}",
    "?task={quiet}",
    "?verb=escalate",
    "?verb=edit",
    "?department={permits}",
    "?department={permits}&verb=escalate",
    "?origin=import",
    "?from=2020-01-01&until=2020-12-31",
    "?department={permits}&until=2020-12-31",
    "?verb=edit&from=2020-01-01",
]


SEARCHED = ["?by={mira}&verb=escalate", "?by={mira}&verb=claim", "?origin=web&verb=escalate", "?origin=web"]


def asked(person: Any, path: str) -> list[str]:
    """What the second load of a page asks of tables."""
    client = as_person(person)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured if query["sql"].lstrip("( ").startswith("SELECT")]


def address(office: Any, query: str) -> str:
    names = ("kofi", "mira", "vera", "quiet", "busy", "permits")
    return "/audit/" + query.format(**{name: getattr(office, name).pk for name in names})


@pytest.mark.parametrize("query", ONE)
def test_a_filter_reads_what_it_shows(office: Any, query: str) -> None:
    for sql in asked(office.ada, address(office, query)):
        read, shown = rows_read(sql)
        assert read <= shown + MORE, (read, shown, sql[:300])


@pytest.mark.parametrize("query", ["", "?verb=escalate", "?verb=edit", "?department={permits}", "?until=2020-12-31"])
@pytest.mark.parametrize("who", ["ruth", "vera"])
def test_of_a_manager_too(office: Any, who: str, query: str) -> None:
    for sql in asked(getattr(office, who), address(office, query)):
        read, shown = rows_read(sql)
        assert read <= shown + MORE, (read, shown, sql[:300])


@pytest.mark.parametrize("query", SEARCHED)
def test_several_filters_read_a_window(office: Any, query: str) -> None:
    for sql in asked(office.ada, address(office, query)):
        read, _shown = rows_read(sql)
        assert read <= WINDOW + MORE, (read, sql[:300])


def test_a_page_further_on_enters_the_index_there(office: Any) -> None:
    look = Look(department=office.permits.pk)
    place = find(look).page.next
    with CaptureQueriesContext(connection) as captured:
        onward = find(look, place)
    read, shown = rows_read(captured[0]["sql"])
    assert len(onward.page.rows) == SIZE and shown == SIZE + 1 and read <= shown + 20  # some are of the same second
