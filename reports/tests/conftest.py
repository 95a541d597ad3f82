"""What tests of reports share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from core import clock
from organization.models import User
from organization.standing import forget
from records import runs
from reports.exports import pdf
from reports.making import ask_report
from reports.models import KeptReport


@pytest.fixture(autouse=True)
def _files(tmp_path: Any) -> Iterator[None]:
    """Files of a test lie in its own directory."""
    place = settings.STORAGES["default"]["OPTIONS"]
    kept, place["location"] = place["location"], tmp_path / "files"
    yield
    place["location"] = kept


@pytest.fixture(autouse=True)
def _no_paper(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing a PDF takes a second: only tests marked `paper` do."""
    if not request.node.get_closest_marker("paper"):
        monkeypatch.setattr(pdf, "draw", lambda kept: pdf.Drawn(None))


def made(name: str, actor: User, **parameters: Any) -> KeptReport:
    """A report asked for and made at once."""
    forget(actor)
    kept = ask_report(name, actor=actor, parameters={"about": "all", "by": "department", **parameters})
    runs.perform(kept.run_id)
    found: KeptReport = KeptReport.objects.for_detail().get(pk=kept.pk)
    assert found.is_ready, found.run.error
    return found


@pytest.fixture
def report() -> Callable[..., KeptReport]:
    """`report(name, person, at=instant, **parameters)`."""

    def go(name: str, actor: User, *, at: Any, **parameters: Any) -> KeptReport:
        with clock.at(at):
            return made(name, actor, **parameters)

    return go


def rows_of(kept: KeptReport) -> list[dict[str, Any]]:
    """The rows of a kept report by column key."""
    keys = [one["key"] for one in kept.table["columns"]]
    return [dict(zip(keys, row, strict=True)) for row in kept.table["rows"]]


def totals_of(kept: KeptReport) -> dict[str, Any]:
    keys = [one["key"] for one in kept.table["columns"]]
    return dict(zip(keys, kept.table["totals"], strict=True))
