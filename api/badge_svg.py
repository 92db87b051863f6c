"""A badge as SVG: two words on two fills, readable on light and dark pages, for any page that shows an image. Pure.

The widths of letters are those of an 11 px sans-serif font, a little more: `textLength` fits the words into them
whatever font a reader has.
"""

from dataclasses import dataclass
from html import escape

HEIGHT = 20
PADDING = 7
LONGEST = 60
NARROW, WIDE = "ijlIft.,:;'|!()[] -", "mwMWÖÄÜ@%&"
NARROW_WIDTH, WIDTH, WIDE_WIDTH = 4.2, 6.8, 10.0
LABEL_FILL = "#374151"
# Each with white letters at 4.5:1 or more.
FILLS = {"healthy": "#0F766E", "attention": "#A61B0F", "unknown": "#5B6472"}


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says; `tone` is one of FILLS, and never says what the words do not."""

    label: str
    message: str
    tone: str


def svg(badge: Badge) -> str:
    """The picture, with its words as its name."""
    label, message = _cut(badge.label), _cut(badge.message)
    left, right = _width(label), _width(message)
    first, second = left + 2 * PADDING, right + 2 * PADDING
    whole = first + second
    name = escape(f"{label}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:g}" height="{HEIGHT}" role="img" aria-label="{name}">'
        f"<title>{name}</title>"
        f'<clipPath id="r"><rect width="{whole:g}" height="{HEIGHT}" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{first:g}" height="{HEIGHT}" fill="{LABEL_FILL}"/>'
        f'<rect x="{first:g}" width="{second:g}" height="{HEIGHT}" fill="{FILLS[badge.tone]}"/></g>'
        '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">'
        f"{_text(label, PADDING, left)}{_text(message, first + PADDING, right)}</g></svg>"
    )


def _text(words: str, x: float, width: float) -> str:
    fitted = f' textLength="{width:g}" lengthAdjust="spacingAndGlyphs"' if words else ""
    return f'<text x="{x:g}" y="14"{fitted}>{escape(words)}</text>'


def _cut(words: str) -> str:
    """One line of plain letters, of a bounded length."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def _width(words: str) -> float:
    sizes = (NARROW_WIDTH if char in NARROW else WIDE_WIDTH if char in WIDE else WIDTH for char in words)
    return round(sum(sizes), 1)
