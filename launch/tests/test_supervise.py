"""The supervisor's plan: it ends in time and in order, and reads its own configuration."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from launch import programs, supervise
from launch.places import Office
from launch.programs import BROKER, DATABASE, SERVICES


def test_ending_takes_less_than_fifteen_seconds_even_if_everybody_is_slow() -> None:
    together: dict[int, int] = {}
    for program in [DATABASE, BROKER, *SERVICES]:
        together[program.priority] = max(together.get(program.priority, 0), program.stop_seconds)
    # supervisord looks once a second, so each step may take one more.
    assert sum(together.values()) + len(together) <= 15


def test_what_serves_ends_before_what_it_needs() -> None:
    assert DATABASE.priority < BROKER.priority < min(program.priority for program in SERVICES)


def test_supervisord_reads_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    Office(tmp_path).create()
    path = tmp_path / "supervisor.conf"
    path.write_text(supervise.configuration([DATABASE, BROKER, *SERVICES]), encoding="utf-8")
    options = ServerOptions()
    options.realize(["-n", "-c", str(path)])
    groups = {group.name: group for group in options.process_group_configs}
    assert groups.keys() == {"database", "broker", "services"}
    assert {one.name for one in groups["services"].process_configs} == {program.name for program in SERVICES}
    assert all(one.autorestart for group in groups.values() for one in group.process_configs)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    one = Office(tmp_path)
    one.create()
    yield one
    shutil.rmtree(one.sockets)


def test_what_is_given_is_not_started(office: Office) -> None:
    given = {"DATABASE_URL": "postgres://db.example/office", "REDIS_URL": office.broker_url}
    assert DATABASE not in programs.of(office, given)
    assert BROKER in programs.of(office, given)
    given = {"DATABASE_URL": office.database_url, "REDIS_URL": "redis://broker.example"}
    assert DATABASE in programs.of(office, given)
    assert BROKER not in programs.of(office, given)


def test_sockets_lie_in_a_short_private_place_of_our_own(tmp_path: Path) -> None:
    office = Office(tmp_path / ("long" * 60))
    place = office.sockets
    try:
        assert len(f"{place}/.s.PGSQL.5432") < 60
        assert place.stat().st_mode & 0o777 == 0o700
        assert Office(office.data).sockets == place
        assert Office(tmp_path).sockets != place
    finally:
        place.rmdir()
        Office(tmp_path).sockets.rmdir()


def test_a_place_somebody_else_has_taken_is_not_used(tmp_path: Path) -> None:
    first = Office(tmp_path).sockets
    first.rmdir()
    first.symlink_to(tmp_path)
    try:
        second = Office(tmp_path).sockets
        assert second != first and not second.is_symlink()
        second.rmdir()
    finally:
        first.unlink()


def test_settings_somebody_added_to_the_file_stay(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from launch.office import settle

    monkeypatch.setattr(os, "environ", {"EMAIL_URL": "smtp://mail.example"})
    office.env.write_text("SECRET_KEY=kept\nOFFICE_NAME=Town hall\nBASE_URL=http://127.0.0.1:1\n", encoding="utf-8")
    settle(office, "http://127.0.0.1:8001")
    written = office.env.read_text(encoding="utf-8")
    assert "SECRET_KEY=kept\n" in written and "OFFICE_NAME=Town hall\n" in written
    assert "BASE_URL=http://127.0.0.1:8001\n" in written and "EMAIL_URL=smtp://mail.example\n" in written
    assert office.env.stat().st_mode & 0o777 == 0o600
