"""Pages of sites, departments and qualifications: who gets in, lists by key, forms that lose nothing."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import pytest
from django.test import Client

from organization.models import Department, Qualification, Site
from organization.tests.set_up_pages import as_person, named, post, statements, typed_in, words
from records.models import Event, Run

pytestmark = pytest.mark.django_db
LISTS = ("sites", "departments", "qualifications")


@pytest.fixture
def ada(cast: SimpleNamespace) -> Client:
    return as_person(cast.ada)


def last(kind: str) -> Event:
    return Event.objects.filter(subject_kind=kind).order_by("-pk")[0]


@pytest.mark.parametrize("noun", LISTS)
def test_only_admins_get_in(cast: SimpleNamespace, make: ModuleType, noun: str) -> None:
    row = make.qualification() if noun == "qualifications" else getattr(cast.permits, "site", None)
    number = {"sites": cast.permits.site_id, "departments": cast.permits.pk}.get(noun) or row.pk
    for path in (f"/set-up/{noun}/", f"/set-up/{noun}/new/", f"/set-up/{noun}/{number}/", "/set-up/"):
        for who in (cast.mira, cast.ruth, cast.cleo):
            assert as_person(who).get(path).status_code == 403
            assert as_person(who).post(path, {"name": "x"}).status_code == 403
        assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_lists_ask_as_often_for_three_rows_as_for_one(cast: SimpleNamespace, make: ModuleType, ada: Client) -> None:
    counted = {}
    make.qualification()
    for noun in LISTS:
        counted[noun] = statements(ada, f"/set-up/{noun}/")
    for _number in range(2):
        make.qualification()
        make.department(parent=cast.hall)
    assert {noun: statements(ada, f"/set-up/{noun}/") for noun in LISTS} == counted
    assert counted == dict.fromkeys(LISTS, 5)


def test_a_list_is_searched_by_folded_names(ada: Client, make: ModuleType, cast: SimpleNamespace) -> None:
    make.site("Köln Süd")
    make.qualification("Prüfung Kran")
    make.department("Straßenbau", code="STR")
    assert named(ada.get("/set-up/sites/?q=sud")) == ["Köln Süd"]
    assert named(ada.get("/set-up/qualifications/?q=kran")) == ["Prüfung Kran"]
    assert named(ada.get("/set-up/departments/?q=strassen")) == ["Straßenbau"]
    assert named(ada.get("/set-up/departments/?q=per")) == ["Permits"]
    assert "Nothing found" in words(ada.get("/set-up/sites/?q=nowhere%00"))


def test_a_list_goes_on_by_its_key(ada: Client, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("organization.views.frame.PAGE", 2)
    Qualification.objects.all().delete()
    for name in ("Ärger", "adult", "Bus", "Zeta", "Éclair"):
        Qualification.objects.create(name=name)
    seen, place = [], "/set-up/qualifications/"
    while place:
        answer = ada.get(place)
        seen += named(answer)
        place = answer.context["next"] and "/set-up/qualifications/" + answer.context["next"]
    assert seen == ["adult", "Ärger", "Bus", "Éclair", "Zeta"]
    assert named(ada.get("/set-up/qualifications/" + answer.context["previous"])) == ["Bus", "Éclair"]
    assert named(ada.get("/set-up/qualifications/?place=nonsense")) == ["adult", "Ärger"]


def test_a_site_is_saved_by_its_verb(ada: Client, cast: SimpleNamespace, make: ModuleType) -> None:
    values = {"name": "Quay", "time_zone": "America/Halifax", "country": "CA", "subdivision": "ns"}
    assert post(ada, "/set-up/sites/new/", **values)["Location"] == "/set-up/sites/"
    site = Site.objects.get(name="Quay")
    assert (last("site").verb, last("site").actor, site.subdivision) == ("add", cast.ada, "NS")
    make.department("Facilities", code="FAC", site=site)
    before = Run.objects.count()
    post(ada, f"/set-up/sites/{site.pk}/", time_zone="Europe/Dublin")
    assert last("site").payload.body["changes"] == {"time_zone": ["America/Halifax", "Europe/Dublin"]}
    assert Run.objects.count() == before + 1, "the clocks of its departments are computed anew"


def test_one_bad_field_keeps_every_field(ada: Client, cast: SimpleNamespace) -> None:
    typed = {"name": "Quay", "time_zone": "America/Halifax", "country": "CA", "subdivision": "NOPE"}
    answer = post(ada, "/set-up/sites/new/", **typed)
    assert answer.status_code == 422
    assert {name: value for name, value in typed_in(answer).items() if name != "stamp"} == typed
    page = answer.content.decode()
    assert "data-errors" in page and 'href="#id_subdivision"' in page
    assert words(answer).count("State or region: Known there are: AB, BC") == 2, "in the summary and at the field"
    assert not Site.objects.filter(name="Quay").exists()


def test_a_loop_of_departments_is_refused_at_the_parent(ada: Client, cast: SimpleNamespace) -> None:
    path = f"/set-up/departments/{cast.hall.pk}/"
    assert cast.permits.pk not in [row.pk for row in ada.get(path).context["form"].fields["parent"].queryset]
    answer = post(ada, path, name="Renamed", parent=str(cast.permits.pk))
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["parent"]
    assert Department.objects.get(pk=cast.hall.pk).name == "Town hall"
    assert post(ada, path, name="Renamed").status_code == 302
    assert last("department").payload.body["changes"] == {"name": ["Town hall", "Renamed"]}


def test_what_somebody_else_saved_meanwhile_is_not_written_over(ada: Client, cast: SimpleNamespace) -> None:
    path = f"/set-up/departments/{cast.permits.pk}/"
    mine = typed_in(ada.get(path)) | {"name": "Permits and plans"}
    post(as_person(cast.ada), path, cap="4", members_may_take_over="on")
    answer = ada.post(path, mine)
    assert answer.status_code == 422
    told = words(answer)
    assert "Somebody else saved this meanwhile" in told
    assert "Tasks held at once, per person, as it is saved now 4" in told.replace("tasks held", "Tasks held")
    assert typed_in(answer)["name"] == "Permits and plans", "what was typed is still there"
    assert Department.objects.get(pk=cast.permits.pk).cap == 4
    assert ada.post(path, typed_in(answer)).status_code == 302, "who has looked at both may save theirs"
    assert Department.objects.get(pk=cast.permits.pk).name == "Permits and plans"


def test_two_of_one_name_are_refused(ada: Client, cast: SimpleNamespace, make: ModuleType) -> None:
    make.qualification("Diving")
    answer = post(ada, "/set-up/qualifications/new/", name="Diving")
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["name"]
    answer = post(ada, "/set-up/departments/new/", name="X", code="per")
    assert {"code", "site", "calendar"} <= set(answer.context["form"].errors)


def test_a_second_admin_who_was_faster_is_told_of_not_a_fault(
    ada: Client, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check and the save are two moments: what the database refuses in between is said in the form."""
    monkeypatch.setattr(Qualification, "validate_unique", lambda self, *args, **options: None)
    Qualification.objects.create(name="Diving")
    answer = post(ada, "/set-up/qualifications/new/", name="Diving")
    assert answer.status_code == 422 and "Somebody saved the same a moment ago" in words(answer)
