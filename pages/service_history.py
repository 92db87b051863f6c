"""The service page's view of its past: versions by cluster-region, the way back, two attempts compared, history."""

from collections.abc import Callable, Sequence
from functools import cache

import context
from components import states
from components.attempts_table import History
from components.comparison_view import comparison_view
from components.links import Query, link, page_path
from components.panel import panel
from components.rollback_cards import rollback_cards
from components.tags import Child, Children, Node, el, icon, mono
from components.version_grid import skew_lines, version_grid
from components.words import counted
from data import keys
from data.catalog_models import ClusterType
from data.comparison import compare
from data.errors import NotFound
from data.generation import Generation
from data.instants import seconds_between
from data.models import Attempt, Page
from data.queries import serving_attempts
from data.rollback import in_trouble, rollback
from data.service_history import active_spans, skews
from data.service_history import version_grid as grid_rows
from data.views import ServiceSummary
from pages.attempts_list import Asked
from pages.drawing import Args

NEWEST = 200  # attempts the grid, the skew and the spans are judged from
CARDS = 6  # cluster-regions in trouble shown with their way back
COMPARE = "compare"

Newest = Callable[[], Page[Attempt]]


def newest_attempts(service_id: str) -> Newest:
    """The service's newest attempts, read when first asked for and then shared by the parts of one view."""
    return cache(lambda: context.store().service_attempts(context.scope(), service_id, limit=NEWEST))


def versions_part(shown: ServiceSummary, newest: Newest) -> Children:
    """Which version is where, and how far regions are apart."""
    if not shown.states:
        return []
    page = newest()
    rows = grid_rows(page.items, shown.states)
    known = [one for one in shown.states if one[0].type is not ClusterType.UNKNOWN]
    stages = [cluster.type.value for cluster, state in known if state.serving_version]
    several = [stage for stage in dict.fromkeys(stages) if stages.count(stage) > 1]
    names = {cluster.cluster_id: cluster.name for cluster, _ in shown.states}
    apart = skews(page.items, shown.states, complete=page.cursor is None)
    note = f"of the newest {NEWEST} attempts" if page.cursor else None
    grid = version_grid(rows, [cluster for cluster, _ in shown.states])
    return panel("Versions", skew_lines(apart, names, several), grid, anchor="versions", note=note)


def rollback_part(shown: ServiceSummary) -> Children:
    """For each pair in trouble the way back; nothing where all is well."""
    ill = [(cluster, state.current) for cluster, state in shown.states if in_trouble(state.current)]
    if not ill:
        return []
    store, scope = context.store(), context.scope()
    cards = [(cluster, rollback(store, scope, current, shown.service)) for cluster, current in ill[:CARDS]]
    more = len(ill) - CARDS
    rest = el("P", f"and {counted(more, 'more cluster-region')} in trouble", cls="hint") if more > 0 else None
    return panel("The way back", rollback_cards(cards), rest, anchor="rollback")


def chosen(args: Args, service_id: str) -> tuple[str, ...]:
    """`compare=a,b`: at most two attempts of this service, each once."""
    given = dict.fromkeys(args.get(COMPARE, "").split(","))
    parts = [(one, keys.split_attempt_id(one)) for one in given]
    return tuple(one for one, known in parts if known and known[1] == service_id)[:2]


def compare_part(generation: Generation, service_id: str, ids: tuple[str, ...], path: str, query: Query) -> Children:
    """Two attempts side by side; with one, how to choose the other."""
    if not ids:
        return []
    clear = link("End the comparison", page_path(path, query | {COMPARE: None}), cls="keep")
    if len(ids) == 1:
        words = el("P", mono(_words(ids[0])), " is chosen. Choose the one to compare it with in the list below.")
        return panel("Compare", words, anchor=COMPARE, note=clear)
    try:
        found = compare(context.store(), context.scope(), service_id, (ids[0], ids[1]), generation.catalog)
    except NotFound:
        gone = states.empty("One of the two attempts is not known.", el("P", "It may have expired."))
        return panel("Compare", gone, anchor=COMPARE, note=clear)
    if seconds_between(found.a.attempt.started_at, found.b.attempt.started_at) < 0:
        return compare_part(generation, service_id, (ids[1], ids[0]), path, query)
    return panel("Compare", comparison_view(found), anchor=COMPARE, note=clear)


def _words(attempt_id: str) -> str:
    parts = keys.split_attempt_id(attempt_id)
    return f"{parts[2]} on {parts[0]}" if parts else attempt_id


def history_of(
    generation: Generation, shown: ServiceSummary, newest: Newest, asked: Asked, ids: tuple[str, ...]
) -> Callable[[Sequence[Attempt]], History]:
    """What the list of attempts says beside its rows."""

    def history(items: Sequence[Attempt]) -> History:
        retired = {cluster.cluster_id: moment for cluster, moment in shown.retired}
        active = active_spans(items, newest().items, serving_attempts(generation), retired)
        return History(active, lambda attempt: _choice(attempt, ids, asked))

    return history


def _choice(attempt: Attempt, ids: tuple[str, ...], asked: Asked) -> Child:
    """A link that puts the attempt into the comparison, or takes it out."""
    mine, query = attempt.attempt_id, asked.query | {"cursor": asked.cursor}
    what = f"{attempt.build_version} on {attempt.cluster_id}"
    if mine in ids:
        left = ",".join(one for one in ids if one != mine)
        without = page_path(asked.path, query | {COMPARE: left})
        return _pick("check2", "Chosen", f"Chosen: take {what} out of the comparison", without)
    if not ids:
        return _pick("plus-lg", "Compare", f"Compare {what}", page_path(asked.path, query | {COMPARE: mine}))
    both = page_path(asked.path, query | {COMPARE: f"{ids[0]},{mine}"}, COMPARE)
    return _pick("plus-lg", "Compare", f"Compare {_words(ids[0])} with {what}", both)


def _pick(symbol: str, words: str, label: str, href: str) -> Node:
    return el("A", icon(symbol), f" {words}", href=href, cls="keep pick", aria_label=label)
