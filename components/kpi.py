"""One number with what it rests on: its sample, and how it moved."""

from components.definitions import about
from components.links import link
from components.tags import Child, Children, Node, el, icon
from components.words import counted, duration, number, rate
from data.views import Rate

STEADY = 0.05  # a duration that changed by less did not change


def card(
    label: str, value: Child, *, href: str, note: Children = None, delta: Node | None = None, meaning: str = ""
) -> Node:  # fmt: skip
    """A tile; its value leads to the rows behind it, `meaning` is the anchor of its definition."""
    defined = about(meaning, label) if meaning else None
    return el(
        "Div", el("H2", label, defined, cls="kpi-label"), el("P", link(value, href), cls="kpi-value"),
        el("P", note, delta, cls="kpi-note"), cls="kpi",
    )  # fmt: skip


def rate_card(label: str, value: Rate, *, href: str, delta: Node | None = None, meaning: str = "") -> Node:
    """A share with its n."""
    return card(label, rate(value), href=href, note=f"n = {number(value.n)}", delta=delta, meaning=meaning)


def moved_count(now: int, before: int, what: str, than: str, of_failures: bool = False) -> Node:
    """How a count changed; a count of deployments is neither good nor bad, of failures fewer are good."""
    change = now - before
    if change == 0:
        return _delta("dash-lg", f"as many as {than}", "neutral")
    amount = " ".join(filter(None, (number(abs(change)), "more" if change > 0 else "fewer", what)))
    words = f"{amount} than {than}"
    tone = "neutral" if not of_failures else "bad" if change > 0 else "good"
    return _delta("arrow-up" if change > 0 else "arrow-down", words, tone)


def moved_duration(now: float, before: float, than: str) -> Node:
    """How a duration in seconds changed: shorter is good."""
    if abs(now - before) <= STEADY * before:
        return _delta("dash-lg", f"about as long as {than}", "neutral")
    slower = now > before
    words = f"{duration(abs(now - before))} {'longer' if slower else 'shorter'} than {than}"
    return _delta("arrow-up" if slower else "arrow-down", words, "bad" if slower else "good")


def moved_nothing(words: str) -> Node:
    """Why there is no change to tell."""
    return _delta("dash-lg", words, "neutral")


def moved_rate(now: Rate, before: Rate, than: str) -> Node:
    """How a success rate changed: up is good. Small samples have no trend."""
    if now.value is None or before.value is None:
        return _delta("dash-lg", f"no comparison: {_lacking(now, before, than)}", "neutral")
    if min(now.n, before.n) < 10:
        return _delta("dash-lg", f"too few attempts to compare with {than}", "neutral")
    points = round((now.value - before.value) * 100, 1)
    if points == 0:
        return _delta("dash-lg", f"same as {than}", "neutral")
    better = points > 0
    words = f"{abs(points):.1f} points {'better' if better else 'worse'} than {than}"
    return _delta("arrow-up" if better else "arrow-down", words, "good" if better else "bad")


def _lacking(now: Rate, before: Rate, than: str) -> str:
    return f"no finished attempts in {than}" if now.value is not None else "no finished attempts"


def _delta(symbol: str, words: str, tone: str) -> Node:
    return el("Span", icon(symbol), el("Span", words), cls=f"delta delta-{tone}")


def parts_bar(parts: list[tuple[str, int, str, str]], label: str, one: str) -> Node:
    """Counts that add up to a whole, as one bar and as words: (word, count, tone, where it leads)."""
    total = sum(count for _, count, _, _ in parts)
    segments: list[Child] = [
        el("Span", cls=f"part fill-{tone}", style={"flexGrow": count}) for _, count, tone, _ in parts if count
    ]
    words: list[Child] = [
        el("Li", el("Span", cls=f"swatch fill-{tone}"), link(f"{number(count)} {word}", href))
        for word, count, tone, href in parts
    ]
    summary = f"{label}: " + ", ".join(f"{count} {word}" for word, count, _, _ in parts)
    bar = el("Div", segments, cls="parts", role="img", aria_label=f"{summary} of {counted(total, one)}")
    return el("Div", bar, el("Ul", words, cls="parts-words"), cls="parts-bar")
