"""Where sources contradict each other, and which of them fell silent: said in words, with the rows behind it."""

from collections.abc import Sequence

from components.links import build_path, link
from components.panel import row, table
from components.tags import Child, Node, el, mono
from components.words import age, counted, when
from data.disagreements import Disagreement, Noted
from ingest.silence import LEAST_GAPS, Silence


def disagreement_notice(found: Sequence[Disagreement]) -> Node | None:
    """Who says what of one attempt; None where all agree."""
    if not found:
        return None
    lines: list[Child] = [el("Li", _said(one)) for one in found]
    return el("Div", el("P", "The sources disagree:", cls="strong"), el("Ul", lines), cls="notice")


def _said(one: Disagreement) -> list[Child]:
    told: list[Child] = [f"{one.field}: "]
    for place, (source, value) in enumerate(one.said):
        told += ["; " if place else None, mono(source), " says ", el("Span", value, cls="wrap")]
    return told


def disagreements_table(noted: Sequence[Noted]) -> Node:
    """A row for each attempt on which sources disagree, and who says what."""
    columns = [("Attempt", ""), ("Began", ""), ("Who says what", "")]
    return table("Attempts on which sources disagree", columns, [_noted(one) for one in noted])


def _noted(one: Noted) -> Node:
    said = [el("Li", _said(found)) for found in one.disagreements]
    return row(
        link(mono(one.attempt_id), build_path(one.attempt_id), cls="wrap"),
        el("Td", when(one.started_at), cls="nowrap"), el("Ul", said, cls="plain"),
    )  # fmt: skip


def silence_notice(found: Sequence[Silence]) -> Node | None:
    """The sources that are silent for longer than they ever are; None where none is."""
    silent = [one for one in found if one.is_silent]
    if not silent:
        return None
    lines: list[Child] = [el("Li", _silent(one)) for one in silent]
    return el("Div", el("P", "Silent for longer than they ever are:", cls="strong"), el("Ul", lines), cls="notice")


def _silent(one: Silence) -> list[Child]:
    return [mono(one.source), " since ", when(one.last_at), f": {_usual(one)}."]


def _usual(one: Silence) -> str:
    if one.usual is None or one.p99 is None:
        return f"{counted(one.n, 'gap')} of {LEAST_GAPS} that are needed to judge"
    return f"usually every {age(one.usual)}, 99 of 100 gaps within {age(one.p99)} (n {one.n})"


def usual_gaps(found: Sequence[Silence]) -> Node | None:
    """How often each source usually delivers."""
    if not found:
        return None
    lines: list[Child] = [el("Li", mono(one.source), f": {_usual(one)}") for one in found]
    return el(
        "Details", el("Summary", "How often each of them delivers"),
        el("P", "Gaps of the last 14 days, known to the hour.", cls="ink-2 small"), el("Ul", lines, cls="plain"),
    )  # fmt: skip
