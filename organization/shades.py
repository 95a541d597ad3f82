"""An accent colour as the shades the pages need, each readable (WCAG 2.2, 1.4.3: 4.5 to 1) in light and in dark.

Contrast is that of WCAG 2.2 (relative luminance of sRGB). A chosen colour that is not readable somewhere is mixed with
black or white until it is; what came of it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

Colour = tuple[float, float, float]
TEXT = 4.5
STEPS = 200
BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
# Papers and inks of static/css/tokens.css, (light, dark).
PAPER, DARK_PAPER = "#fbf9f4", "#1b1a16"
DESK, DARK_SHEET = "#f3f0e7", "#24221d"
ON, DARK_ON = "#fdfcf7", "#f6fbf5"
INK_2, DARK_INK_2 = "#524d44", "#bdb6a7"
INK_3, DARK_INK_3 = "#696357", "#9d9687"
INVERSE = "#3b372f"
SEEN = 3.0  # of what is no text beside the paper (1.4.11)


@dataclass(frozen=True)
class Shades:
    """Pairs (light, dark) of `#rrggbb`."""

    accent: tuple[str, str]
    deep: tuple[str, str]
    text: tuple[str, str]
    wash: tuple[str, str]
    wash_2: tuple[str, str]
    focus: tuple[str, str]
    inverse_link: str


def rgb(text: str) -> Colour:
    """The three parts, 0 to 255, of `#rrggbb`."""
    return float(int(text[1:3], 16)), float(int(text[3:5], 16)), float(int(text[5:7], 16))


def written(colour: Colour) -> str:
    """`#rrggbb` of a colour."""
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def luminance(text: str) -> float:
    """Relative luminance (WCAG 2.2), 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (x / 255 for x in rgb(text))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2), 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: Colour, share: float) -> str:
    """`one` with a `share` (0 to 1) of the other."""
    return written(tuple(a + (b - a) * share for a, b in zip(rgb(one), other, strict=True)))  # type: ignore[arg-type]


def towards(colour: str, end: Colour, beside: tuple[str, ...], least: float = TEXT) -> str:
    """The colour, mixed with no more of `end` than makes it readable beside all of the others."""
    for step in range(STEPS + 1):
        tried = mixed(colour, end, step / STEPS)
        if all(contrast(tried, other) >= least for other in beside):
            return tried
    return written(end)


def _wash(paper: str, colour: str, share: float, inks: tuple[str, ...]) -> str:
    """The paper with so much of the colour that the inks stay readable on it."""
    while share > 0.005:
        tried = mixed(paper, rgb(colour), share)
        if all(contrast(tried, ink) >= TEXT for ink in inks):
            return tried
        share -= 0.01
    return paper


@lru_cache(maxsize=64)
def shades_of(chosen: str) -> Shades:
    """What the pages use of a chosen `#rrggbb`."""
    washes = _wash(PAPER, chosen, 0.1, (INK_2, INK_3)), _wash(DARK_PAPER, chosen, 0.14, (DARK_INK_2, DARK_INK_3))
    washes_2 = _wash(PAPER, chosen, 0.22, (INK_2,)), _wash(DARK_PAPER, chosen, 0.3, (DARK_INK_2,))
    light = towards(chosen, BLACK, (ON, PAPER, DESK))
    dark = towards(towards(chosen, BLACK, (DARK_ON,)), WHITE, (DARK_PAPER,), SEEN)
    text = (
        towards(light, BLACK, (PAPER, DESK, washes[0], washes_2[0])),
        towards(chosen, WHITE, (DARK_PAPER, DARK_SHEET, washes[1], washes_2[1])),
    )
    deep = mixed(light, BLACK, 0.25), mixed(dark, BLACK, 0.15)
    link = towards(chosen, WHITE, (INVERSE,))
    return Shades((light, dark), deep, text, washes, washes_2, (light, text[1]), link)


def stylesheet(chosen: str) -> str:
    """The tokens of `static/css/tokens.css` that follow the accent, as a stylesheet."""
    shades = shades_of(chosen)
    pairs = {
        "accent": shades.accent,
        "accent-deep": shades.deep,
        "accent-text": shades.text,
        "wash": shades.wash,
        "wash-2": shades.wash_2,
        "focus": shades.focus,
    }
    lines = [f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in pairs.items()]
    lines += [f"--on-accent: light-dark({ON}, {DARK_ON});", f"--inverse-link: {shades.inverse_link};"]
    return ":root, [data-bs-theme] { " + " ".join(lines) + " }\n"
