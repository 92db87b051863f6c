"""Pages that can look back: the same views drawn from a generation of the past, under a bar that says so.

A page needs nothing for it: within its view, generation, store and time are those of then.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urlencode

import context
from components import asof_bar
from components.asof_bar import Shown, Step
from components.change_list import change_list
from components.links import Query, cluster_path, page_path, service_path
from components.tags import Node
from components.words import absolute
from data import keys, known_reads, past_marks, queries
from data.changes_between import changes_between
from data.day_numbers import from_milliseconds
from data.days import to_row
from data.errors import Unavailable
from data.generation import Generation
from data.instants import add, from_instant, to_instant
from data.known import Known
from data.models import Instant, Scope
from data.past_views import Beside, ChangesOf
from data.point_in_time import generation_at, holds, is_lean, with_rows
from data.views import PairState
from pages import moments
from pages.drawing import Args, Drawing, Part, View, draw
from pages.moments import Moments, Refused

log = logging.getLogger(__name__)

SHOWN_ATTENTION = 12
Draw = Callable[[Generation, Args], View]
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Place:
    """A page that looks back: its address, and the part of the attempts it is about."""

    path: str
    query: Query  # the rest of the address, without instants and without the page of a list
    cluster_id: str | None = None
    service_id: str | None = None

    def address(self, words: Mapping[str, str | None]) -> str:
        """The same page at other instants."""
        return page_path(self.path, self.query | dict(words))

    def has(self, state: PairState) -> bool:
        """Whether the page shows this pair."""
        return self.cluster_id in (None, state.cluster_id) and self.service_id in (None, state.service_id)


def place(name: str, args: Args) -> Place | None:
    """Where a page of this name is; None where it does not look back."""
    left = ("cluster_id", "service_id", "cursor", *moments.NAMES)
    query: Query = {key: value for key, value in args.items() if key not in left}
    if name == "overview":
        return Place("/", query)
    if name == "cluster" and keys.ID.fullmatch(found := unquote(args.get("cluster_id", ""))):
        return Place(cluster_path(found), query, cluster_id=found)
    if name == "service" and keys.ID.fullmatch(found := unquote(args.get("service_id", ""))):
        return Place(service_path(found), query, service_id=found)
    return None


def drawing(name: str, view: Draw, args: Args, first: bool) -> Drawing:
    """The page, as of the instant its address asks for."""
    newest, key, now = context.generation(), (name, context.scope().key), context.now()
    here = place(name, args)
    if here is None:
        return draw(newest, view(newest, args), key, first)
    asked = moments.moments(args, now)
    if asked is None:
        return draw(newest, _now(view(newest, args), here), key, first)
    back = here.address({})
    if isinstance(asked, Refused):
        words = asof_bar.refused(asked.name, asked.why, back)
        return draw(newest, View([Part("refused", lambda: words, lasting=False)]), key, first)
    if not holds(newest, asked.at):
        held = asof_bar.not_held(asked.at, newest.first_day, back)
        return draw(newest, View([Part("refused", lambda: held, lasting=False)]), key, first)
    past = looked_back(newest, asked.at, asked.known, here)
    with context.looking_back(past):
        shown = view(past.generation, {word: value for word, value in args.items() if word not in moments.NAMES})
        parts = [*_bar(newest, here, asked, past.unread, now), *_changes(newest, past, here, asked), *shown.parts]
        return draw(past.generation, replace(shown, parts=parts), key, first)


def looked_back(newest: Generation, at: Instant, known: Instant | None, here: Place) -> Known:
    """The generation of then, with what the store has of the attempts that need attention."""
    store, scope = context.store(), context.scope()
    past = known_reads.looked_back(newest, store, at, known)
    then, key = past.generation, ("full", scope.key, here.cluster_id, here.service_id)
    try:
        return replace(past, generation=then.memo.get(key, lambda: _filled(then, scope, here)))
    except Unavailable as error:  # the state is right without the links
        log.warning("attempts of %s not read: %s", at, error)
        return past


def _filled(then: Generation, scope: Scope, here: Place) -> Generation:
    """The generation with links and counts on its first rows in need of attention; columns do not hold them."""
    ill = [one for one in queries.overview(then, scope, from_instant(then.as_of)).attention if here.has(one)]
    rows = [one.current.latest_finished for one in ill if one.current.latest_finished]
    lean = [(row.attempt_id, row.started_at) for row in rows[:SHOWN_ATTENTION] if is_lean(row)]
    return with_rows(then, map(to_row, context.store().standing(scope, lean))) if lean else then


def _changes(newest: Generation, past: Known, here: Place, asked: Moments) -> list[Part]:
    """What is otherwise at the other instant; always told from the earlier one to the later."""
    if asked.other is None:
        return []
    other = newest if asked.to_now else generation_at(newest, asked.other)
    sides = [(past.generation, absolute(asked.at)), (other, "now" if asked.to_now else absolute(asked.other))]
    (then, from_words), (now, to_words) = sides if asked.at <= asked.other else reversed(sides)
    of = ChangesOf(here.cluster_id, here.service_id, here.query.get("team"))
    later = None if now is newest else moments.word(now.as_of)

    def part() -> Node:
        found = changes_between(then, now, context.scope(), of)
        return change_list(found, (from_words, to_words), later)

    return [Part("asof-changes", part, lasting=False)]


def _now(shown: View, here: Place) -> View:
    """The page as ever, with the way back in time below its head."""
    quick = [
        (words, here.address({moments.AS_OF: back, moments.DIFF: moments.NOW})) for back, words in asof_bar.QUICK
    ]
    bar = Part("asof", lambda: asof_bar.off(quick), cls="asof-place", lasting=False)
    head, *rest = shown.parts
    return replace(shown, parts=[head, bar, *rest]) if rest else shown


def _bar(newest: Generation, here: Place, asked: Moments, unread: int, now: datetime) -> list[Part]:
    shown = _shown(here, asked, unread)
    line = past_marks.line(newest, context.scope(), asked.at, here.cluster_id, here.service_id)
    steps = _steps(here, asked, line.beside, newest, now)
    still = replace(shown, at=from_milliseconds(line.first), known=None, other=None)
    return [
        Part("asof-banner", lambda: asof_bar.banner(shown, steps), lasting=False),
        Part(
            "asof-controls",
            lambda: asof_bar.controls(shown, line),
            lasting=False,
            steady=lambda: asof_bar.controls(still, line),
        ),
    ]


def _shown(here: Place, asked: Moments, unread: int) -> Shown:
    query = asked.query
    return Shown(
        at=asked.at,
        known=asked.known,
        other=asked.other,
        to_now=asked.to_now,
        carried=urlencode({name: value for name, value in asked.carried.items() if value}),
        back=here.address({}),
        since=here.address(query | {moments.DIFF: moments.NOW}),
        alone=here.address(query | {moments.DIFF: None}),
        known_then=here.address(query | {moments.KNOWN: moments.word(asked.at)}),
        known_now=here.address(query | {moments.KNOWN: None}),
        unread=unread,
    )


def _steps(here: Place, asked: Moments, around: Beside, gen: Generation, now: datetime) -> list[Step]:
    earliest, latest = f"{gen.first_day}T00:00:00.000Z", to_instant(now)

    def to(moment: Instant | None) -> str | None:
        if moment is None or not earliest <= moment <= latest:
            return None
        return here.address(asked.query | {moments.AS_OF: moments.word(moment)})

    before, after = (None if one is None else from_milliseconds(one) for one in (around.before, around.after))
    return [
        Step("1 d", "chevron-double-left", "One day earlier", to(add(asked.at, -DAY))),
        Step("1 h", "chevron-left", "One hour earlier", to(add(asked.at, -HOUR))),
        Step("Previous change", "arrow-left", "To the change before", to(before)),
        Step("Next change", "arrow-right", "To the change after", to(after)),
        Step("1 h", "chevron-right", "One hour later", to(add(asked.at, HOUR))),
        Step("1 d", "chevron-double-right", "One day later", to(add(asked.at, DAY))),
    ]
