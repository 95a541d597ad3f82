"""Search: what is found, by whom, at what cost."""

from __future__ import annotations

from typing import Any

import pytest

from records.models import Run
from tasks import editing, search_index, transitions
from tasks import search as searching
from tasks.models import SearchEntry, Task
from tasks.search import find
from tasks.tests import factories as make
from tasks.tests.pages import as_person, part, statements, text
from tasks.undo import undo

pytestmark = pytest.mark.django_db


def refs(user: Any, words: str) -> list[str]:
    """References of what `user` finds. Standing and reach are read anew."""
    return [row.ref for row in find(type(user).objects.get(pk=user.pk), words).rows]


@pytest.fixture
def task(cast: Any) -> Task:
    return make.task(cast.permits, cast.permit, title="Shopfront of Jürgen Müller", text="Façade, Straße 14")


@pytest.mark.parametrize(
    "words",
    [
        "Muller",
        "müller jurgen",
        "MÜLLER",
        "facade strasse",
        "14 shopfront",
        "shopf",
        "jurgen mul",
        "  Müller,  Jürgen! ",
    ],
)
def test_words_are_found_folded_wherever_they_stand(cast: Any, task: Task, words: str) -> None:
    make.task(cast.permits, cast.permit, title="Something else", text="Roof")
    assert refs(cast.mira, words) == [task.reference]


@pytest.mark.parametrize(
    "words", ["", "  ", "…", "shopfront roof", "hopfront", "department:1", "'", "a:* | b", "\\", "!!"]
)
def test_what_is_not_there_is_not_found(cast: Any, task: Task, words: str) -> None:
    assert refs(cast.mira, words) == []


def test_titles_come_before_texts_and_the_newest_first(cast: Any) -> None:
    first = make.task(cast.permits, cast.permit, title="Kiosk at the quay")
    second = make.task(cast.permits, cast.permit, title="Other", text="near the kiosk")
    third = make.task(cast.permits, cast.permit, title="Kiosk again")
    assert refs(cast.mira, "kiosk") == [third.reference, first.reference, second.reference]


def test_references_by_their_beginning(cast: Any, task: Task) -> None:
    others = [make.task(cast.permits, cast.permit) for _ in range(11)]
    number = str(task.pk)
    assert refs(cast.mira, task.reference)[0] == task.reference
    assert refs(cast.mira, task.reference.lower()) == refs(cast.mira, f"t {number}")
    begun = {one.reference for one in [task, *others] if str(one.pk).startswith(number[:-1])}
    assert len(begun) > 1
    assert set(refs(cast.mira, f"T-{number[:-1]}")) == begun
    assert refs(cast.mira, "T-999999999999999999") == refs(cast.mira, "T-0") == []
    assert refs(cast.otto, task.reference) == []


class TestWhoFindsWhat:
    def test_only_what_is_in_reach(self, cast: Any, task: Task) -> None:
        for who in (cast.mira, cast.kofi, cast.ruth, cast.vera, cast.ada):
            assert refs(who, "shopfront") == [task.reference], who.name
        for who in (cast.otto, cast.arno, cast.cleo):
            assert refs(who, "shopfront") == [], who.name

    def test_confidential_words_match_for_those_who_may_read_them(self, cast: Any) -> None:
        secret = make.task(cast.permits, cast.permit, title="Dismissal", text="grievance", confidential=True)
        editing.comment(secret, "tribunal", actor=cast.ruth)
        for word in ("dismissal", "grievance", "tribunal", "dismi"):
            assert refs(cast.ruth, word) == [secret.reference]
            for who in (cast.mira, cast.kofi, cast.ada, cast.otto, cast.cleo):
                assert refs(who, word) == [], (who.name, word)
        assert refs(cast.mira, secret.reference) == []
        known = find(cast.ada, secret.reference).rows[0]  # an admin knows that it exists, and no more
        assert (known.ref, known.title) == (secret.reference, "Confidential task")
        transitions.assign(secret, actor=cast.ruth, to=cast.mira)
        assert refs(cast.mira, "tribunal") == [secret.reference]

    def test_the_requester_finds_what_they_may_read(self, cast: Any) -> None:
        asked = make.task(cast.permits, cast.permit, title="Badge", requester=cast.cleo)
        editing.comment(asked, "hush", actor=cast.mira)
        editing.comment(asked, "ready on Monday", actor=cast.mira, for_requester=True)
        assert refs(cast.cleo, "badge monday") == [asked.reference]
        assert refs(cast.cleo, "hush") == refs(cast.cleo, "badge hush") == []
        assert refs(cast.mira, "badge hush monday") == [asked.reference]

    def test_what_somebody_did_elsewhere(self, cast: Any, task: Task) -> None:
        transitions.claim(task, actor=cast.mira)
        editing.comment(task, "marker", actor=cast.mira)
        cast.mira.memberships.all().delete()
        assert refs(cast.mira, "marker") == [task.reference]


class TestWhatTheVerbsKeep:
    def test_editing_takes_old_words_out_and_keeps_comments(self, cast: Any, task: Task) -> None:
        editing.comment(task, "zebra", actor=cast.mira)
        editing.edit(task, {"title": "Awning", "text": "Blue"}, actor=cast.ruth, revision=task.revision)
        assert refs(cast.mira, "shopfront") == refs(cast.mira, "facade") == []
        assert refs(cast.mira, "awning blue zebra") == [task.reference]

    def test_a_hand_off_and_its_undo_take_the_words_along(self, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(searching, "NEWEST", 0)  # by the index alone
        monkeypatch.setattr(searching, "HEADS", 0)
        row = make.task(cast.permits, cast.anything, title="Ledger")
        assert refs(cast.otto, "ledger") == []
        transitions.hand_off(row, actor=cast.ruth, department=cast.archive, reason="theirs")
        assert refs(cast.otto, "ledger") == [row.reference]
        undo(row, actor=cast.ruth)
        assert refs(cast.otto, "ledger") == []
        assert refs(cast.mira, "ledger") == [row.reference]

    def test_endless_texts_and_talk_are_kept_within_what_a_row_holds(self, cast: Any, task: Task) -> None:
        long = " ".join(f"word{number}" for number in range(2_200))
        for start in range(4):
            editing.comment(task, f"round{start} " + long.replace("word", f"w{start}x"), actor=cast.mira)
        editing.edit(task, {"text": "x" * 90_000 + " end"}, actor=cast.ruth, revision=task.revision)
        assert refs(cast.mira, "round0") == [task.reference]
        assert refs(cast.mira, "round3") == []


class TestTheRun:
    def test_it_enters_what_is_missing_and_may_run_twice(self, cast: Any, task: Task) -> None:
        editing.comment(task, "inside", actor=cast.mira)
        editing.comment(task, "outside", actor=cast.mira, for_requester=True)
        kept = SearchEntry.objects.values_list("task_id", "department_id", "words")
        others = [make.task(cast.permits, cast.permit) for _ in range(3)]
        before = sorted(kept)
        SearchEntry.objects.exclude(task=others[0]).delete()
        for _ in range(2):
            run = Run.objects.create(kind="tasks.index_search", parameters={}, state=Run.State.RUNNING)
            search_index.index_search(run)
        assert [row[:2] for row in sorted(kept)] == [row[:2] for row in before]
        assert refs(cast.mira, "inside outside shopfront facade") == [task.reference]
        task.requester = cast.cleo
        task.save(update_fields=["requester"])
        assert refs(cast.cleo, "outside") == [task.reference]
        assert refs(cast.cleo, "inside") == []

    def test_it_goes_on_from_its_place(self, cast: Any, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
        others = [make.task(cast.permits, cast.permit) for _ in range(4)]
        SearchEntry.objects.all().delete()
        assert search_index.fill(0, 2) == (others[0].pk, 2)
        run = Run.objects.create(
            kind="tasks.index_search", parameters={}, state=Run.State.RUNNING, place={"after": others[0].pk}, done=2
        )
        assert search_index.index_search(run) == {"entered": 5}


class TestThePage:
    def test_statements_do_not_depend_on_rows(self, cast: Any, task: Task) -> None:
        client = as_person(cast.mira)
        for number in (0, 2):
            for _ in range(number):
                make.task(cast.permits, cast.permit, title="Shopfront")
            assert statements(client, "/search/?q=shopfront", **part("/search/", "found")) == 8
            assert statements(client, "/search/?q=shopfront") == 9

    def test_it_shows_what_it_found_and_what_to_do_else(self, cast: Any, task: Task) -> None:
        client = as_person(cast.mira)
        page = client.get("/search/", {"q": "muller"})
        assert f'href="{task.get_absolute_url()}"' in page.content.decode()
        assert "Open · Permits" in text(page)
        assert "Nothing found" in text(client.get("/search/", {"q": "unknown"}))
        bare = client.get("/search/", {"q": "muller"}, headers=part("/search/", "found"))
        assert "<html" not in bare.content.decode() and task.reference in text(bare)
        assert client.post("/search/").status_code == 405

    def test_markup_stays_text(self, cast: Any) -> None:
        make.task(cast.permits, cast.permit, title="<b>bold</b> move")
        page = as_person(cast.mira).get("/search/", {"q": '"><script>bold'}).content.decode()
        assert "<script>bold" not in page
        assert "&lt;b&gt;bold" in as_person(cast.mira).get("/search/", {"q": "bold"}).content.decode()
