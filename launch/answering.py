"""A small HTTP server inside a test: what a browser asks is answered in the test's own thread and transaction.

It lives on Playwright's event loop, which runs whenever the test waits for the browser. Nothing is shared between
threads, nothing has to be committed, and no table has to be emptied afterwards.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import mimetypes
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test.client import ClientHandler

HOST = "127.0.0.1"
STATIC = "/static/"
SECONDS_KEPT = 3600


@dataclass(frozen=True)
class Asked:
    """One request of the browser; `target` is the path with the query, names of headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Told:
    """The answer to it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Answer = Callable[[Asked], Told]


class Answering:
    """Listens on a port of this machine; whatever is not static is answered by `answer`, which a test sets."""

    def __init__(self) -> None:
        self._socket = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._files: dict[str, Told] = {}
        self.answer: Answer | None = None

    async def serve(self) -> None:
        """Take connections from now on."""
        self._server = await asyncio.start_server(self._talk, sock=self._socket)

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until the browser hangs up."""
        try:
            while asked := await _read(reader):
                told = self._told(asked)
                writer.write(_bytes(told, with_body=asked.method != "HEAD"))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _told(self, asked: Asked) -> Told:
        if not asked.path.startswith(STATIC):
            # A page that is left over from a test that has ended goes on asking.
            return self.answer(asked) if self.answer else Told(503, [], b"")
        name = asked.path.removeprefix(STATIC)
        if name not in self._files:
            self._files[name] = static_file(name)
        return self._files[name]


def static_file(name: str) -> Told:
    """A static file as it lies, kept by the browser while the tests run."""
    found = finders.find(name)
    if not isinstance(found, str):
        return Told(404, [], b"")
    kind = mimetypes.guess_type(name)[0] or "font/woff2"
    headers = [("Content-Type", kind), ("Cache-Control", f"max-age={SECONDS_KEPT}")]
    return Told(200, headers, Path(found).read_bytes())


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    """The next request of a connection (RFC 9112, without chunks, which browsers do not send)."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _version = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body)


def _bytes(told: Told, *, with_body: bool) -> bytes:
    lines = [f"HTTP/1.1 {told.status} {HTTPStatus(told.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in told.headers if name.lower() != "content-length"]
    if told.status not in {204, 304}:
        lines.append(f"Content-Length: {len(told.body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + told.body if with_body else head


def told_by(response: HttpResponse) -> Told:
    """A response of Django as it goes over the wire."""
    headers = [*response.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())]
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Told(response.status_code, headers, body)


def django_answers() -> Answer:
    """Answers by the whole of Django, as the test that calls this sees the world: its connection, its settings."""
    handler, world = ClientHandler(enforce_csrf_checks=True), contextvars.copy_context()

    def answer(asked: Asked) -> Told:
        # A copy, so that what one request sets (language, zone) does not reach the next.
        return world.copy().run(lambda: told_by(handler(environ_of(asked))))

    return answer


def environ_of(asked: Asked) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333)."""
    path, _, query = asked.target.partition("?")
    name, _, port = asked.headers.get("host", HOST).partition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": (settings.FORCE_SCRIPT_NAME or "").rstrip("/"),
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": asked.headers.get("content-type", ""),
        "CONTENT_LENGTH": asked.headers.get("content-length", ""),
        "SERVER_NAME": name,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": HOST,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(asked.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in asked.headers.items()}
