"""/docs/metrics: what every number on the screens means, with its formula, its edges and its source."""

from dash import register_page

from components import definitions as shown
from components.tags import Node, el
from data.definitions import CHAPTERS
from data.generation import Generation
from pages import live
from pages.drawing import Args, Part, View


def view(_generation: Generation, _args: Args) -> View:
    """The parts of the page; they are the same whatever the data are."""
    chapters = [
        Part(f"chapter-{chapter.anchor}", lambda chapter=chapter: shown.chapter_panel(chapter))  # type: ignore[misc]
        for chapter in CHAPTERS
    ]
    return View([Part("head", _head), Part("contents", lambda: shown.contents(CHAPTERS)), *chapters])


def _head() -> Node:
    return el(
        "Div", el("H1", "What the numbers mean", tabIndex="-1", data_title="What the numbers mean"),
        el("P", "Every number on the dashboard, defined once. Pages and API show the same.", cls="ink-2"),
        cls="page-head",
    )  # fmt: skip


register_page(__name__, path=shown.PATH, title="What the numbers mean - DQD", layout=live.serve("docs-metrics", view))
