"""Folding of names for search and order: Müller is found by Muller, Ä sorts beside A."""

import unicodedata

_EXPANDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th"})


def fold(text: str) -> str:
    """Lower case without marks, white space collapsed (Unicode TR30-style folding, NFKD)."""
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_EXPANDED))
    bare = "".join(char for char in lowered if not unicodedata.combining(char))
    # What compatibility decomposition brings to light may be a capital again (№ becomes No).
    return " ".join(bare.casefold().translate(_EXPANDED).split())
