"""Collecting static files, which takes seconds, only when one of them may have changed; and how they are named."""

import hashlib

from django.conf import settings
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from backoffice.environment import BASE

PINNED = ("requirements.txt", "package-lock.json", "backoffice/settings.py")


# How our own scripts import each other: import { … } from "./other.js"; and nothing else.
_IMPORTS = (
    r"""(?P<matched>import(?P<import>\s*\{[^}]*\})\s*from\s*["'](?P<url>\./[\w.]+)["']\s*;)""",
    """import%(import)s from "%(url)s";""",
)


class Storage(CompressedManifestStaticFilesStorage):
    """Files under names of their contents, compressed; also where one of our scripts imports another, so that no
    browser mixes two versions. (Django can do so for all, but a script of htmx imports one that is not there.)
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (_IMPORTS,)))


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
