"""The point in time a page shows: one calm button while it is now; a banner, a slider and steps when it is not.

`assets/5-asof.js` listens to the controls and carries the point on from link to link.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.filters import segments
from components.links import link
from components.tags import BOOTSTRAP, Child, Node, el, hidden, icon, node
from components.words import absolute, counted
from data.instants import epoch
from data.models import Instant
from data.past_views import Line

QUICK = (("-1h", "1 h"), ("-6h", "6 h"), ("-24h", "24 h"), ("-7d", "7 d"))
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A way to another point in time; without an address there is none in that direction."""

    words: str
    symbol: str
    label: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the bar shows: the instants, and the addresses that change them."""

    at: Instant
    known: Instant | None
    other: Instant | None
    to_now: bool
    carried: str  # what links carry on, as a query
    back: str  # the same page, now
    since: str  # compared with now
    alone: str  # not compared
    known_then: str
    known_now: str
    unread: int  # attempts that are shown as known now although more is known since


def off(quick: Sequence[tuple[str, str]]) -> Node:
    """While the page shows now: how to look back, and the incident question."""
    opener = el(
        "Button", icon("clock-history"), " As of…", type="button", id="asof-open",
        cls="btn btn-outline-secondary", title="Show this page as it was at another time",
    )  # fmt: skip
    changed = segments("What changed in the last", [(words, href, False) for words, href in quick])
    asked = el("Span", "What changed in the last", cls="ink-2 small", aria_hidden="true")
    return el("Div", el("Div", asked, changed, cls="asof-quick"), opener, cls="asof-off")


def banner(shown: Shown, steps: Sequence[Step]) -> Node:
    """Says unmistakably that this is not now, and leads back."""
    known: list[Child] = [" · as known now"]
    if shown.known:
        known = [" · as it was known on ", _time(shown.known)]
    sentence = el(
        "P", icon("clock-history"), " As it was on ", _time(shown.at), known, cls="asof-words", role="status"
    )
    back = link("Back to now", shown.back, cls="btn btn-primary asof-back")
    return el(
        "Section", el("Div", sentence, back, cls="asof-line"),
        el("Div", _steps(steps), _ways(shown), cls="asof-line"), el("P", _notes(shown), cls="small"),
        cls="asof-banner", aria_label="Point in time", data_asof=shown.carried, data_at=shown.at,
        data_known=shown.known or "", data_other="" if shown.to_now else shown.other or "",
    )  # fmt: skip


def _time(instant: Instant) -> Node:
    return el("Time", absolute(instant), dateTime=instant, title=f"{instant[:10]} {instant[11:19]} UTC")


def _steps(steps: Sequence[Step]) -> Node:
    items: list[Child] = []
    for step in steps:
        inside: list[Child] = [icon(step.symbol), f" {step.words}"]
        if step.href is None:
            gone = el("Span", inside, hidden(": there is none"), cls="segment asof-none")
            items.append(el("Li", gone))
        else:
            items.append(el("Li", el("A", inside, href=step.href, cls="segment asof-step", aria_label=step.label)))
    return el("Nav", el("Ul", items, cls="segments"), aria_label="Steps in time")


def _ways(shown: Shown) -> Node:
    compare = ("End the comparison", shown.alone) if shown.other else ("What changed since", shown.since)
    known = ("As known now", shown.known_now) if shown.known else ("As known then", shown.known_then)
    said = {
        "As known then": "Leave out what was only learned afterwards",
        "As known now": "Show what is known of that time today",
    }
    return el(
        "Div", link(*compare, cls="asof-way"), link(*known, cls="asof-way", title=said[known[0]]), cls="asof-ways"
    )


def _notes(shown: Shown) -> str:
    notes = ["Updates are paused. Names, teams and stages are today's."]
    if shown.unread:
        notes.append(
            f"{counted(shown.unread, 'attempt is', 'attempts are')} shown as known now: too much was learned since, "
            "or it is not held any more."
        )
    return " ".join(notes)


def controls(shown: Shown, line: Line) -> Node:
    """The slider, and the instants as fields; the script keeps their values beside the banner's."""
    minute = 60_000
    slider = node(
        BOOTSTRAP, "Input", id="asof-slider", type="range", min=line.first // minute, max=line.last // minute, step=1,
        value=str(epoch(shown.at) // 60), className="form-range",
    )  # fmt: skip
    return el(
        "Div",
        el("Div", el("Label", "Point in time (UTC)", htmlFor="asof-slider"), _marks(line), slider, cls="asof-slide"),
        el(
            "Div", _field("asof-at", "As of (UTC)", shown.at),
            _field("asof-other", "Compared with (UTC)", shown.other),
            _field("asof-known", "As known at (UTC)", shown.known), cls="asof-fields",
        ),
        cls="asof-controls",
    )  # fmt: skip


def _field(name: str, label: str, value: Instant | None) -> Node:
    shown = value[:16] if value else ""
    return el(
        "Div", el("Label", label, htmlFor=name),
        node(BOOTSTRAP, "Input", id=name, type="datetime-local", value=shown, className="asof-field"), cls="field",
    )  # fmt: skip


def _marks(line: Line) -> Node:
    """Where attempts began, taller for more; stretches with failures are marked at the foot too."""
    most = max((mark.attempts for mark in line.marks), default=0)
    bars: list[Child] = [
        el("Span", cls=f"asof-mark asof-mark-{_level(mark.attempts, most)}{' asof-mark-bad' if mark.failed else ''}")
        for mark in line.marks
    ]
    return el("Div", bars, cls="asof-marks", aria_hidden="true")


def _level(amount: int, most: int) -> int:
    return -(-amount * LEVELS // most) if most else 0


def refused(name: str, why: str, back: str) -> list[Node]:
    """The address asks for an instant that cannot be shown."""
    said = el("P", el("Code", name), f" {why}.")
    return [
        el("H1", "No such point in time", tabIndex="-1", data_title="No such point in time"),
        el("Div", el("Div", said, role="alert"), link("Back to now", back, cls="asof-back"), cls="panel empty-page"),
    ]


def not_held(at: Instant, first: str, back: str) -> list[Node]:
    """The instant is older than what is held."""
    words = f"Attempts from before {first} are not held, so what was so on {absolute(at)} cannot be said."
    return [
        el("H1", "Not held any more", tabIndex="-1", data_title="Not held any more"),
        el("Div", el("P", words, role="status"), link("Back to now", back, cls="asof-back"), cls="panel empty-page"),
    ]
