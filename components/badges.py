"""States made visible: always an icon and a word (seen or read out), never colour alone."""

from collections.abc import Sequence

from components import theme
from components.links import build_path, link
from components.tags import Child, Node, el, hidden, icon
from components.theme import Look
from components.words import counted
from data.catalog_models import DOCUMENT_SUITES
from data.models import (
    Attempt,
    AttemptRow,
    Gate,
    Health,
    Outcome,
    PromotionStatus,
    Status,
    Verdict,
)

BAD = frozenset({Status.FAILED, Status.ROLLBACK})


def badge(look: Look) -> Node:
    """Icon and word on a tint."""
    return el("Span", icon(look.icon), el("Span", look.word), cls=f"badge-state tone-{look.tone}")


def quiet(look: Look) -> Node:
    """The icon alone; its word is hidden text."""
    return el("Span", icon(look.icon), hidden(look.word), cls=f"state-icon tone-{look.tone}", title=look.word)


def attempt_badge(attempt: Attempt | AttemptRow) -> Node:
    """Failed, rolled back and in progress speak; success is the icon and its word, without the tint."""
    look = theme.status(attempt.status, attempt.cancelled)
    if look.tone == "success":
        return el("Span", icon(look.icon), el("Span", look.word), cls="state-plain tone-success")
    return badge(look)


def health_badge(health: Health) -> Node:
    """Healthy, needs attention or unknown."""
    return badge(theme.HEALTH[health])


def promotion_badge(status: PromotionStatus) -> Node:
    """How far a promotion got; success is quiet."""
    look = theme.PROMOTION[status]
    if look.tone == "success":
        return el("Span", icon(look.icon), el("Span", look.word), cls="state-plain tone-success")
    return badge(look)


def verdict_badge(verdict: Verdict) -> Node:
    """What a gate says."""
    return badge(theme.VERDICT[verdict])


def gate_words(gate: Gate) -> str:
    """`Functional: passed, 650 of 650 tests`."""
    words = f"{gate.suite.capitalize()}: {theme.VERDICT[gate.verdict].word.lower()}"
    if gate.total is not None and gate.passed is not None and gate.verdict is not Verdict.MISSING:
        words += f", {gate.passed} of {counted(gate.total, 'test')}"
    return words


def gates(items: Sequence[Gate], attempt_id: str) -> Node:
    """One letter per suite, linked to the runs behind it; the verdict is in shape and words."""
    if not items:
        return el("Span", "no suites expected", cls="ink-2 small")
    ordered = sorted(items, key=suite_order)
    letters: list[Child] = [
        el(
            "Span", gate.suite[:1], cls=f"gate gate-{gate.verdict.value}", title=gate_words(gate),
            aria_hidden="true",
        )
        for gate in ordered
    ]  # fmt: skip
    letters.append(hidden(" ".join(f"{gate_words(gate)}." for gate in ordered)))
    return link(letters, build_path(attempt_id) + "#gates", cls="gates")


def suite_order(gate: Gate) -> tuple[int, str]:
    """The document's suites in its order, then any other by name: a letter keeps its place from row to row."""
    known = gate.suite in DOCUMENT_SUITES
    return DOCUMENT_SUITES.index(gate.suite) if known else len(DOCUMENT_SUITES), gate.suite


def history(outcomes: Sequence[Outcome]) -> Node:
    """The last attempts as small bars, oldest first, with their counts as one label."""
    looks = [theme.status(outcome.status, outcome.cancelled) for outcome in outcomes]
    words = dict.fromkeys(look.word for look in looks)
    parts = ", ".join(f"{sum(look.word == word for look in looks)} {word.lower()}" for word in words)
    label = f"Last {counted(len(looks), 'attempt')}: {parts}"
    bars: list[Child] = [el("Span", cls=f"outcome outcome-{look.tone}") for look in looks]
    return el("Span", bars, cls="history", role="img", aria_label=label, title=label)


def unconfirmed(confirmed: bool) -> Node | None:
    """A cluster or service nobody has put into the catalog yet."""
    if confirmed:
        return None
    return el("Span", "unconfirmed", cls="tag", title="Registered at its first event; not in the catalog yet")
