"""An office with work, history and files, and an empty place to bring it back into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from backoffice.tests.keeping import places
from records import outgoing
from tasks import editing, transitions
from tasks.tests import factories as make
from tasks.tests.cast import gather

Elsewhere = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """`storage(name)` has files kept in another empty directory."""

    def keep(name: str) -> None:
        backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / name}}
        settings.STORAGES = settings.STORAGES | {"default": backend}

    keep("files")
    return keep


@pytest.fixture
def office(transactional_db: None, storage: Callable[[str], None]) -> SimpleNamespace:
    """Made through the verbs: tasks in several states, a published procedure with steps, mail, files."""
    office = gather()
    office.stepped = make.procedure("With steps", departments=[office.permits], steps=[{}, {}])
    office.tasks = [make.task(office.permits, title=f"Odd \\ text\t{n}\n„ü“ \N{BEL}") for n in range(12)]
    office.tasks += [make.task(office.permits, office.stepped)]
    for number, task in enumerate(office.tasks[:6]):
        transitions.claim(task, actor=office.mira)
        upload = ContentFile(bytes([number]) * 50_000 + b"end", name=f"scan {number}.pdf")
        editing.attach_file(task, upload, actor=office.mira)
    outgoing.queue_mail(key="letter", to="cleo@office.example", subject="Hello", text="Line\nline")
    return office


@pytest.fixture(params=["migrated"])
def elsewhere(
    request: pytest.FixtureRequest, transactional_db: None, storage: Callable[[str], None], tmp_path: Path
) -> Iterator[Elsewhere]:
    """`with elsewhere():` is a database without rows (`empty`: without tables) and an empty storage.

    The same ones each time in a test. A restore takes either; migrating from nothing takes seconds.
    """
    name = f"restored_{connection.settings_dict['NAME']}"

    @contextmanager
    def go(place: dict[str, Any] | None = None) -> Iterator[None]:
        storage("files-elsewhere")
        with places.at(place or {"NAME": name}):
            yield
        storage("files")

    with places.database(name, migrated=request.param == "migrated"):
        yield go
