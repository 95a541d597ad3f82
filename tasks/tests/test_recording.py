"""The cast that is played back is the one that was gathered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import transaction

from organization.models import Department, Membership, User
from records.models import Event
from tasks.models import Procedure
from tasks.tests import factories as make
from tasks.tests.cast import gather
from tasks.tests.recording import Recording

pytestmark = pytest.mark.django_db


def told(office: SimpleNamespace) -> list[object]:
    return [
        sorted(Membership.objects.values_list("person__name", "department__name", "role")),
        sorted(User.objects.values_list("name", "is_admin", "is_active")),
        sorted(Department.objects.values_list("name", "site__name", "calendar__name", "parent__name")),
        sorted(Procedure.objects.values_list("name", "versions__stage", "departments__name")),
        sorted(Event.objects.values_list("verb", "subject_kind")),
        make.task(office.permits, office.permit, actor=office.mira).due_at.tzinfo,
    ]


def test_played_as_gathered() -> None:
    with transaction.atomic():
        gathered = told(gather())
        transaction.set_rollback(True)
    recording = Recording(gather)
    assert not Event.objects.exists()
    for _ in range(2):
        with transaction.atomic():
            assert told(recording.play()) == gathered
            transaction.set_rollback(True)
