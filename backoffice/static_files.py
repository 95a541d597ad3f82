"""Collecting static files, only when one of them may have changed; which of the packages' are; how they are named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from backoffice.environment import BASE

PINNED = ("requirements.txt", "package-lock.json", "backoffice/settings.py", "backoffice/static_files.py")
_FONTS = [f"{script}-wght-normal.woff2" for script in ("cyrillic", "greek", "latin-ext", "latin")]
# What pages use of packages: compressing all that lies in them would take a minute.
USED = {
    "bootstrap": {"css/bootstrap.min.css", "css/bootstrap.rtl.min.css"},
    "htmx": {"htmx.min.js"},
    "idiomorph": {"idiomorph-ext.min.js"},
    "fonts/inter": {f"inter-{name}" for name in _FONTS},
    "fonts/source-serif-4": {f"source-serif-4-{name}" for name in _FONTS},
}


class Finder(FileSystemFinder):
    """Our own files, and of the packages those in USED; of Django apps (pages that document the API) none."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for path, storage in super().list(ignore_patterns):
            if path in USED.get(storage.prefix or "", (path,)):
                yield path, storage


def _without_maps(patterns: Any) -> Any:
    """No file refers to another for who looks into the machine: source maps are not collected."""
    return tuple((kind, tuple(one for one in rules if "sourceMappingURL" not in str(one))) for kind, rules in patterns)


# How our own scripts import each other: import { … } from "./other.js"; and nothing else.
_IMPORTS = (
    r"""(?P<matched>import(?P<import>\s*\{[^}]*\})\s*from\s*["'](?P<url>\./[\w.]+)["']\s*;)""",
    """import%(import)s from "%(url)s";""",
)


class Storage(CompressedManifestStaticFilesStorage):
    """Files under names of their contents, compressed; also where one of our scripts imports another, so that no
    browser mixes two versions. (Django can do so for all, but a script of htmx imports one that is not there.)
    """

    patterns = (*_without_maps(CompressedManifestStaticFilesStorage.patterns), ("js/*.js", (_IMPORTS,)))


def collect() -> bool:
    """Collect and compress what pages need into STATIC_ROOT; False where it is there already."""
    stamp = settings.STATIC_ROOT / ".collected"
    sources = fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == sources:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources, encoding="utf-8")
    return True


def fingerprint() -> str:
    """Return a digest of what static files are made from: ours by size and time, the packages' by what pins them."""
    ours = sorted(path for path in (BASE / "static").rglob("*") if path.is_file())
    looks = [f"{path.relative_to(BASE)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in ours]
    pinned = hashlib.sha256(b"".join((BASE / name).read_bytes() for name in PINNED)).hexdigest()
    return hashlib.sha256("\n".join([pinned, *looks]).encode()).hexdigest()
