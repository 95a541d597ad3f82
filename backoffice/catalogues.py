"""The languages' catalogues: texts in locale/, compiled into DATA/locale, where Django reads them.

Written in Python, because an office has no gettext; into DATA, because the code may be read-only.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from backoffice.environment import BASE

TEXTS = "*/LC_MESSAGES/django.po"
STAMP = ".compiled"


def compiled() -> bool:
    """Compile the catalogues into DATA/locale; False where they are there already. Those of other versions go.

    Safe beside another process that does the same. Raises OSError where DATA cannot be written.
    """
    if current():
        return False
    place = settings.DATA / "locale"
    sources = fingerprint()
    place.mkdir(parents=True, exist_ok=True)
    texts = sorted((BASE / "locale").glob(TEXTS))
    for text in texts:
        _compile(text, place / text.relative_to(BASE / "locale").with_suffix(".mo"))
    for language in {old.name for old in place.iterdir() if old.is_dir()} - {text.parts[-3] for text in texts}:
        shutil.rmtree(place / language)
    _put(place / STAMP, sources.encode())
    return True


def current() -> bool:
    """Tell whether DATA/locale holds the catalogues of this version."""
    stamp = settings.DATA / "locale" / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint()


def fingerprint() -> str:
    """Return a digest of what the catalogues are compiled from."""
    texts = sorted((BASE / "locale").glob(TEXTS))
    looks = [f"{text.parts[-3]} {hashlib.sha256(text.read_bytes()).hexdigest()}" for text in texts]
    return hashlib.sha256("\n".join(looks).encode()).hexdigest()


def _compile(text: Path, machine: Path) -> None:
    # Loading Babel takes longer than most commands need altogether.
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with text.open("rb") as file:
        catalogue = read_po(file, locale=text.parts[-3], abort_invalid=True)
    written = BytesIO()
    write_mo(written, catalogue)
    machine.parent.mkdir(parents=True, exist_ok=True)
    _put(machine, written.getvalue())


def _put(path: Path, content: bytes) -> None:
    """Replace a file whole: nobody reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)
