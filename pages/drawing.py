"""What a page is made of, and drawing it: named parts, each with a digest of what it shows.

Parts that follow from the generation and what a page is of are drawn once per generation and kept with it.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from components import markup, states
from components.figures import Figure
from components.tags import Children, Node, el
from data.errors import Unavailable
from data.generation import Generation

log = logging.getLogger(__name__)

Args = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page. `lasting`: it follows from the generation, the scope and `View.of` alone.

    `steady`: what its digest is of where that is not all it shows. A form that is typed into says here how it looks
    without the text, so that the text, which the browser knows better, is no reason to draw the form again.
    `heading`: what the page is called while a part that holds its heading cannot be drawn.
    """

    name: str
    draw: Callable[[], Children]
    cls: str = ""
    what: str = "this part"
    lasting: bool = True
    steady: Callable[[], Children] | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure in a panel, with its numbers as a table; the file of them is at `csv`, its image has a name."""

    name: str
    title: str
    draw: Callable[[], Figure]
    table: Callable[[], Node]
    note: str = ""
    cls: str = ""
    csv: str = ""
    file_name: str = ""

    @property
    def table_name(self) -> str:
        """The name its table is drawn under."""
        return f"{self.name}-data"


@dataclass(frozen=True, slots=True)
class View:
    """What is on a page, in order. `of`: all that its lasting parts follow from, beside generation and scope."""

    parts: Sequence[Part | Chart]
    of: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What a part shows, and the digest that tells whether a browser shows the same."""

    content: Any
    digest: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A page as drawn from one generation."""

    generation: int
    view: View
    pieces: dict[str, Piece] = field(default_factory=dict)

    @property
    def digests(self) -> dict[str, str]:
        """By part, the digest of what it shows."""
        return {name: piece.digest for name, piece in self.pieces.items()}


def draw(generation: Generation, view: View, key: tuple[str, ...], first: bool) -> Drawing:
    """Draw a view. A part that cannot be drawn says so on a first view, else it is left out: the old stays."""
    pieces = dict(generation.memo.get(("page", *key, *view.of), lambda: _lasting(view)))
    for part in view.parts:
        if isinstance(part, Part) and not part.lasting:
            piece = _fleeting(part, first)
            if piece is not None:
                pieces[part.name] = piece
    return Drawing(generation.generation, view, pieces)


def digest(content: Any) -> str:
    """Equal for equal trees."""
    return hashlib.blake2b(orjson.dumps(content), digest_size=8).hexdigest()


def _lasting(view: View) -> dict[str, Piece]:
    pieces: dict[str, Piece] = {}
    for part in view.parts:
        if isinstance(part, Chart):
            pieces[part.name] = _piece(part.draw())
            pieces[part.table_name] = _piece(markup.drawn(part.table()))  # cells cost a browser most as components
        elif part.lasting:
            pieces[part.name] = _piece(part.draw(), part.steady)
    return pieces


def _fleeting(part: Part, first: bool) -> Piece | None:
    try:
        return _piece(part.draw(), part.steady)
    except Unavailable as error:
        log.warning("part %s of a page not drawn: %s", part.name, error)
        return Piece(el("Div", states.could_not_load(part.what, part.heading), cls="panel"), "") if first else None


def _piece(content: Any, steady: Callable[[], Children] | None = None) -> Piece:
    return Piece(content, digest(steady() if steady else content))
