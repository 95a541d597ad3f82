"""The file a backup is: a gzipped tar with a stamp first, a manifest last, and a SHA-256 of everything between.

    stamp.json        which product, version, migrations and PostgreSQL wrote it
    stamp.sha256      of stamp.json, so that a newer backup is refused before the rest is read
    files/<name>      the bytes of one stored file
    rows/<table>/<n>  rows of a table as COPY writes them (text), in parts of whole rows
    manifest.json     tables with their columns and numbers of rows, sequences, names of files that belong to these rows
                      (`missing`: that were lost), and size and SHA-256 of each member
    manifest.sha256   of manifest.json

It is written and read in one pass, with a few megabytes of memory, whatever its size.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from core.refusals import Refused

FORMAT = 1
LEVEL = 4
CHUNK = 1 << 20
IN_MEMORY = 32 << 20
STAMP, STAMP_SEAL, MANIFEST, MANIFEST_SEAL = "stamp.json", "stamp.sha256", "manifest.json", "manifest.sha256"
FRAME = {STAMP, STAMP_SEAL, MANIFEST, MANIFEST_SEAL}
UNREADABLE = (zlib.error, gzip.BadGzipFile, EOFError, tarfile.TarError)


class Writer:
    """Adds members to a backup and remembers size and SHA-256 of each."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, content: IO[bytes], size: int, sha256: str) -> None:
        """Add `size` bytes read from `content`, whose SHA-256 the caller knows."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, content)
        self.members[name] = {"bytes": size, "sha256": sha256}

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())

    def add_sealed(self, name: str, seal: str, content: Any) -> None:
        """Add `content` as JSON, and its SHA-256 beside it."""
        self.add_bytes(name, json.dumps(content, indent=1, sort_keys=True).encode())
        self.add_bytes(seal, self.members[name]["sha256"].encode())


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write a backup to `path`, readable by its owner alone; it has its name only once it is whole and on the disk.

    Raises Refused where `path` is taken already, OSError where it cannot be written.
    """
    if path.exists():
        raise Refused(f"{path} is there already. Give another name.", code="file_exists")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile("", "wb", LEVEL, raw) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
                yield Writer(tar)
            raw.flush()
            os.fsync(raw.fileno())
        os.link(unfinished, path)  # unlike a rename, takes nobody's place
    finally:
        unfinished.unlink(missing_ok=True)


def spooled(content: IO[bytes]) -> tuple[IO[bytes], int, str]:
    """Copy `content` to where it can be read again (large ones on disk): (copy at its beginning, bytes, SHA-256)."""
    copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller closes it
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        copy.write(chunk)
    copy.seek(0)
    return copy, size, digest.hexdigest()


class Hashing:
    """A reader of one member that knows size and SHA-256 of what went through it; Refused where it is unreadable."""

    def __init__(self, name: str, content: IO[bytes]) -> None:
        self._name, self._content = name, content
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = CHUNK) -> bytes:
        try:
            chunk = self._content.read(size)
        except UNREADABLE as error:
            raise broken(self._name, f"cannot be read ({error})") from error
        self._digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def rest(self) -> dict[str, Any]:
        """Read to the end; what a manifest says of the whole."""
        while self.read():
            pass
        return {"bytes": self.size, "sha256": self._digest.hexdigest()}


def broken(name: str, what: str) -> Refused:
    return Refused(f"The backup is damaged: {name} {what}. Nothing was restored.", code="damaged", member=name)


def members(path: Path) -> Iterator[tuple[str, Hashing]]:
    """The members of a backup in their order; each can be read until the next one is asked for.

    Raises Refused, naming the member, where the file cannot be unpacked.
    """
    name = STAMP
    try:
        with (
            path.open("rb") as raw,
            gzip.GzipFile(fileobj=raw) as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            for member in tar:
                name = member.name
                content = tar.extractfile(member)
                if content is None:
                    raise broken(name, "is no file")
                yield name, Hashing(name, content)
            name = MANIFEST_SEAL
            while packed.read(CHUNK):  # the checksum of the packing stands at its very end
                pass
    except UNREADABLE as error:
        raise broken(name, f"cannot be read ({error})") from error


def verify(path: Path, look: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Read a whole backup and compare every member with the manifest; returns the manifest with its stamp.

    `look` gets the stamp as soon as it is read, to refuse it before the rest. Raises Refused naming the first member
    that is missing, foreign, or not what was backed up.
    """
    found: dict[str, dict[str, Any]] = {}
    kept: dict[str, bytes] = {}
    for name, content in members(path):
        if name in FRAME:
            kept[name] = b"".join(iter(content.read, b""))
        if name in found:
            raise broken(name, "is there twice")
        found[name] = content.rest()
        if name == STAMP_SEAL:
            look(_sealed(STAMP, STAMP_SEAL, kept))
    stamp, manifest = _sealed(STAMP, STAMP_SEAL, kept), _sealed(MANIFEST, MANIFEST_SEAL, kept)
    wanted = manifest["members"]
    for name in sorted(wanted.keys() | (found.keys() - FRAME)):
        if name not in found:
            raise broken(name, "is missing")
        if found[name] != wanted.get(name):
            raise broken(name, "is not what was backed up" if name in wanted else "does not belong to it")
    return manifest | {"stamp": stamp}


def _sealed(name: str, seal: str, kept: dict[str, bytes]) -> dict[str, Any]:
    if name not in kept or seal not in kept:
        raise broken(name, "is missing: the file was cut off, or is no backup")
    if hashlib.sha256(kept[name]).hexdigest().encode() != kept[seal]:
        raise broken(name, "is not what was backed up")
    parsed: dict[str, Any] = json.loads(kept[name])
    return parsed
