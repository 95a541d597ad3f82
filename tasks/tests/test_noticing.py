"""Whom verbs on tasks concern: kinds and recipients, never the actor, never who may not see it, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Membership, Notice, User
from organization.standing import forget
from records import events
from tasks import finishing, transitions
from tasks.bulk import assign_all, undo_all
from tasks.editing import comment, edit
from tasks.mentions import mentioned_in
from tasks.models import Task
from tasks.next import take_next
from tasks.tests import factories as make
from tasks.tests.doors import fresh
from tasks.tests.pages import as_person, part, text
from tasks.watching import stop_watching, watch

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    """Person, kind and detail of what was told since the last look."""
    rows = Notice.objects.order_by("pk").values_list("person__name", "kind", "detail")
    found = sorted((name.split()[0].lower(), kind, detail) for name, kind, detail in rows)
    Notice.objects.all().delete()
    return found


@pytest.fixture
def task(cast: Any) -> Task:
    """Work of Permits that mira has and cleo asked for."""
    row = transitions.claim(make.task(cast.permits, cast.permit, requester=cast.cleo), actor=cast.mira)
    assert told() == []
    return row


def test_given_taken_and_handed_off(cast: Any, task: Task) -> None:
    transitions.assign(task, actor=cast.ruth, to=cast.kofi)
    assert told() == [("kofi", "assigned", ""), ("mira", "changed", "taken")]
    transitions.release(task, actor=cast.ruth)
    assert told() == [("kofi", "changed", "taken")]


def test_sent_back_and_approved(cast: Any) -> None:
    row = transitions.claim(make.task(cast.permits, cast.review, requester=cast.cleo), actor=cast.mira)
    transitions.start(row, actor=cast.mira)
    finishing.submit(row, actor=cast.mira)
    assert told() == []
    finishing.send_back(row, actor=cast.ruth, reason="a gap")
    assert told() == [("mira", "sent_back", "")]
    finishing.submit(row, actor=cast.mira)
    finishing.approve(row, actor=cast.kofi)
    assert told() == [("cleo", "answered", "approve"), ("mira", "changed", "approve")]


def test_done_cancelled_and_waiting_for_who_asked(cast: Any, task: Task) -> None:
    transitions.wait(task, actor=cast.mira, kind="outside", reason="a letter")
    transitions.resume(task, actor=cast.mira)
    assert told() == []
    transitions.wait(task, actor=cast.mira, kind="requester", reason="which door?")
    assert told() == [("cleo", "answered", "wait")]
    transitions.resume(task, actor=cast.mira)
    finishing.complete(task, actor=cast.mira)
    assert told() == [("cleo", "answered", "complete")]
    transitions.reopen(task, actor=cast.ruth, reason="not yet")
    told()
    transitions.cancel(task, actor=cast.ruth, reason="twice")
    assert told() == [("cleo", "answered", "cancel")]


def test_others_at_my_work(cast: Any, task: Task) -> None:
    edit(task, {"title": "Other"}, actor=cast.ruth, revision=fresh(task).revision)
    assert told() == [("mira", "changed", "edit")]
    edit(task, {"title": "Mine"}, actor=cast.mira, revision=fresh(task).revision)
    assert told() == []


def test_comments(cast: Any, task: Task) -> None:
    comment(task, "inside", actor=cast.ruth)
    assert told() == [("mira", "commented", "")]
    comment(task, "for you", actor=cast.mira, for_requester=True)
    assert told() == [("cleo", "answered", "")]
    comment(task, "thank you", actor=cast.cleo)
    assert told() == [("mira", "commented", "")]


def test_mentions_reach_only_who_may_see(cast: Any, task: Task) -> None:
    kofi, otto, cleo = (person.email.partition("@")[0] for person in (cast.kofi, cast.otto, cast.cleo))
    comment(task, f"@{kofi}, @{otto} and @{cleo}: see @mira.", actor=cast.ruth)
    assert told() == [("kofi", "mentioned", ""), ("mira", "commented", "")]
    comment(task, "@Cleo Marsh, which door? (@Kofi Adjei knows)", actor=cast.mira, for_requester=True)
    assert told() == [("cleo", "mentioned", ""), ("kofi", "mentioned", "")]
    comment(task, "@Mira Holt myself", actor=cast.mira)
    assert told() == []


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("@Zoë Müller bitte", ["Zoë Müller"]),
        ("@zoe muller, please", ["Zoë Müller"]),
        ("@Zoë Müllers", []),
        ("write to zoe@office.example", []),
        ("@zo", []),
        ("@@", []),
        ("@zoe.m", ["Zoë Müller"]),
    ],
)
def test_names_in_texts(db: None, said: str, names: list[str]) -> None:
    make.person("Zoë Müller", email="zoe.m@office.example")
    make.person("Zoë Müllers", email="z@office.example", is_active=False)
    assert [person.name for person in mentioned_in(said)] == names


def test_watchers_see_state_and_hands_and_what_they_may_read(cast: Any, task: Task) -> None:
    for person in (cast.kofi, cast.vera):
        watch(task, actor=person)
    watch(task, actor=cast.kofi)
    transitions.start(task, actor=cast.mira)
    assert told() == [("kofi", "watched", "start"), ("vera", "watched", "start")]
    comment(task, "inside", actor=cast.kofi)
    assert told() == [("mira", "commented", ""), ("vera", "watched", "comment")]
    Membership.objects.filter(person=cast.kofi).update(ends_on="2021-01-01")
    forget(cast.kofi)
    stop_watching(task, actor=cast.vera)
    transitions.release(task, actor=cast.mira)
    assert told() == []
    assert fresh(task).watched
    stop_watching(task, actor=cast.kofi)
    assert not fresh(task).watched


def test_confidential_work_is_named_to_nobody_outside(cast: Any, task: Task) -> None:
    for person in (cast.kofi, cast.ada):
        watch(task, actor=person)
    edit(task, {"confidential": True, "title": "The wall"}, actor=cast.ruth, revision=fresh(task).revision)
    told()
    transitions.start(task, actor=cast.mira)
    assert told() == []
    comment(task, f"@{cast.kofi.email.partition('@')[0]} @{cast.ada.email.partition('@')[0]}", actor=cast.mira)
    assert told() == []


def test_what_became_confidential_is_not_told_by_old_notices(cast: Any, task: Task) -> None:
    transitions.release(task, actor=cast.mira)
    watch(task, actor=cast.kofi)
    transitions.claim(task, actor=cast.mira)
    row = fresh(task)
    edit(task, {"confidential": True, "title": "The secret wall"}, actor=cast.ruth, revision=row.revision)
    page = as_person(cast.kofi).get("/notices/")
    assert task.reference in text(page) and "secret wall" not in text(page)
    assert "The secret wall" in text(as_person(cast.mira).get("/notices/"))


def test_undone_at_once_is_told_to_nobody(cast: Any, task: Task) -> None:
    tasks = [task, transitions.claim(make.task(cast.permits, cast.permit), actor=cast.mira)]
    ids = [one.pk for one in tasks]
    assert len(assign_all(ids, actor=cast.ruth, to=cast.kofi).done) == 2
    assert Notice.objects.filter(mail_at__gt=Notice.objects.first().written_at).count() == 4, "the mail is held back"
    assert len(undo_all(ids, actor=cast.ruth).done) == 2
    assert told() == []


def test_imports_tell_nobody(cast: Any) -> None:
    with events.origin("import"):
        row = make.task(cast.permits, cast.permit, requester=cast.cleo)
        transitions.assign(row, actor=cast.ruth, to=cast.mira)
        finishing.complete(row, actor=cast.mira)
    assert told() == []


def statements(act: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in seen)


def test_nobody_to_tell_costs_nothing(cast: Any) -> None:
    """The hot verbs ask as often as before there were notices and alarms: none of these is about telling."""
    for _ in range(2):
        make.task(cast.permits, cast.permit)
    served = take_next(actor=cast.mira)
    assert served
    finishing.complete(served.task, actor=cast.mira)
    forget(cast.mira)
    given: list[Any] = []
    assert statements(lambda: given.append(take_next(actor=cast.mira))) == 12
    assert statements(lambda: finishing.complete(given[0].task, actor=cast.mira)) == 4


def test_somebody_to_tell_is_one_statement(cast: Any) -> None:
    counts = []
    for requester in (None, cast.cleo):
        row = transitions.claim(make.task(cast.permits, cast.permit, requester=requester), actor=cast.mira)
        counts.append(statements(lambda row=row: finishing.complete(row, actor=cast.mira)))
    assert counts[1] == counts[0] + 1


def test_the_button_to_watch(cast: Any, task: Task) -> None:
    kofi = as_person(cast.kofi)
    page = kofi.get(f"/tasks/{task.reference}/")
    assert "Watch" in text(page) and "Stop watching" not in text(page)
    answer = kofi.post(f"/tasks/{task.reference}/watch/", headers=part())
    assert answer.status_code == 200 and "Stop watching" in text(answer)
    assert "Stop watching" in text(kofi.get(f"/tasks/{task.reference}/"))
    kofi.post(f"/tasks/{task.reference}/watch/", {"stop": "1"}, headers=part())
    assert not fresh(task).watched
    assert 'id="watch"' not in as_person(cast.mira).get(f"/tasks/{task.reference}/").content.decode()


class TestThePage:
    def notices(self, cast: Any, count: int) -> None:
        for _ in range(count):
            row = make.task(cast.permits, cast.permit)
            transitions.assign(row, actor=cast.ruth, to=cast.mira)

    def test_statements_do_not_depend_on_rows(self, cast: Any, django_assert_num_queries: Any) -> None:
        client = as_person(cast.mira)
        for count in (1, 2):
            self.notices(cast, count)
            client.get("/notices/")
            with django_assert_num_queries(6):  # session, person, notices, their standing, tasks, counts
                client.get("/notices/")

    def test_it_says_why_and_how_to_stop_and_counts(self, cast: Any) -> None:
        self.notices(cast, 3)
        client = as_person(cast.mira)
        page = client.get("/notices/")
        assert "Ruth Calder gave T-" in text(page) and "You get this because it is yours now." in text(page)
        assert "/notices/ways/#id_mail-assigned" in page.content.decode()
        assert "Notices, 3 not read" in text(client.get("/queue/"))
        row = Notice.objects.filter(person=cast.mira).latest("pk")
        answer = client.post(f"/notices/{row.pk}/open/")
        assert answer.headers["Location"] == f"/tasks/T-{row.subject_id}/"
        assert "Notices, 2 not read" in text(client.get("/queue/"))
        client.post("/notices/read/")
        assert "not read" not in text(client.get("/queue/"))
        assert "You have read everything" in text(client.get("/notices/?unread"))

    def test_it_goes_by_pages(self, cast: Any) -> None:
        self.notices(cast, 31)
        client = as_person(cast.mira)
        first = client.get("/notices/").content.decode()
        assert first.count('<li id="notice-') == 30
        place = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
        assert client.get(place).content.decode().count('<li id="notice-') == 1

    def test_others_are_out_of_reach(self, cast: Any) -> None:
        self.notices(cast, 1)
        row = Notice.objects.get(person=cast.mira)
        assert as_person(cast.ruth).post(f"/notices/{row.pk}/open/").status_code == 404
        assert User.objects.get(pk=cast.mira.pk).notices.get().read_at is None
