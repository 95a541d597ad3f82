"""Views shared with departments, arranged by admins and by managers of the department."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from core.refusals import Refused
from organization.tests.set_up_pages import as_person, named, post, statements, words
from records.models import Event
from tasks import saved_views
from tasks.models import Label, SavedView
from tasks.procedures import save_label
from tasks.tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/set-up/views/"


@pytest.fixture
def views(cast: SimpleNamespace) -> SimpleNamespace:
    """One of Permits, one of the Archive, one of ruth's own."""
    query = f"?scope=departments&overdue=1&procedure={cast.permit.pk}&owner={cast.mira.pk}"
    return SimpleNamespace(
        late=saved_views.save_view("Late", query, actor=cast.ruth, department=cast.permits),
        far=saved_views.save_view("Far away", "?scope=departments", actor=cast.arno, department=cast.archive),
        own=saved_views.save_view("Mine", "", actor=cast.ruth),
    )


def written(view: SavedView) -> list[Event]:
    """The events about a view, oldest first."""
    return list(Event.objects.filter(subject_kind="view", subject_id=view.pk).order_by("pk"))


def test_admins_see_all_managers_those_of_their_departments(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    ada, ruth, vera = (as_person(one) for one in (cast.ada, cast.ruth, cast.vera))
    assert named(ada.get(PAGE)) == ["Far away", "Late"] and named(ruth.get(PAGE)) == ["Late"]
    assert named(vera.get(PAGE)) == ["Late"], "a manager from above"
    assert named(ada.get(PAGE + "?q=FAR")) == ["Far away"]
    told = words(ruth.get(PAGE))
    assert "Permit check" in told and "Mira Holt" in told and "Overdue" in told
    assert 'href="/set-up/"' not in ruth.get(PAGE).content.decode()
    for view in (views.far, views.own):
        assert ruth.get(f"{PAGE}{view.pk}/").status_code == 404
        assert ruth.post(f"{PAGE}{view.pk}/delete/").status_code == 404
    assert as_person(cast.mira).get(PAGE).status_code == 403
    assert "/set-up/views/" in ruth.get("/queue/views/").content.decode()
    assert "/set-up/views/" not in as_person(cast.mira).get("/queue/views/").content.decode()


def test_a_view_is_renamed_shared_elsewhere_and_deleted(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    ada = as_person(cast.ada)
    path = f"{PAGE}{views.late.pk}/"
    assert post(ada, path, name="Too late", department=str(cast.archive.pk))["Location"] == PAGE
    row = SavedView.objects.get(pk=views.late.pk)
    assert (row.name, row.department, row.position) == ("Too late", cast.archive, views.far.position + 1)
    assert row.query == views.late.query
    said = [(one.verb, one.department_id, one.payload.body["changes"]) for one in written(views.late)]
    assert said[1:] == [
        ("change", cast.permits.pk, {"name": ["Late", "Too late"]}),
        ("change", cast.permits.pk, {"department_id": [cast.permits.pk, cast.archive.pk]}),
    ]
    taken = post(ada, path, name="FAR  away")
    assert taken.status_code == 422 and "There is a view of that name already." in words(taken)
    assert "Deleted the view Too late" in words(ada.post(f"{path}delete/", follow=True))
    assert set(SavedView.objects.values_list("name", flat=True)) == {"Far away", "Mine"}
    gone = written(views.late)[-1]
    assert (gone.verb, gone.actor, gone.payload.body["changes"]["name"]) == ("withdraw", cast.ada, ["Too late", None])
    audit = words(ada.get("/audit/"))
    assert "You took back: shared view Too late" in audit and "You changed: shared view Too late" in audit


def test_only_shared_views_write_events(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    more = saved_views.save_view("More", "", actor=cast.ruth, department=cast.permits)
    for view in (views.own, more):
        saved_views.rename_view(view, "Later", actor=cast.ruth)
        saved_views.rename_view(view, "Later", actor=cast.ruth)
        saved_views.move_view(view, -1, actor=cast.ruth)
    assert not written(views.own)
    assert [one.payload.body["changes"] for one in written(more)][1:] == [
        {"name": ["More", "Later"]},
        {"position": [2, 1]},
    ]
    saved_views.delete_view(views.own, actor=cast.ruth)
    assert not written(views.own)
    with pytest.raises(Refused):
        saved_views.delete_view(views.own, actor=cast.ruth)


def test_a_label_is_told_by_name_where_its_work_is_in_reach(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    labels = [save_label(Label(name=name), actor=cast.ada) for name in ("Quay", "Cellar")]
    make.task(cast.permits, cast.permit).labels.add(labels[0])
    make.task(cast.archive, cast.anything).labels.add(labels[1])
    for label in labels:
        query = f"?scope=departments&label={label.pk}"
        saved_views.save_view(f"By {label.pk}", query, actor=cast.ruth, department=cast.permits)
    told = words(as_person(cast.ruth).get(PAGE))
    assert "Quay" in told and "Cellar" not in told and "One label" in told
    assert "Cellar" in words(as_person(cast.ada).get(PAGE))


def test_nobody_shares_where_they_do_not_manage(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    ruth = as_person(cast.ruth)
    path = f"{PAGE}{views.late.pk}/"
    refused = post(ruth, path, department=str(cast.archive.pk))
    assert refused.status_code == 422 and "Archive" not in words(refused)
    for view, to in ((views.late, cast.archive), (views.far, cast.permits)):
        with pytest.raises(PermissionDenied):
            saved_views.share_view(view, to, actor=cast.ruth)
    assert post(ruth, path, name="Later").status_code == 302
    assert SavedView.objects.get(pk=views.late.pk).department == cast.permits


def test_a_department_has_only_so_many(
    cast: SimpleNamespace, views: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST", 1)
    with pytest.raises(Refused) as refused:
        saved_views.share_view(views.late, cast.archive, actor=cast.ada)
    assert refused.value.code == "enough_views"


def test_somebody_elses_change_is_not_written_over(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    ada = as_person(cast.ada)
    path = f"{PAGE}{views.late.pk}/"
    stamp = ada.get(path).context["form"].stamp
    saved_views.rename_view(views.late, "Later", actor=cast.ruth)
    late = ada.post(path, {"name": "Mine now", "department": cast.permits.pk, "stamp": stamp})
    assert late.status_code == 422 and "Somebody else saved this meanwhile" in words(late)


def test_the_list_asks_as_often_for_three_as_for_one(cast: SimpleNamespace, views: SimpleNamespace) -> None:
    ruth = as_person(cast.ruth)
    for number in range(3):
        assert statements(ruth, PAGE) == 7, number
        query = f"?scope=departments&procedure={cast.review.pk}"
        saved_views.save_view(f"More {number}", query, actor=cast.ruth, department=cast.permits)
