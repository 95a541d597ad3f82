"""Looking at a page the ways people do: light, dark, and 320 px wide."""

from __future__ import annotations

from typing import Any

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 700}


def every_look(page: Any, flaws: Any) -> list[Any]:
    """What axe finds in light, in dark, and at 320 px, where nothing may be wider than the page."""
    found = []
    for scheme, size in (("light", WIDE), ("dark", WIDE), ("light", NARROW)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found += [(scheme, size["width"], one) for one in flaws(page)]
    page.set_viewport_size(WIDE)
    return found
