"""A small, fast HTTP/1.1 client: keep-alive connections on loopback, one thread each, counted and timed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Answer:
    status: int
    body: bytes


class Connection:
    """One keep-alive connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb", buffering=65536)

    def call(self, request: bytes) -> Answer:
        """Send one whole request and read its answer; a connection closed by the server is opened anew once."""
        try:
            self.socket.sendall(request)
            line = self.reader.readline()
        except OSError:
            line = b""
        if not line:
            self.close()
            self._open()
            self.socket.sendall(request)
            line = self.reader.readline()
        status, length, close = int(line.split()[1]), 0, False
        chunked = False
        while (header := self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = header.partition(b":")
            match name.lower():
                case b"content-length":
                    length = int(value)
                case b"connection":
                    close = value.strip().lower() == b"close"
                case b"transfer-encoding":
                    chunked = b"chunked" in value
        body = self._chunks() if chunked else self.reader.read(length)
        if close:
            self.close()
            self._open()
        return Answer(status, body)

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.reader.readline().strip() or b"0", 16):
            parts.append(self.reader.read(size))
            self.reader.readline()
        self.reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


def get(path: str, session: str = "") -> bytes:
    """A GET with a session cookie."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n".encode()


def post(path: str, token: str, body: bytes = b"{}") -> bytes:
    """A POST with a bearer token and a JSON body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class Load:
    """What a load came to: answers by status, seconds, requests per second."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.seconds if self.seconds else 0.0

    def add(self, answers: list[Answer], keep: bool) -> None:
        for answer in answers:
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if keep:
            self.bodies += [answer.body for answer in answers]


def _asked(link: Connection, requests: Iterator[bytes], stop: threading.Event) -> Iterator[Answer]:
    for request in requests:
        if stop.is_set():
            return
        yield link.call(request)


def drive(
    port: int,
    threads: list[Iterator[bytes]],
    *,
    seconds: float,
    keep: bool = False,
    on_answer: Callable[[Answer], None] | None = None,
) -> Load:
    """Send what each iterator yields over a connection of its own, until it ends or `seconds` are over."""
    load, guard = Load(), threading.Lock()
    barrier = threading.Barrier(len(threads) + 1)
    stop = threading.Event()

    def work(requests: Iterator[bytes]) -> None:
        link = Connection(port)
        barrier.wait()
        answers = []
        for answer in _asked(link, requests, stop):
            answers.append(answer if keep else Answer(answer.status, b""))
            if on_answer:
                on_answer(answer)
        link.close()
        with guard:
            load.add(answers, keep)

    workers = [threading.Thread(target=work, args=(requests,), daemon=True) for requests in threads]
    for worker in workers:
        worker.start()
    barrier.wait()
    begun = time.perf_counter()
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    for worker in workers:
        worker.join()
    load.seconds = time.perf_counter() - begun
    timer.cancel()
    return load
