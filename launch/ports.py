"""A port for a server of a test or benchmark."""

from __future__ import annotations

import random
import socket

# Below those the kernel gives to who calls out (32768 and up on Linux): one of these stays free until its server is up.
PORTS = range(18_000, 32_000)


def free_port() -> int:
    """A port of the loopback nobody listens at."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
