"""`make check`, languages: the catalogues say all that the code says, and say it whole."""

import re
import sys
from collections import Counter
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message

from launch import messages

# %(name)s and %s with their kind, %% of templates, {name}, and # where a script puts a number
HOLES = re.compile(r"%\(\w+\)[0-9.]*[a-z]|%[%sd]|\{\w*\}|(?<!\S)#(?!\S)")
TAGS = re.compile(r"</?[a-z]\w*")
KEPT_WHOLE = (HOLES, TAGS)
SHOWN = 40
SAY = {HOLES: "placeholders", TAGS: "tags"}


def main() -> None:
    """Print what is wrong with the catalogues and exit with status 1, or with 0 where all is well."""
    said = messages.said_by_the_code()
    wrong = [f"locale/{language}: {one}" for language in messages.languages() for one in problems(language, said)]
    if wrong:
        more = [f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
        hint = "`make messages` brings the texts of the code into locale/; translate there what is empty."
        sys.exit("\n".join([*wrong[:SHOWN], *more, hint]))


def problems(language: str, said: Catalog) -> Iterator[str]:
    """Yield what the catalogue of a language lacks against what is `said` by the code, one sentence each."""
    catalogue = messages.read(language)
    theirs, ours = keyed(catalogue), keyed(said)
    for key in ours.keys() - theirs.keys():
        yield f"is without {key!r}"
    for key in theirs.keys() - ours.keys():
        yield f"has {key!r}, which nothing says any more"
    for message in catalogue.obsolete.values():
        yield f"keeps the old {message.id!r}"
    for message in theirs.values():
        yield from (f"{message.id!r} {what}" for what in faults(message))


def keyed(catalogue: Catalog) -> dict[tuple[str | None, object], Message]:
    """Return the messages of a catalogue by context and text, without its head."""
    return {(message.context, message.id): message for message in catalogue if message.id}


def faults(message: Message) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    if message.fuzzy:
        yield "is only guessed (fuzzy)"
    if not messages.translated(message):
        yield "is not translated"
        return
    for number, written in enumerate(forms(message.string)):
        texts = forms(message.id)
        meant = texts[min(number, len(texts) - 1)]
        for kind in KEPT_WHOLE:
            # Where one is counted, a language may write the number or leave it out as English does.
            if not any(kept(kind, text) == kept(kind, written) for text in {meant, texts[-1]}):
                yield f"has other {SAY[kind]} in {written!r}"
        if ends(meant) != ends(written):
            yield f"begins or ends with another white space in {written!r}"


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return a text's forms: singular and plurals where it counts, else the text alone."""
    return (text,) if isinstance(text, str) else tuple(text)


def kept(kind: re.Pattern[str], text: str) -> Counter[str]:
    """Return what must stand in every translation of `text`, and how often."""
    return Counter(kind.findall(text))


def ends(text: str) -> tuple[bool, bool]:
    """Tell whether a text begins and ends with white space."""
    return text[:1].isspace(), text[-1:].isspace()


if __name__ == "__main__":
    main()
