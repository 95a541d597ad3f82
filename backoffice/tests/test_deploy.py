"""deploy/ names only what exists: commands, variables, queues, addresses."""

from __future__ import annotations

import configparser
import http.server
import importlib
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from backoffice import health
from backoffice.celery import QUEUES
from backoffice.environment import BASE
from launch import programs
from launch.places import Office

DEPLOY = BASE / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
VARIABLES = set(re.findall(r"^#?([A-Z_]+)=", (BASE / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
HARDENED = {
    "User": "backoffice",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "PrivateDevices": "yes",
    "ProtectProc": "invisible",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallErrorNumber": "EPERM",
}


class Many(dict[str, Any]):
    """The sections of a unit file, in which a key may come several times: the values stand in lines."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, self[key] + value if key in self and isinstance(value, list) else value)


def unit(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(dict_type=Many, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return services


def ours() -> dict[str, Any]:
    return {name: one for name, one in compose().items() if "build" in one}


def check(command: list[str]) -> str:
    """Look whether a command of ours can be run; returns the queue names of a worker, comma separated."""
    program, *rest = command
    match Path(program).name:
        case "gunicorn":
            assert (BASE / rest[rest.index("-c") + 1]).exists()
            module, _, name = rest[-1].partition(":")
            assert callable(getattr(importlib.import_module(module), name))
        case "celery":
            assert rest[:2] == ["-A", "backoffice"]
            assert rest[2] in {"worker", "beat"}
            return rest[rest.index("-Q") + 1] if rest[2] == "worker" else "beat"
        case "python" if rest[0] == "manage.py":
            assert rest[1] in get_commands()
        case "python":
            assert (BASE / rest[0]).exists()
            assert set(rest[1:]) - {"--at", "http://web:8000"} <= {"database", "broker", *health.BEATS}
        case other:
            raise AssertionError(f"{other} is no program of ours")
    return ""


def expanded(text: str) -> list[str]:
    return shlex.split(text.replace("%%", "%").replace("$$", "$"))


def test_units_run_what_exists_and_cover_every_queue() -> None:
    roles = []
    for path in UNITS:
        service = unit(path)["Service"]
        command = expanded(service["ExecStart"])
        if Path(command[0]).name == "sh":
            command = shlex.split(command[2])
        assert command[0].startswith("/opt/backoffice/.venv/bin/"), path.name
        assert service["WorkingDirectory"] == "/opt/backoffice"
        roles.append(check(command))
    assert sorted(",".join(filter(None, roles)).split(",")) == sorted([*QUEUES, "beat"])


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_hardened_and_say_where_to_read(path: Path) -> None:
    parsed = unit(path)
    service = parsed["Service"]
    assert {key: service[key] for key in HARDENED} == HARDENED
    assert (BASE / parsed["Unit"]["Documentation"].removeprefix("file:///opt/backoffice/")).exists()
    assert service["EnvironmentFile"] == "/etc/backoffice/env"
    # DATA of .env.example is what the unit may write.
    assert f"/var/lib/{service['StateDirectory']}" in (BASE / ".env.example").read_text(encoding="utf-8")


def test_the_target_wants_every_service_and_beat_is_there_once() -> None:
    wanted = set(unit(DEPLOY / "systemd/backoffice.target")["Unit"]["Wants"].split())
    assert wanted == {path.name for path in UNITS} - {"backoffice-backup.service"}
    assert sum("beat" in expanded(unit(path)["Service"]["ExecStart"]) for path in UNITS) == 1


def test_workers_stop_as_the_supervisor_stops_them(tmp_path: Path) -> None:
    """The same commands, the same signal, and longer patience than a soft shutdown takes."""
    for name, file in (("worker", "backoffice-worker"), ("worker-long", "backoffice-worker-long")):
        service = unit(DEPLOY / f"systemd/{file}.service")["Service"]
        known = programs.BY_NAME[name]
        assert service["KillSignal"] == service["SuccessExitStatus"] == known.stop.name
        assert int(service["TimeoutStopSec"]) > 4 * known.stop_seconds, "a busy machine takes longer"
        assert expanded(service["ExecStart"])[1:] == programs.command(name, Office(tmp_path))[3:]
        assert compose()[name]["stop_signal"] == known.stop.name
        assert int(compose()[name]["stop_grace_period"].rstrip("s")) == int(service["TimeoutStopSec"])


def test_new_code_comes_by_a_restart_that_waits_for_the_old() -> None:
    """gunicorn's HUP starts workers of the code that was loaded before; stopping a target waits for no service."""
    assert runpy.run_path(str(BASE / "gunicorn.conf.py"))["preload_app"] is True
    assert not [path.name for path in UNITS if "ExecReload" in unit(path)["Service"]]
    stops = re.findall(r"^systemctl stop .*$", (BASE / "docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert stops and all("'backoffice-*.service'" in line for line in stops)


def test_compose_runs_what_exists_with_variables_that_are_explained() -> None:
    roles = [check(one["command"]) for one in ours().values()]
    assert sorted(",".join(filter(None, roles)).split(",")) == sorted([*QUEUES, "beat"])
    for name, one in ours().items():
        assert one["environment"].keys() <= VARIABLES, name
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        # What office.env says of any other variable reaches the office too.
        assert VARIABLES - one["environment"].keys() == {"DATA", "BIND", "PORT", "DEBUG", "DEMO", "POSTGRES_PROGRAMS"}
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    needed = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert needed - VARIABLES == {"POSTGRES_PASSWORD"}
    required = set(re.findall(r"^([A-Z_]+)=", (BASE / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert required - {"DATA"} <= next(iter(ours().values()))["environment"].keys(), "the image says where DATA is"


def test_compose_starts_in_order_and_looks_at_health() -> None:
    services = compose()
    for name, one in services.items():
        if name == "upgrade":
            continue
        probe = one["healthcheck"]["test"]
        assert probe[0] == "CMD"
        if "build" in one:
            check(probe[1:])
            assert one["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    assert services["upgrade"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    # While PostgreSQL sets itself up it answers on its socket, and stops once more.
    assert services["postgres"]["healthcheck"]["test"][1:4] == ["pg_isready", "-h", "127.0.0.1"]
    images = [one["image"] for one in services.values()]
    assert all(re.fullmatch(r"[a-z]+(/[a-z]+)?(:[\w.-]+)?", image) for image in images), "no registry by its address"


def test_the_image_is_made_from_files_that_exist_and_is_nobodys_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    told = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    for word, rest in told:
        if word == "COPY" and "--from" not in rest:
            assert all((BASE / source).exists() for source in rest.split()[:-1]), rest
        elif word == "FROM":
            assert re.fullmatch(r"[a-z]+:[\w.-]+( AS \w+)?", rest)
        elif word == "USER":
            assert rest == "backoffice"
        elif word in {"CMD", "HEALTHCHECK"}:
            check(json.loads(rest[rest.index("[") :]))
    words = [word for word, _rest in told]
    assert words.index("USER") < words.index("CMD")
    variables = {part.split("=")[0] for word, rest in told if word == "ENV" for part in rest.split()}
    assert {name for name in variables if not name.startswith(("PYTHON", "PIP"))} <= VARIABLES


def test_no_builder_takes_in_data_secrets_or_history() -> None:
    """Beside the code every builder reads it; beside the Dockerfile only BuildKit does."""
    kept_out = set((BASE / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {".data*", ".env", "*.env", "*.tar.gz", ".git", ".venv*"} <= kept_out
    assert not list(DEPLOY.glob("*ignore"))


def nginx() -> list[str]:
    text = re.sub(r"^\s*#.*$", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line.strip() for line in re.findall(r"[^\s;{}]+(?:[ ][^;{}]+)?(?=[;{])", text)]


def test_nginx_names_addresses_and_headers_that_we_know() -> None:
    directives = [line.split(maxsplit=1) for line in nginx()]
    assert [rest for word, *_more in directives if word == "location" for rest in _more] == [
        "/api/", "/", "/", "/static/", "= /health/", "= /metrics"
    ]  # fmt: skip
    for word, rest in ((one[0], one[-1]) for one in directives):
        if word == "location" and "static" not in rest:
            rest = rest.replace("/api/", "/api/v1/me")  # nothing answers at the address above it
            assert resolve(rest.split()[-1]).func is not None
    headers = {rest.split()[0]: rest.split()[1] for word, rest in (d for d in directives if len(d) == 2)
               if word == "proxy_set_header"}  # fmt: skip
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["X-Forwarded-For"] == "$proxy_add_x_forwarded_for"
    assert headers["X-Request-ID"] == "$request_id"
    assert headers["Host"] == "$host"
    options = dict(one for one in directives if len(one) == 2)
    from django.conf import settings

    assert int(options["client_max_body_size"].rstrip("m")) * 1024**2 > settings.ATTACHMENT_MAX_BYTES
    assert int(options["keepalive_timeout"].rstrip("s")) < runpy.run_path(str(BASE / "gunicorn.conf.py"))["keepalive"]
    assert f"server {runpy.run_path(str(BASE / 'gunicorn.conf.py'))['bind']}" in nginx() or "PORT" in os.environ


class Told(http.server.BaseHTTPRequestHandler):
    """An office whose long runs are done by nobody; it answers to one name only."""

    def do_GET(self) -> None:
        known = self.headers["Host"] == "office.example" and self.path == "/health/"
        self.send_response(503 if known else 400)
        self.end_headers()
        checks = {"database": {"ok": True}, "long": {"ok": False}}
        self.wfile.write(json.dumps({"checks": checks} if known else {}).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def office() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("checks", "hosts", "code"),
    [
        (["database"], "office.example", 0),
        (["database", "long"], "office.example", 1),
        ([], "office.example", 1),
        (["worker"], "office.example", 1),
        (["database"], "elsewhere.example", 1),
    ],
)
def test_the_probe_of_containers(office: str, checks: list[str], hosts: str, code: int) -> None:
    """-S: it needs nothing installed."""
    command = [sys.executable, "-S", str(DEPLOY / "health.py"), "--at", office, *checks]
    done = subprocess.run(command, env={"ALLOWED_HOSTS": f"{hosts},other.example"}, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert bool(done.stderr) is bool(code)


def test_the_page_of_operators_names_what_exists() -> None:
    text = (BASE / "docs/operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"manage\.py (\w+)", text)) <= get_commands().keys()
    assert set(re.findall(r"`([A-Z][A-Z_]{3,})`", text)) - {"POSTGRES_PASSWORD"} <= VARIABLES
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (BASE / "docs" / target).exists(), target
