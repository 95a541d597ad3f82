"""Data sets as offices grow: departments and people grow along, open work per department and person stays the same,
the rest is finished. Rows are put in by SQL, in the shape the verbs would leave them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.utils import timezone

PEOPLE, FREE, HELD, PROCEDURES = 10, 120, 8, 12
PER_DEPARTMENT = 5_000
BENCH_CLIENTS = 64


@dataclass(frozen=True)
class Shape:
    """How large an office is: `tasks` in all over `departments`."""

    tasks: int

    @property
    def departments(self) -> int:
        return max(2, self.tasks // PER_DEPARTMENT)

    @property
    def finished(self) -> int:
        """Finished tasks per department."""
        return self.tasks // self.departments - FREE - PEOPLE * HELD


def fill(shape: Shape) -> None:
    """Fill an empty, migrated database."""
    with transaction.atomic():
        _places(shape)
        _people(shape)
        _tasks(shape)
        put_words()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    from tasks.tallies import rebuild

    rebuild()


def _places(shape: Shape) -> None:
    from organization.models import CalendarWindow, Department, OfficeCalendar, Site
    from organization.setup import save_calendar, save_site
    from tasks.tests import factories as make

    site = save_site(Site(name="Hall", time_zone="Europe/Dublin", country="IE"), actor=None)
    windows = [CalendarWindow(weekday=day, start=dt.time(8, 30), end=dt.time(17)) for day in range(5)]
    calendar = save_calendar(OfficeCalendar(name="Week"), actor=None, windows=windows, closures=[])
    rows = [
        Department(
            code=f"B{number:05}",
            name=f"Department {number:05}",
            folded_name=f"department {number:05}",
            site=site,
            calendar=calendar,
        )
        for number in range(1, shape.departments + 1)
    ]
    Department.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organization_department SET lineage = ARRAY[id]")
    steps = [{"instruction": f"Check part {part} of the file"} for part in (1, 2, 3)]
    for number in range(PROCEDURES):
        made = [dict(step) for step in steps] if number % 3 == 0 else []
        make.procedure(f"Procedure {number:02}", steps=[step | {"is_mandatory": False} for step in made])


def _people(shape: Shape) -> None:
    """Ten assistants and a manager a department; each assistant also works in the next department."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO organization_user (password, email, name, folded_name, time_zone, language, is_admin,
                 is_active, own_first, single_keys)
               SELECT '!', 'p' || d.id || '.' || n || '@bench.example', 'Person ' || d.id || ' ' || n,
                 'person ' || d.id || ' ' || n, 'Europe/Dublin', 'en', false, true, false, true
               FROM organization_department d, generate_series(0, %s) n""",
            [PEOPLE],
        )
        for offset in (0, 1):
            cursor.execute(
                """INSERT INTO organization_membership (person_id, department_id, role, minutes, starts_on)
                   SELECT u.id, d2.id, CASE WHEN u.email LIKE '%%.0@bench.example' THEN 'manager' ELSE 'assistant' END,
                     ARRAY[450,450,450,450,450,0,0], '2020-01-01'
                   FROM organization_department d
                   JOIN organization_user u ON u.email LIKE 'p' || d.id || '.%%@bench.example'
                   JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM organization_department) d1
                     ON d1.id = d.id
                   JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM organization_department) d2
                     ON d2.n = (d1.n - 1 + %(offset)s) %% %(all)s + 1
                   WHERE %(offset)s = 0 OR u.email NOT LIKE '%%.0@bench.example'""",
                {"offset": offset, "all": shape.departments},
            )


def _key() -> str:
    from organization.models import Department
    from tasks import clocks
    from tasks.models import Procedure, Task

    department = Department.objects.select_related("site", "calendar").first()
    return clocks.key_of(Task(department=department, procedure=Procedure.objects.first()))


# One row a task: department, number within it, state by number, spread over five years; urgency is a key of its own.
_TASKS = """INSERT INTO tasks_task (title, text, state, priority, procedure_id, version_id, department_id, assignee_id,
    requester_id, confidential, ready_at, due_at, due_is_date, due_from_target, remaining_minutes, start_by, urgent_at,
    clock_key, subject_kind, subject_id, subject_ref, external_source, external_reference, opened_at, claimed_at,
    started_at, first_started_at, waiting_since, waiting_until, waiting_kind, waiting_reason, submitted_at, closed_at,
    changed_at, revision)
SELECT 'Case ' || d.id || '-' || n || ': check and register the papers', 'Received by post.',
    CASE WHEN n <= %(open)s THEN 'open' ELSE 'done' END, 3, p.id, v.id, d.id,
    CASE WHEN n <= %(free)s THEN NULL ELSE person.id END, NULL, false, NULL, due, false, true, 15,
    due - interval '15 minutes', due - interval '15 minutes' + n * interval '1 millisecond', %(key)s, '', NULL,
    'L-' || n, '', '', opened, CASE WHEN n > %(free)s THEN opened END, CASE WHEN n > %(open)s THEN opened END,
    CASE WHEN n > %(open)s THEN opened END, NULL, NULL, '', '', NULL,
    CASE WHEN n > %(open)s THEN opened + interval '6 hours' END, opened, 2
FROM organization_department d
CROSS JOIN generate_series(%(first)s, %(last)s) n
CROSS JOIN LATERAL (SELECT CASE WHEN n <= %(open)s THEN now() - (n %% 40) * interval '3 hours'
    ELSE now() - interval '1 day' - (n::float / %(last)s) * interval '1800 days' END AS opened) o
CROSS JOIN LATERAL (SELECT opened + interval '5 days' AS due) x
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS k FROM tasks_procedure) p ON p.k = n %% %(procedures)s
JOIN tasks_procedureversion v ON v.procedure_id = p.id AND v.stage = 'published'
LEFT JOIN organization_user person ON person.email = 'p' || d.id || '.' || (n %% %(people)s + 1) || '@bench.example'
WHERE %(only)s = 0 OR d.id = %(only)s"""


# The words of the tasks, as `tasks.search_index` would write them; one in a thousand has one more.
_WORDS = """INSERT INTO tasks_searchentry (task_id, department_id, words)
SELECT id, department_id, setweight(to_tsvector('simple', regexp_replace(lower(title), '[^a-z0-9]+', ' ', 'g')), 'A')
    || setweight(to_tsvector('simple', regexp_replace(lower(text), '[^a-z0-9]+', ' ', 'g')
      || CASE WHEN id %% %(each)s = 0 THEN ' ' || %(rare)s || id / %(each)s %% 50 ELSE '' END), 'B')
    || array_to_tsvector(ARRAY['department:' || department_id])
FROM tasks_task ON CONFLICT (task_id) DO NOTHING"""
RARE, EACH = "watermark", 1_000


def put_words() -> None:
    """Enter all tasks into the search."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"rare": RARE, "each": EACH})


def put_tasks(first: int, last: int, *, free: int, open_: int, only: int = 0) -> None:
    """Put tasks numbered first..last into every department (or `only` one): free ones first, held ones, done ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TASKS,
            {
                "first": first,
                "last": last,
                "free": free,
                "open": open_,
                "key": _key(),
                "procedures": PROCEDURES,
                "people": PEOPLE,
                "only": only,
            },
        )


def _tasks(shape: Shape) -> None:
    open_ = FREE + PEOPLE * HELD
    put_tasks(1, open_ + shape.finished, free=FREE, open_=open_)
    with connection.cursor() as cursor:
        for verb, to_state, where in (("open", "open", "true"), ("complete", "done", "state = 'done'")):
            cursor.execute(
                f"""WITH event AS (INSERT INTO records_event (occurred_at, origin, verb, subject_kind, subject_id,
                      task_id, department_id, from_state, to_state, schema, digest)
                    SELECT COALESCE(closed_at, opened_at), 'import', %s, 'task', id, id, department_id, '', %s, 1,
                      sha256(id::text::bytea)
                    FROM tasks_task WHERE {where} RETURNING id)
                    INSERT INTO records_eventpayload (event_id, salt, body)
                    SELECT id, 'salt', %s::jsonb FROM event""",
                [verb, to_state, json.dumps({"revision": 1, "title": "Case", "procedure": 1, "priority": 3})],
            )
        cursor.execute(
            """INSERT INTO tasks_involvement (task_id, person_id, how, since)
               SELECT id, assignee_id, 'held', opened_at FROM tasks_task WHERE assignee_id IS NOT NULL"""
        )


def pile(count: int) -> None:
    """Pile open work nobody has into the first department."""
    from organization.models import Department

    first = Department.objects.order_by("pk").values_list("pk", flat=True)[0]
    base = 10_000_000
    put_tasks(base, base + count - 1, free=base + count, open_=base + count, only=first)
    put_words()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    from tasks.tallies import rebuild

    rebuild()


@dataclass(frozen=True)
class Client:
    """Somebody who calls: a token for the API, a session for the pages, the departments they work in, theirs first."""

    person: int
    departments: tuple[int, ...]
    code: str
    token: str
    session: str

    @property
    def department(self) -> int:
        return self.departments[0]


def clients(role: str = "assistant", many: int = BENCH_CLIENTS) -> list[Client]:
    """Signed-in people spread over the departments, at most `many`."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from organization.models import ApiToken, Membership
    from organization.sessions import ADMIN, STANDING, stamp_of
    from organization.tokens import digest_of

    found = []
    members = Membership.objects.filter(role=role).select_related("person", "department").order_by("person_id", "id")
    people: dict[int, list[Membership]] = {}
    for row in members.iterator():
        if len(people) == many and row.person_id not in people:
            break
        people.setdefault(row.person_id, []).append(row)
    for rows in people.values():
        row = rows[0]
        token = f"bench-{row.person_id}"
        ApiToken.objects.get_or_create(
            digest=digest_of(token), defaults={"person": row.person, "name": "bench", "last_used_at": timezone.now()}
        )
        store = SessionStore()
        store[SESSION_KEY] = str(row.person_id)
        store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        store[HASH_SESSION_KEY] = row.person.get_session_auth_hash()
        store[ADMIN], store[STANDING] = row.person.is_admin, stamp_of(row.person.standing)
        store.create()
        places = tuple(one.department_id for one in rows)
        found.append(Client(row.person_id, places, row.department.code, token, str(store.session_key)))
    return found
