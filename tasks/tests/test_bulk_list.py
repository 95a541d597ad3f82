"""Changes of several tasks from a list: done, skipped and why, undone; by script and without."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tasks import transitions
from tasks.models import Label, Task
from tasks.tests import factories as make
from tasks.tests.doors import fresh
from tasks.tests.pages import as_person, part, statements, text

pytestmark = pytest.mark.django_db
HERE = "/queue/?scope=departments"


@pytest.fixture
def three(cast: Any) -> list[Task]:
    return [make.task(cast.permits, cast.permit, title=f"Task {number}") for number in range(3)]


def post(client: Client, name: str, tasks: list[Task], *, htmx: bool = True, **data: Any) -> Any:
    data = {"task": [task.pk for task in tasks], "next": HERE} | data
    return client.post(f"/queue/bulk/{name}/", data, headers=part(HERE) if htmx else {})


def told(response: Any) -> dict[str, Any]:
    return dict(json.loads(response["HX-Trigger"]))


def take_back(client: Client, response: Any) -> Any:
    return client.post(told(response)["toast"]["undo"], headers=part(HERE))


class TestChanges:
    def test_claim_says_done_skipped_and_why_and_is_undone(self, cast: Any, three: list[Task]) -> None:
        transitions.claim(three[2], actor=cast.kofi)
        client = as_person(cast.mira)
        response = post(client, "claim", three)
        assert told(response)["toast"]["text"] == "2 tasks are yours now"
        assert told(response)["picked"] == {"left": [str(three[2].pk)]}
        assert "2 tasks are yours now, 1 skipped" in text(response)
        assert "Kofi Adjei" in text(response)
        assert [fresh(task).assignee for task in three] == [cast.mira, cast.mira, cast.kofi]
        assert told(take_back(client, response))["toast"]["text"] == "2 tasks put back"
        assert [fresh(task).assignee for task in three] == [None, None, cast.kofi]

    def test_an_owner_can_be_removed_and_an_empty_choice_is_a_question(self, cast: Any, three: list[Task]) -> None:
        for task in three:
            transitions.claim(task, actor=cast.kofi)
        client = as_person(cast.ruth)
        open_question = post(client, "assign", three, to="")
        assert open_question.status_code == 422 and "Choose who gets them." in text(open_question)
        assert open_question["HX-Retarget"] == "#bulk-form"
        assert post(client, "assign", three, to="nobody").status_code == 200
        assert [fresh(task).assignee for task in three] == [None] * 3
        response = post(client, "assign", three, to=cast.mira.pk)
        assert told(response)["toast"]["text"] == "3 tasks moved to Mira Holt"
        assert post(client, "assign", three, to=cast.otto.pk).status_code == 422
        assert [fresh(task).assignee for task in three] == [cast.mira] * 3

    def test_who_gets_them_is_found_by_name_however_many_there_are(self, cast: Any, three: list[Task]) -> None:
        client = as_person(cast.ruth)
        for number in range(25):
            make.member(make.person(f"Ann {number:02}"), cast.permits)
        asked = post(client, "assign", three, ask="1").content.decode()
        assert asked.count('type="radio"') == 21 and "There are more." in asked, "nobody, and twenty"
        search = f"/people/search/?of=bulk&in={cast.permits.pk}&in={cast.archive.pk}&to_name="
        found = client.get(f"{search}ott").content.decode()
        assert "Otto" in found and 'id="b-people"' in found and found.count('type="radio"') == 2
        assert "Otto" not in text(client.get("/people/search/?of=bulk&to_name=ott")), "nowhere is not everywhere"
        assert "nobody there is called that" in text(post(client, "assign", three, to_name="otto"))
        several = post(client, "assign", three, to_name="ann", htmx=False)
        assert several.status_code == 422 and "choose one of the people shown" in text(several)
        assert several.content.decode().count('type="radio"') == 21
        both = post(client, "assign", three, to_name="mira", to="nobody")
        assert both.status_code == 422 and "not both" in text(both) and "checked" not in both.content.decode()
        assert post(client, "assign", three, to_name="x", to="²").status_code == 422
        done = post(client, "assign", three, to_name="ann 24")
        assert told(done)["toast"]["text"] == "3 tasks moved to Ann 24"

    def test_priority_and_label_are_edited_and_edited_back(self, cast: Any, three: list[Task]) -> None:
        client = as_person(cast.ruth)
        three[0].labels.add(Label.objects.create(name="Quay", folded_name="quay"))
        label = post(client, "label", three, label="quay")
        assert told(label)["toast"]["text"] == "2 tasks have the label quay now"
        assert "It has this label already." in text(label)
        raised = post(client, "priority", three, priority="1")
        assert told(raised)["toast"]["text"] == "Priority of 3 tasks: urgent"
        assert told(take_back(client, label))["toast"]["text"] == "Nothing was changed"
        transitions.claim(three[0], actor=cast.mira)
        back = take_back(client, raised)
        assert told(back)["toast"]["text"] == "2 tasks put back"
        assert f"{three[0].reference} has changed since" in text(back)
        assert [fresh(task).priority for task in three] == [1, 3, 3]

    def test_wait_hand_off_and_cancel(self, cast: Any, three: list[Task]) -> None:
        client = as_person(cast.ruth)
        wait = post(client, "wait", three[:1], kind="outside", reason="the survey", until_day="2999-01-04")
        assert wait.status_code == 200 and fresh(three[0]).state == "open"  # too far ahead: skipped, and says so
        post(client, "wait", three[:1], kind="outside", reason="the survey")
        assert fresh(three[0]).state == "waiting"
        assert "not use the procedure" in text(
            post(client, "hand-off", three[1:2], department=cast.archive.pk, reason="x")
        )
        plain = make.task(cast.permits, cast.anything)
        off = post(client, "hand-off", [plain], department=cast.archive.pk, reason="Theirs")
        assert told(off)["toast"]["text"] == "1 task handed off to Archive"
        assert fresh(plain).department == cast.archive
        take_back(client, off)  # though it is out of her reach there
        assert fresh(plain).department == cast.permits
        assert post(client, "cancel", three[2:], reason="").status_code == 422
        assert told(post(client, "cancel", three[2:], reason="Twice"))["toast"]["text"] == "1 task cancelled"

    def test_what_is_out_of_reach_or_right_is_skipped(self, cast: Any, three: list[Task]) -> None:
        secret = make.task(cast.permits, cast.permit, confidential=True)
        there = make.task(cast.archive, cast.anything)
        transitions.claim(three[0], actor=cast.kofi)
        response = post(as_person(cast.mira), "release", [secret, there, three[0]])
        assert told(response)["toast"] == {"text": "Nothing was changed"}
        assert text(response).count("It cannot be reached.") == 2
        assert "You may not do this with it." in text(response)
        assert fresh(three[0]).assignee == cast.kofi


class TestAroundIt:
    def test_without_script_a_page_asks_and_the_list_tells(self, cast: Any, three: list[Task]) -> None:
        client = as_person(cast.ruth)
        asked = post(client, "assign", three, htmx=False, ask="1")
        assert asked.content.decode().count('type="hidden" name="task"') == 3
        assert "Nobody: back to the queue" in text(asked)
        done = post(client, "assign", three, htmx=False, to=cast.mira.pk)
        assert done.status_code == 302 and done.url.startswith(f"{HERE}&done=")
        page = client.get(done.url)
        assert "3 tasks moved to Mira Holt" in text(page)
        token = done.url.partition("done=")[2]
        assert client.post(f"/queue/bulk/undo/{token}/").status_code == 302
        assert Task.objects.filter(assignee=None).count() == 3
        assert client.post(f"/queue/bulk/undo/{token}/").status_code == 409

    def test_who_is_offered_what(self, cast: Any, three: list[Task]) -> None:
        def offered(person: Any, path: str = HERE) -> list[str]:
            page = as_person(person).get(path).content.decode()
            names = ("claim", "release", "assign", "wait", "hand-off", "priority", "label", "cancel")
            return [name for name in names if f'formaction="/queue/bulk/{name}/"' in page]

        make.task(cast.permits, cast.permit, requester=cast.cleo)
        assert offered(cast.mira) == ["claim", "release", "wait", "hand-off"]
        assert offered(cast.ruth) == ["claim", "release", "assign", "wait", "hand-off", "priority", "label", "cancel"]
        assert offered(cast.cleo, "/queue/?scope=asked") == []
        assert offered(cast.mira, "/search/?q=task") == ["claim", "release", "wait", "hand-off"]
        assert post(as_person(cast.mira), "priority", three, priority="1").status_code == 403
        assert post(as_person(cast.ruth), "dance", three).status_code == 404
        assert as_person(cast.ruth).get("/queue/bulk/claim/").status_code == 405

    def test_search_goes_back_to_what_was_found(self, cast: Any, three: list[Task]) -> None:
        client = as_person(cast.mira)
        found = "/search/?q=task"
        assert client.get(found).content.decode().count('form="bulk"') == 3
        response = client.post("/queue/bulk/claim/", {"task": [three[0].pk]}, headers=part(found))
        assert response["HX-Redirect"].startswith(f"{found}&done=")
        assert "1 task is yours now" in text(client.get(response["HX-Redirect"]))

    def test_boxes_stand_where_something_can_be_done(self, cast: Any, three: list[Task]) -> None:
        transitions.cancel(three[0], actor=cast.ruth, reason="Twice")
        assert (
            'form="bulk"' not in as_person(cast.ruth).get("/queue/?scope=departments&state=cancelled").content.decode()
        )
        page = as_person(cast.mira).get(HERE).content.decode()
        assert page.count("form=bulk") == 2 and f"value={three[1].pk} form=bulk aria-labelledby=a{three[1].pk}" in page

    def test_a_form_takes_as_many_statements_for_many(self, cast: Any, three: list[Task]) -> None:
        assert statements(as_person(cast.ruth), HERE) == 7
