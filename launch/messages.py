"""`make messages`: every text of the code goes into the catalogues in locale/, to be translated there.

Written with Babel instead of Django's makemessages, which needs gettext, writes dates, and guesses translations.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from backoffice.environment import BASE

PLACES = ("backoffice", "core", "organization", "records", "reports", "tasks", "templates")
WITHOUT = {"tests", "migrations", "__pycache__"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Lines of the head that say something; the others are dates, names and places of nobody.
KEPT = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-")


def main(arguments: list[str]) -> None:
    """Bring the catalogues of the languages named after the command (none: of all there are) to the code's texts."""
    said = said_by_the_code()
    for language in arguments[1:] or languages():
        catalogue = read(language) if path_of(language).exists() else Catalog(locale=language)
        catalogue.update(said, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        write(language, catalogue)
        missing = sum(not translated(message) for message in catalogue if message.id)
        print(f"locale/{language}: {len(catalogue)} texts, {missing} to be translated")


def said_by_the_code() -> Catalog:
    """Return all texts that the code and its templates give to gettext, with the files they stand in."""
    said = Catalog(project="Backoffice", copyright_holder="", header_comment="")
    for path in sorted(sources()):
        for text, context in texts_of(path):
            said.add(text, locations=[(str(path.relative_to(BASE)), 0)], context=context)
    return said


def sources() -> Iterator[Path]:
    """Yield our files that may hold texts."""
    for place in PLACES:
        for path in (BASE / place).rglob("*"):
            if path.suffix in {".py", ".html", ".txt"} and not WITHOUT & set(path.parts):
                yield path


def texts_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Yield the texts of one file (singular and plural where it counts), each with its context."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Python after Django's fashion: calls amid blanked-out text, whose indents mean nothing.
        content = "\n".join(line.strip() for line in templatize(content).splitlines())
    for _line, text, _comments, context in extract("python", BytesIO(content.encode()), KEYWORDS):
        yield text, context


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(path.parts[-3] for path in (BASE / "locale").glob("*/LC_MESSAGES/django.po"))


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return BASE / "locale" / language / "LC_MESSAGES/django.po"


def read(language: str) -> Catalog:
    """Return the catalogue of a language. Raises PoFileError where it cannot be read."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def write(language: str, catalogue: Catalog) -> None:
    """Write the catalogue of a language, in the order of the files that say it."""
    catalogue.header_comment = "# Kept by `make messages`, looked at by `make check`."
    catalogue.fuzzy = False
    written = BytesIO()
    write_po(written, catalogue, width=120, sort_by_file=True, include_lineno=False)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    head, rest = written.getvalue().decode().split("\n\n", 1)
    lines = [line for line in head.splitlines() if not line.startswith('"') or line[1:].startswith(KEPT)]
    path_of(language).write_text("\n".join([*lines, "", rest]), encoding="utf-8")


def translated(message: Message) -> bool:
    """Tell whether a message has its translation, in every plural form."""
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


if __name__ == "__main__":
    main(sys.argv[1:])
