"""Beside the queue, by keyboard: notices, a report and the audit, and a colleague who asks for something."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from backoffice.tests.ways.hands import Hands
from organization.models import Notice, NoticePreference
from records import runs
from reports.exports import pdf
from reports.models import KeptReport
from tasks import editing, finishing, transitions
from tasks.models import Task
from tasks.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_notices_are_read_and_chosen(cast: Any, visit: Any) -> None:
    task = make.task(cast.permits, cast.anything, title="Copies of the deed", actor=cast.ruth)
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    hands = Hands(visit(cast.mira, "/"))
    hands.follow("Notices").follow("Copies of the deed")
    expect(hands.page.locator("h1")).to_have_text("Copies of the deed")
    assert not Notice.objects.filter(person=cast.mira, read_at=None).exists()
    hands.page.go_back()
    hands.follow("Change or stop")
    hands.type("Mail: ", "Never").send()
    assert NoticePreference.objects.get(person=cast.mira).mail == "never"


def test_a_report_is_made_and_downloaded(cast: Any, visit: Any, monkeypatch: Any, tmp_path: Any, settings: Any) -> None:
    monkeypatch.setitem(settings.STORAGES["default"]["OPTIONS"], "location", tmp_path)
    monkeypatch.setattr(pdf, "draw", lambda kept: pdf.Drawn(None))
    done = transitions.claim(make.task(cast.permits, cast.anything), actor=cast.mira)
    finishing.complete(done, actor=cast.mira)
    hands = Hands(visit(cast.ruth, "/"))
    hands.follow("Reports").follow("Work done")
    hands.type("Days", "This month").follow("Make the report")
    runs.perform(KeptReport.objects.get().run_id)
    expect(hands.page.get_by_text("All numbers")).to_be_visible()
    hands.to("CSV")
    with hands.page.expect_download() as coming:
        hands.press("Enter")
    assert coming.value.suggested_filename.endswith(".csv")
    hands.follow("Audit").type("Done by", "mira").follow("Show")
    expect(hands.page.locator(".events > li")).to_have_count(2)


def test_a_colleague_asks_answers_and_withdraws(cast: Any, visit: Any) -> None:
    hands = Hands(visit(cast.cleo, "/"))
    hands.follow("Ask for something").follow("Badge")
    hands.type("What do you need?", "A badge for Ann").type("Who does it", "Permits").send()
    task = Task.objects.get(title="A badge for Ann")
    transitions.assign(task, actor=cast.ruth, to=cast.mira)
    transitions.start(task, actor=cast.mira)
    editing.comment(task, "Which day?", actor=cast.mira, for_requester=True)
    transitions.wait(task, actor=cast.mira, kind="requester", reason="day")
    hands.page.goto("/requests/")
    hands.follow("A badge for Ann")
    hands.type("Your answer", "Thursday").to("Answer").press("Enter")
    expect(hands.page.locator("main")).to_contain_text("You answered, they will go on")
    spare = make.task(cast.permits, cast.request, actor=cast.cleo, requester=cast.cleo, title="Another badge")
    hands.page.goto(f"/requests/{spare.reference}/")
    hands.to("Withdraw it").press("Enter")
    hands.type("Why", "not needed").to("Withdraw", "button").press("Enter")
    expect(hands.page.locator("main")).to_contain_text("Will not be done")
