"""The office of the walk is built once for the package; whatever is done to it is taken back at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction

from backoffice import health
from backoffice.tests.walk.answers import Inspector
from backoffice.tests.walk.office import build


@pytest.fixture(scope="package")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The office, in a transaction that is taken back when the last test of the package has ended."""
    place = settings.STORAGES["default"]["OPTIONS"]
    kept = place["location"]
    place["location"] = tmp_path_factory.mktemp("files")
    logging.disable(logging.WARNING)  # thousands of refusals that are meant
    with django_db_blocker.unblock(), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch:
            # Whether the office is at work is told by `test_health`; here it is.
            patch.setattr(health, "check_all", lambda: {"database": {"ok": True}})
            # Drawing the picture takes a second each time, and nothing of it depends on who looks.
            patch.setattr(DefaultMFAAdapter, "build_totp_svg", lambda self, url: "<svg></svg>")
            yield build()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    place["location"] = kept


@pytest.fixture
def office(built: SimpleNamespace, db: None) -> Iterator[SimpleNamespace]:
    """The office; what the inspector found wrong with any answer of the test fails it."""
    inspector: Inspector = built.inspector
    inspector.faults.clear()
    yield built
    found = list(dict.fromkeys(inspector.faults))
    assert not found, f"{len(found)} faults:\n" + "\n".join(found[:40])
