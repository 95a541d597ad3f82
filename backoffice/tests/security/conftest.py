"""An office in which somebody signs in by password."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache

from backoffice.tests.security.signing_in import PASSWORD
from organization import setup


@pytest.fixture
def office(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast; mira has a password."""
    cache.clear()
    cast.mira.set_password(PASSWORD)
    setup.save_person(cast.mira, actor=None)
    return cast
