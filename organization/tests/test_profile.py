"""The profile: one's own zone, language and habits, and API tokens shown once."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import clock
from organization.forms import zones
from organization.models import ApiToken, User
from organization.tests import people as make
from organization.tokens import create_token, person_of, revoke_token
from records.models import Event

pytestmark = pytest.mark.django_db
PROFILE = "/profile/"
TOKENS = "/profile/tokens/"


@pytest.fixture
def mira(client):
    person = make.person("Mira Holt", time_zone="Europe/Dublin")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    person.client = client
    return person


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def values(**changes):
    data = {"name": "Mira Holt", "time_zone": "Europe/Dublin", "language": "en", "own_first": "on"}
    return data | {"single_keys": "on"} | changes


def stored(person) -> User:
    return User.objects.get(pk=person.pk)


class TestSaving:
    def test_through_the_verb_with_its_event(self, mira):
        answer = mira.client.post(PROFILE, values(name="Mira Holt-Weiß", time_zone="Asia/Kolkata", single_keys=""))
        assert answer.status_code == 302 and answer["Location"] == PROFILE
        person = stored(mira)
        assert (person.name, person.folded_name) == ("Mira Holt-Weiß", "mira holt-weiss")
        assert person.time_zone == "Asia/Kolkata" and not person.single_keys
        event = Event.objects.select_related("payload").get(subject_kind="person", verb="change")
        assert event.actor_id == mira.pk
        assert event.payload.body["changes"]["time_zone"] == ["Europe/Dublin", "Asia/Kolkata"]

    def test_says_so_in_the_language_chosen(self, mira):
        answer = mira.client.post(PROFILE, values(language="de"), follow=True)
        assert answer.headers["Content-Language"] == "de"
        assert "Ihr Profil ist gespeichert" in text_of(answer)

    def test_only_what_is_ones_own_to_say(self, mira):
        """Neither address nor rights, whoever sends them."""
        mira.client.post(PROFILE, values(email="other@office.example", is_admin="on", is_active="", password="x"))
        person = stored(mira)
        assert (person.email, person.is_admin, person.is_active) == (mira.email, False, True)
        assert person.password == mira.password

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"name": "  "}, "Name is empty. Fill it in."),
            ({"name": "x" * 151}, "150"),
            ({"name": "a\x00b"}, "Null characters"),
            ({"time_zone": "Mars/Base"}, "valid choice"),
            ({"language": "tlh"}, "valid choice"),
        ],
    )
    def test_errors_keep_what_was_typed(self, mira, changes, words):
        answer = mira.client.post(PROFILE, values(**{"name": "Typed name"} | changes))
        page = text_of(answer)
        assert answer.status_code == 422 and page.count(words) >= 2 and "data-errors" in page
        assert ("Typed name" in page) == ("name" not in changes)
        assert stored(mira).name == "Mira Holt"

    def test_a_zone_of_an_older_kind_stays(self, mira):
        User.objects.filter(pk=mira.pk).update(time_zone="EST")
        assert re.search(r'<option value="EST" selected', text_of(mira.client.get(PROFILE)))
        assert mira.client.post(PROFILE, values(time_zone="EST")).status_code == 302

    def test_zones_are_found_by_their_place(self):
        places = dict(pair for _area, pairs in zones() for pair in pairs)
        assert places["Europe/Dublin"] == "Dublin (Europe)" and "UTC" in places and len(places) > 300

    def test_strangers_are_sent_to_sign_in(self, client):
        for address in (PROFILE, TOKENS, PROFILE + "tokens/1/revoke/"):
            assert reverse("account_login") in client.post(address)["Location"]

    def test_names_are_not_markup(self, mira):
        User.objects.filter(pk=mira.pk).update(name="<img src=x onerror=alert(1)>")
        create_token(mira, actor=mira, name="<img src=y>")
        page = text_of(mira.client.get(PROFILE))
        assert "<img" not in page and page.count("&lt;img") >= 3

    def test_ways_to_password_two_steps_and_sessions(self, mira):
        page = text_of(mira.client.get(PROFILE))
        for name in ("account_change_password", "mfa_index", "usersessions_list"):
            assert f'href="{reverse(name)}"' in page


class TestTokens:
    def test_is_shown_once_and_works(self, mira):
        answer = mira.client.post(TOKENS, {"name": "Scanner", "lasts": "30"})
        page = text_of(answer)
        text = re.search(r'id="told" value="(bo_[^"]+)"', page)[1]
        token = person_of(text)
        assert token.person == mira and token.name == "Scanner"
        assert dt.timedelta(days=29) < token.expires_at - clock.now() <= dt.timedelta(days=30)
        assert "no-store" in answer.headers["Cache-Control"]
        again = text_of(mira.client.get(PROFILE))
        assert text not in again and token.hint in again and "Scanner" in again

    def test_may_last_for_ever(self, mira):
        mira.client.post(TOKENS, {"name": "Scanner", "lasts": "0"})
        assert ApiToken.objects.get().expires_at is None

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"name": "", "lasts": "30"}, "What it is for is empty"),
            ({"name": "x" * 81, "lasts": "30"}, "80"),
            ({"name": "Typed name", "lasts": "31"}, "valid choice"),
            ({"name": "Typed name"}, "choose one"),
        ],
    )
    def test_errors(self, mira, data, words):
        answer = mira.client.post(TOKENS, data)
        assert answer.status_code == 422 and words in text_of(answer) and not ApiToken.objects.exists()
        assert ("Typed name" in text_of(answer)) == (data["name"] == "Typed name")

    def test_there_is_an_end_to_them(self, mira, monkeypatch):
        monkeypatch.setattr("organization.forms.TokenForm.MOST", 2)
        for _ in range(3):
            answer = mira.client.post(TOKENS, {"name": "Scanner", "lasts": "30"})
        assert answer.status_code == 422 and ApiToken.objects.count() == 2
        revoke_token(ApiToken.objects.first(), actor=mira)
        assert mira.client.post(TOKENS, {"name": "Scanner", "lasts": "30"}).status_code == 200

    def test_revoke(self, mira):
        token, text = create_token(mira, actor=mira, name="Scanner")
        answer = mira.client.post(f"/profile/tokens/{token.pk}/revoke/", follow=True)
        assert person_of(text) is None and "Revoked the token Scanner" in text_of(answer)
        assert f"/profile/tokens/{token.pk}/revoke/" not in text_of(answer)
        assert Event.objects.filter(subject_kind="token", verb="revoke", actor=mira).count() == 1

    def test_those_of_others_are_neither_seen_nor_ended(self, mira):
        kofi = make.person("Kofi Adjei")
        token, text = create_token(kofi, actor=kofi, name="MARKER-kofi")
        assert "MARKER" not in text_of(mira.client.get(PROFILE))
        for pk in (token.pk, 999_999_999):
            assert mira.client.post(f"/profile/tokens/{pk}/revoke/").status_code == 404
        assert person_of(text) is not None

    def test_an_expired_one_says_so(self, mira):
        with clock.at(clock.now() - dt.timedelta(days=9)):
            create_token(mira, actor=mira, name="Old", expires_at=clock.now() + dt.timedelta(days=1))
        assert "expired" in text_of(mira.client.get(PROFILE))

    def test_only_by_post(self, mira):
        assert mira.client.get(TOKENS).status_code == 405

    def test_statements_do_not_depend_on_rows(self, mira, django_assert_num_queries):
        for _ in (1, 2, 3):
            create_token(mira, actor=mira, name="Scanner")
            mira.client.get(PROFILE)
            with django_assert_num_queries(6):
                mira.client.get(PROFILE)
