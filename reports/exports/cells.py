"""Texts on their way into a spreadsheet."""

# What makes a spreadsheet calculate: OWASP, "CSV Injection"; the wide forms are read as the plain ones.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
