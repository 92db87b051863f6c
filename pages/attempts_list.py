"""A page's list of attempts: its filters, its rows, and the way to older ones. All of its state is the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import context
from components import filters, states, theme
from components.attempts_table import History, attempts_table
from components.links import Query, link, page_path
from components.panel import panel
from components.tags import Node, el
from components.words import period as period_words
from data.errors import InvalidRequest
from data.models import Attempt, Page, Trigger
from data.queries import serving_attempts
from data.store_attempts import AttemptFilter
from pages import files
from pages.asked import Period, stored
from pages.merged import MERGED

ROWS = 25
ANCHOR = "attempts"
FILED = {"service": "serviceId", "cluster": "clusterId", "stage": "type"}  # other filters, as files know them
Fetch = Callable[[AttemptFilter], Page[Attempt]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which attempts: the page's path, its days, an outcome, a trigger, other filters by their name in the address.

    `kept`: what else the address says, no filter of this list.
    """

    path: str
    period: Period
    status: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    cursor: str | None = None
    kept: tuple[tuple[str, str], ...] = ()
    trigger: Trigger | None = None

    @property
    def query(self) -> Query:
        """The address' query without the page of the list."""
        own: Query = {"status": self.status, "trigger": self.trigger and self.trigger.value}
        return dict(self.period.query) | own | dict(self.others) | dict(self.kept)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the days is asked for."""
        return bool(self.status or self.trigger or self.others)

    def address(self, **changes: str | None) -> str:
        """The same list, filtered otherwise."""
        return page_path(self.path, self.query | changes, ANCHOR)


def attempts_panel(
    asked: Asked,
    fetch: Fetch,
    *,
    of: Query,
    without: str = "",
    choices: Sequence[tuple[str, Node]] = (),
    history: Callable[[Sequence[Attempt]], History] | None = None,
) -> Node:
    """The panel; `of` is what its file is of, `choices` are further fields by their name.

    Unavailable where the store does not answer.
    """
    status, cancelled = stored(asked.status)
    wanted = AttemptFilter(
        status=status, trigger=asked.trigger, cancelled=cancelled,
        since=asked.period.since, until=asked.period.until, limit=ROWS,
    )  # fmt: skip
    try:
        page = fetch(wanted | AttemptFilter(cursor=asked.cursor))
    except InvalidRequest:  # a cursor of another list, or an old one: its first page
        asked = replace(asked, cursor=None)
        page = fetch(wanted)
    chosen = filters.status_filter(asked.path, asked.query, asked.status)
    active = filters.chips(_active(asked), _cleared(asked)) if asked.narrowed and page.items else None
    file = _file(asked, of) if page.items else None
    return panel(
        "Attempts", el("Div", chosen, _choices(asked, choices), file, cls="toolbar"), active,
        _rows(page, asked, without, history), _pager(asked, page), _expired(asked),
        anchor=ANCHOR, note=period_words(asked.period.start, asked.period.end),
    )  # fmt: skip


def _choices(asked: Asked, choices: Sequence[tuple[str, Node]]) -> Node:
    triggers = [(one.value, word.capitalize()) for one, word in theme.TRIGGER.items()]
    mine = filters.select("trigger", "Trigger", triggers, asked.trigger and asked.trigger.value)
    named = {"trigger", *(name for name, _ in choices)}
    rest = [filters.kept(name, value) for name, value in asked.query.items() if name not in named]
    return filters.form(asked.path, "Filter attempts", *[field for _, field in choices], mine, *rest)


def _file(asked: Asked, of: Query) -> Node:
    """The same list as a file, all of it."""
    query = of | files.outcome(asked.status) | {"trigger": asked.trigger and asked.trigger.value}
    query |= {FILED[name]: value for name, value in asked.others}
    return files.csv("attempts", query | {"from": asked.period.start, "to": asked.period.end}, "these attempts")


def _cleared(asked: Asked) -> str:
    """The same days, nothing filtered."""
    return page_path(asked.path, asked.period.query | dict(asked.kept), ANCHOR)


def _rows(
    page: Page[Attempt], asked: Asked, without: str, history: Callable[[Sequence[Attempt]], History] | None
) -> Node:
    if page.items:
        serving = serving_attempts(context.generation())
        beside = history(page.items) if history else None
        return attempts_table(page.items, "Attempts, newest first", serving=serving, without=without, history=beside)
    if page.cursor:
        return states.empty("None in this stretch.", el("P", "Older attempts may match."), symbol="funnel")
    if asked.narrowed:
        return states.no_match("attempts", [filters.chip(*one) for one in _active(asked)], _cleared(asked))
    return states.empty("No attempts in this period.")


def _active(asked: Asked) -> list[tuple[str, str]]:
    words = {value: name for value, name in filters.STATUSES if value}
    active = [(f"{name}: {value}", asked.address(**{name: None})) for name, value in asked.others]
    if asked.trigger:
        active.append((f"trigger: {theme.TRIGGER[asked.trigger]}", asked.address(trigger=None)))
    if asked.status:
        active.append((f"status: {words[asked.status].lower()}", asked.address(status=None)))
    return active


def _pager(asked: Asked, page: Page[Attempt]) -> Node | None:
    if not asked.cursor and not page.cursor:
        return None
    if page.cursor == MERGED:
        return el("P", "These are the newest. Choose a cluster-region for all.", cls="hint")
    newest = link("Newest", asked.address(), cls="btn btn-outline-secondary keep") if asked.cursor else None
    older = None
    if page.cursor:
        older = link("Older attempts", asked.address(cursor=page.cursor), cls="btn btn-outline-secondary keep")
    return el("Nav", newest, older, cls="pager", aria_label="Pages of attempts")


def _expired(asked: Asked) -> Node | None:
    """Counts outlive the rows: where they may be gone, it is said."""
    kept_since = context.store().complete_since()
    if asked.period.start >= kept_since:
        return None
    words = f"Rows are kept for the retention: those from before {kept_since} may have expired, the numbers stay."
    return el("P", words, cls="hint")
