"""A new task: who may open what where, nothing typed is lost, and a button pressed twice makes one task."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tasks.models import Task
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
NEW = "/tasks/new/"
EVERYTHING = {
    "text": "Two lines\r\nof text",
    "due_day": "2031-03-03",
    "due_time": "14:30",
    "ready_day": "2031-02-03",
    "ready_time": "08:00",
    "priority": "2",
    "labels": "urgent, Fence , urgent",
    "confidential": "on",
}


@pytest.fixture
def as_user(client):
    def sign_in(who):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def asked(procedure, department, **rest):
    return {"procedure": procedure.pk, "department": department.pk, "title": "Mend the fence", **rest}


def choices(page, field):
    queryset = page.context["form"].fields[field].queryset
    return {row.name for row in queryset}


class TestChoices:
    @pytest.mark.parametrize(
        ("who", "names"),
        [
            ("mira", {"Permit check", "General duty", "Badge", "Decision letter"}),
            ("ruth", {"Permit check", "General duty", "Badge", "Decision letter"}),
            ("otto", {"General duty", "Badge", "Decision letter"}),
            ("cleo", {"Badge"}),
            ("ada", {"Permit check", "General duty", "Badge", "Decision letter"}),
        ],
    )
    def test_procedures(self, cast, as_user, who, names):
        make.procedure("Not in use", is_active=False)
        assert choices(as_user(getattr(cast, who)).get(NEW), "procedure") == names

    @pytest.mark.parametrize(
        ("who", "procedure", "names"),
        [
            ("mira", "anything", {"Permits"}),
            ("mira", "request", {"Permits", "Archive", "Town hall"}),
            ("vera", "anything", {"Permits", "Town hall"}),
            ("vera", "permit", {"Permits"}),
            ("cleo", "request", {"Permits", "Archive", "Town hall"}),
            ("ada", "anything", {"Permits", "Archive", "Town hall"}),
        ],
    )
    def test_departments(self, cast, as_user, who, procedure, names):
        page = as_user(getattr(cast, who)).get(NEW, {"procedure": getattr(cast, procedure).pk})
        assert choices(page, "department") == names

    def test_the_only_department_is_chosen(self, cast, as_user):
        page = as_user(cast.mira).get(NEW, {"procedure": cast.permit.pk})
        assert re.search(rf'<option value="{cast.permits.pk}" selected', text_of(page))

    def test_what_the_procedure_brings(self, cast, as_user):
        how = make.procedure(
            standard_minutes=90, requires=[(make.qualification("Fire safety"), 2)], description="Fires"
        )
        page = text_of(as_user(cast.mira).get(NEW, {"procedure": how.pk}))
        assert "1 h 30" in page and "Fire safety level 2" in page and "Fires" in page

    def test_nothing_to_ask_for(self, cast, as_user):
        cast.request.open_to_requests = False
        cast.request.save()
        assert "There is nothing to ask for yet" in text_of(as_user(cast.cleo).get(NEW))

    def test_strangers_are_sent_to_sign_in(self, cast, client):
        for address in (NEW, NEW + "requesters/"):
            assert reverse("account_login") in client.get(address)["Location"]

    @pytest.mark.parametrize(
        "query", ["?procedure=x", "?procedure=99999999999999999999", "?department=%00", "?title=%00a"]
    )
    def test_nonsense_in_the_address(self, cast, as_user, query):
        assert as_user(cast.mira).get(f"{NEW}?{query}").status_code == 200

    @pytest.mark.parametrize(("who", "statements"), [("mira", 10), ("cleo", 9)])
    def test_statements_do_not_depend_on_rows(self, cast, as_user, who, statements, django_assert_num_queries):
        client = as_user(getattr(cast, who))
        client.get(NEW)
        for _ in (1, 2, 3):
            make.procedure(open_to_requests=True)
            make.department()
            with django_assert_num_queries(statements):
                client.get(NEW, {"procedure": cast.request.pk})


class TestOpening:
    @pytest.mark.parametrize("who", ["mira", "ruth", "vera", "ada"])
    def test_inside_everything_may_be_said(self, cast, as_user, who):
        person = getattr(cast, who)
        person.time_zone = "Europe/Dublin"
        person.save()
        data = asked(cast.permit, cast.permits, requester="cleo MARSH", **EVERYTHING)
        answer = as_user(person).post(NEW, data)
        task = Task.objects.get()
        assert answer.status_code == 302
        assert (task.title, task.text, task.priority) == ("Mend the fence", "Two lines\nof text", 2)
        assert task.due_at == dt.datetime(2031, 3, 3, 14, 30, tzinfo=dt.UTC) and not task.due_is_date
        assert task.ready_at == dt.datetime(2031, 2, 3, 8, 0, tzinfo=dt.UTC) and task.state == "planned"
        assert task.requester == cast.cleo and task.confidential
        assert {label.folded_name for label in task.labels.all()} == {"urgent", "fence"}

    @pytest.mark.parametrize(("who", "department"), [("cleo", "permits"), ("mira", "archive"), ("otto", "hall")])
    def test_from_elsewhere_one_asks_for_oneself(self, cast, as_user, who, department):
        """Fields one may not fill are not read, whoever sends them."""
        person = getattr(cast, who)
        data = asked(cast.request, getattr(cast, department), requester="Ada Stone", **EVERYTHING)
        answer = as_user(person).post(NEW, data)
        task = Task.objects.get()
        assert answer["Location"] == task.get_absolute_url()
        assert task.requester == person and task.priority == cast.request.default_priority
        assert not task.confidential and not task.labels.exists() and task.state == "open" and task.due_is_date
        assert task.due_at.astimezone(task.department.site.zone).date() == dt.date(2031, 3, 3)

    @pytest.mark.parametrize(
        ("who", "procedure", "department"),
        [
            ("cleo", "anything", "permits"),
            ("otto", "permit", "archive"),
            ("otto", "permit", "permits"),
            ("mira", "anything", "archive"),
            ("mira", "permit", "hall"),
            ("mira", "closed", "permits"),
            ("ada", "closed", "permits"),
            ("ada", "permit", "archive"),
        ],
    )
    def test_what_may_not_be_opened(self, cast, as_user, who, procedure, department):
        data = asked(getattr(cast, procedure), getattr(cast, department))
        assert as_user(getattr(cast, who)).post(NEW, data).status_code == 422
        assert not Task.objects.exists()

    def test_a_date_stays_a_date_and_the_target_decides_without(self, cast, as_user):
        client = as_user(cast.otto)
        client.post(NEW, asked(cast.anything, cast.archive, due_day="2031-03-03"))
        client.post(NEW, asked(cast.anything, cast.archive, title="Another"))
        dated, other = Task.objects.order_by("pk")
        assert dated.due_is_date and dated.due_at == dt.datetime(2031, 3, 3, 22, 0, tzinfo=dt.UTC)  # 17:00 New York
        assert other.due_from_target

    def test_who_may_not_see_it_goes_to_the_queue(self, cast, as_user):
        answer = as_user(cast.mira).post(NEW, asked(cast.permit, cast.permits, confidential="on"))
        assert answer["Location"] == reverse("tasks:queue")
        assert f"Created {Task.objects.get().reference}" in text_of(as_user(cast.mira).get(answer["Location"]))

    def test_and_another(self, cast, as_user):
        answer = as_user(cast.mira).post(NEW, asked(cast.permit, cast.permits, another="1"))
        assert answer["Location"] == f"{NEW}?procedure={cast.permit.pk}&department={cast.permits.pk}"

    def test_pressed_twice_it_is_one_task(self, cast, as_user):
        client = as_user(cast.mira)
        key = client.get(NEW).context["key"]
        data = asked(cast.permit, cast.permits, key=key)
        first, second = client.post(NEW, data), client.post(NEW, data)
        assert Task.objects.count() == 1 and first["Location"] == second["Location"]
        client.post(NEW, data | {"key": client.get(NEW).context["key"]})
        assert Task.objects.count() == 2

    def test_a_refusal_lets_the_same_form_be_sent_again(self, cast, as_user):
        client = as_user(cast.mira)
        data = asked(cast.permit, cast.permits, key="one", due_day="2099-01-01")
        answer = client.post(NEW, data)
        assert answer.status_code == 422 and "Choose a date within ten years." in text_of(answer)
        assert client.post(NEW, data | {"due_day": "2031-01-02"}).status_code == 302


class TestErrors:
    def test_nothing_typed_is_lost_and_the_words_are_the_same(self, cast, as_user):
        typed = {"text": "Long text", "labels": "a label", "due_time": "10:00", "requester": "Nobody Known"}
        answer = as_user(cast.mira).post(NEW, asked(cast.permit, cast.permits, **typed) | {"title": "   "})
        page = text_of(answer)
        assert answer.status_code == 422 and "Nothing was saved: 3 things need a change" in page
        for words in ("Title is empty. Fill it in.", "Due: choose the day as well.", "nobody is called Nobody Known"):
            assert page.count(words) == 2
        for field in ("id_title", "id_due_day", "id_requester"):
            assert f'href="#{field}"' in page
        assert all(value in page for value in typed.values())
        assert not Task.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("title", "x" * 201, "200"),
            ("title", "a\x00b", "Null characters"),
            ("text", "x" * 50_001, "50000"),
            ("due_day", "tomorrow", "valid date"),
            ("due_day", "0001-01-01", "within ten years"),
            ("priority", "9", "valid choice"),
            ("labels", "x" * 61, "60 characters"),
            ("ready_day", "2031-03-04", "not after the due one"),
            ("requester", "Holt2", "nobody is called"),
            ("procedure", "", "choose one"),
            ("department", "99999999999999999999", "valid choice"),
        ],
    )
    def test_each_field_says_the_fix(self, cast, as_user, field, value, words):
        data = asked(cast.permit, cast.permits, due_day="2031-03-03") | {field: value}
        answer = as_user(cast.mira).post(NEW, data)
        assert answer.status_code == 422 and words in text_of(answer)
        assert not Task.objects.exists()

    def test_a_wish_lies_ahead(self, cast, as_user):
        day = (timezone.now() - dt.timedelta(days=3)).date().isoformat()
        answer = as_user(cast.cleo).post(NEW, asked(cast.request, cast.permits, due_day=day))
        assert answer.status_code == 422 and "choose today or a later day" in text_of(answer)

    def test_nothing_written_by_people_is_markup(self, cast, as_user):
        evil = "<img src=x onerror=alert(1)>"
        cast.cleo.name = evil
        cast.cleo.save()
        how = make.procedure(evil + "p", description=evil, requires=[(make.qualification(evil + "q"), 1)])
        data = asked(how, cast.permits, title=evil, text=evil, labels=evil, requester=evil + "z", due_time="1")
        client = as_user(cast.mira)
        pages = [
            client.post(NEW, data),
            client.get(NEW, {"procedure": how.pk, "title": evil}),
            client.post(NEW, data | {"look": "1"}, headers={"HX-Request": "true"}),
            client.get(NEW + "requesters/", {"requester": "<img"}),
        ]
        assert all("<img" not in text_of(page) and "&lt;img" in text_of(page) for page in pages)


class TestLook:
    def test_only_the_part_that_follows_is_drawn(self, cast, as_user):
        data = asked(cast.permit, cast.permits, look="1", inside="1")
        answer = as_user(cast.mira).post(NEW, data, headers={"HX-Request": "true"})
        page = text_of(answer)
        assert 'id="new-what"' in page and "Mend the fence" not in page and "HX-Retarget" not in answer.headers
        assert not Task.objects.exists()

    def test_all_of_it_where_other_fields_are_asked_for(self, cast, as_user):
        data = asked(cast.request, cast.archive, look="1", inside="1", text="typed words")
        answer = as_user(cast.mira).post(NEW, data, headers={"HX-Request": "true"})
        page = text_of(answer)
        assert answer.headers["HX-Retarget"] == "#new-form" and "typed words" in page
        assert "Wanted by" in page and "Confidential" not in page and "errors" not in page

    def test_without_script_the_page_keeps_everything(self, cast, as_user):
        typed = {"text": "typed words", "labels": "a label", "confidential": "on"}
        answer = as_user(cast.mira).post(NEW, asked(cast.permit, cast.permits, look="1", **typed))
        page = text_of(answer)
        assert answer.status_code == 200 and "typed words" in page and "a label" in page
        assert re.search(r'name="confidential"[^>]* checked', page) and "Nothing was saved" not in page


class TestRequester:
    def test_names_are_found_folded_addresses_are_not_told(self, cast, as_user):
        make.person("Zoë Müller", email="zoe@office.example")
        page = text_of(as_user(cast.mira).get(NEW + "requesters/", {"requester": "muller"}))
        assert 'value="Zoë Müller"' in page and "@" not in page
        page = text_of(as_user(cast.mira).get(NEW + "requesters/", {"requester": "holt"}))
        assert "Mira Holt" in page and "Permits" in page

    @pytest.mark.parametrize("text", ["", "a", "\x00", "zzzz", "%"])
    def test_little_or_nothing_finds_nobody(self, cast, as_user, text):
        assert "<option" not in text_of(as_user(cast.mira).get(NEW + "requesters/", {"requester": text}))

    def test_people_of_one_name_are_told_apart(self, cast, as_user):
        one, two = make.person("Sam Ford"), make.person("Sam Ford")
        page = text_of(as_user(cast.mira).get(NEW + "requesters/", {"requester": "sam"}))
        assert f"Sam Ford (#{one.pk})" in page and f"Sam Ford (#{two.pk})" in page
        client = as_user(cast.mira)
        answer = client.post(NEW, asked(cast.permit, cast.permits, requester="sam ford"))
        assert answer.status_code == 422 and f"choose one of Sam Ford (#{one.pk}), Sam Ford (#{two.pk})" in text_of(
            answer
        )
        client.post(NEW, asked(cast.permit, cast.permits, requester=f"Sam Ford (#{two.pk})"))
        assert Task.objects.get().requester == two

    def test_a_beginning_that_means_one_is_enough(self, cast, as_user):
        as_user(cast.mira).post(NEW, asked(cast.permit, cast.permits, requester="marsh"))
        assert Task.objects.get().requester == cast.cleo

    def test_nobody_who_left(self, cast, as_user):
        type(cast.cleo).objects.filter(pk=cast.cleo.pk).update(is_active=False)
        data = asked(cast.permit, cast.permits, requester=f"Cleo Marsh (#{cast.cleo.pk})")
        assert as_user(cast.mira).post(NEW, data).status_code == 422
