"""The first admin comes in without a demo and without anybody to ask."""

import re
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from organization.models import User
from records.models import Event

PASSWORD = "a heron on the weir"


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_admin", *arguments, stdout=out)
    return out.getvalue()


def set_password(client: Client, link: str) -> int:
    """Follow the link as a browser does and set the password; return the status of the last answer."""
    form = client.get(urlsplit(link).path, follow=True)
    page = form.redirect_chain[-1][0] if form.redirect_chain else urlsplit(link).path
    return client.post(page, {"password1": PASSWORD, "password2": PASSWORD}).status_code


@pytest.mark.django_db
def test_the_link_sets_the_password_once(settings: object) -> None:
    said = create("Nora.Quill@office.example")
    person = User.objects.get(email="nora.quill@office.example")
    assert person.is_admin and person.name == "Nora Quill"
    assert not person.has_usable_password()
    link = re.search(r"https?://\S+", said)
    assert link and link[0].startswith(settings.BASE_URL)  # type: ignore[attr-defined]
    assert set_password(Client(), link[0]) == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    person.set_password("something else")
    person.save()
    set_password(Client(), link[0])
    person.refresh_from_db()
    assert not person.check_password(PASSWORD)


@pytest.mark.django_db
def test_somebody_known_is_promoted_and_keeps_the_name() -> None:
    known = User.objects.create(email="sam@office.example", name="Sam Ode", is_active=False)
    create("SAM@office.example")
    known.refresh_from_db()
    assert known.is_admin and known.is_active and known.name == "Sam Ode"
    assert Event.objects.filter(subject_kind="person", subject_id=known.pk).count() == 1


@pytest.mark.django_db
def test_what_is_no_address_is_refused_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="valid email"):
        create("not-an-address")
    assert not User.objects.exists()
