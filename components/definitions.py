"""What every number on a screen means: the small link beside it, and the page of all definitions."""

from components.links import link, page_path, safe_link
from components.panel import panel
from components.tags import Child, Children, Node, el, icon
from data.definition_models import Chapter, Definition, Source

PATH = "/docs/metrics"


def about(anchor: str, title: str) -> Node:
    """The link from a number to its definition; `title` is the number's name."""
    words = f"What “{title}” means"
    return el(
        "A", icon("info-circle"), href=page_path(PATH, anchor=anchor), cls="about", aria_label=words, title=words
    )


def titled(title: str, anchor: str) -> Node:
    """A name with the link to its definition."""
    return el("Span", title, " ", about(anchor, title), cls="titled")


def contents(chapters: tuple[Chapter, ...]) -> Node:
    """The way to each definition."""
    groups: list[Child] = [
        el("Div", el("H3", chapter.title, cls="stage-title"),
           el("Ul", [el("Li", link(one.title, _address(one))) for one in chapter.definitions], cls="plain"))
        for chapter in chapters
    ]  # fmt: skip
    return panel("Contents", el("Nav", groups, cls="definition-contents", aria_label="Definitions"))


def _address(one: Definition) -> str:
    return page_path(PATH, anchor=one.anchor)


def chapter_panel(chapter: Chapter) -> Node:
    """A chapter with its definitions."""
    return panel(chapter.title, [_definition(one) for one in chapter.definitions], anchor=chapter.anchor,
                 cls="definitions")  # fmt: skip


def _definition(one: Definition) -> Node:
    rules: list[Child] = [el("Li", rule) for rule in one.rules]
    return el(
        "Section", el("H3", one.title, id=one.anchor, tabIndex="-1", cls="definition-title"), el("P", one.says),
        el("P", el("Code", one.formula), cls="formula") if one.formula else None,
        el("Ul", rules, cls="definition-rules") if rules else None,
        _from(one.sources), _shown(one.shown), cls="definition",
    )  # fmt: skip


def _from(sources: tuple[Source, ...]) -> Node | None:
    if not sources:
        return None
    named: list[Children] = [safe_link(one.words, one.url) or one.words for one in sources]
    return el("P", "Source: ", *_between(named), cls="hint")


def _shown(places: tuple[tuple[str, str], ...]) -> Node | None:
    if not places:
        return None
    return el("P", "Shown on: ", *_between([link(words, href) for words, href in places]), cls="hint")


def _between(items: list[Children]) -> list[Children]:
    out: list[Children] = []
    for place, one in enumerate(items):
        out += [", ", one] if place else [one]
    return out
