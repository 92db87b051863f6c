"""Services, teams or cluster-regions of production side by side, by the five metrics."""

from collections.abc import Callable, Sequence

from components.badges import quiet
from components.delivery_words import PATH, TITLES, band_look, score_words, value, why
from components.links import Query, link, page_path
from components.panel import number_cell, row, table
from components.sorting import sort_heading
from components.tags import Node, el, hidden
from components.words import none, number
from data.delivery_views import Edition, Metric, MetricId, ScopeNumbers

BYS = {"service": "Service", "team": "Team", "cluster": "Cluster-region"}
USUAL = "-deployments"
NOT_IN_EDITION = "not_in_edition"
SORTS = ("name", "deployments", *[metric.value for metric in MetricId], "coverage")
FROM_THE_END = frozenset({"deployments", MetricId.FREQUENCY.value})


def compare_table(rows: Sequence[ScopeNumbers], by: str, sort: str, edition: Edition, query: Query) -> Node:
    """One row each; a name leads to the page of it alone."""

    def heading(words: str, name: str) -> Node:
        return sort_heading(words, name, sort, lambda one: _sorted_by(query, by, one), newest=name in FROM_THE_END,
                            cls="" if name == "name" else "num")  # fmt: skip

    columns = [heading(BYS[by], "name"), heading("Deployments", "deployments")]
    columns += [heading(TITLES[metric], metric.value) for metric in MetricId]
    columns.append(heading("Coverage", "coverage"))
    ordered = in_order(rows, sort)
    return table(f"Delivery by {BYS[by].lower()}", columns, [_row(one, by, edition, query) for one in ordered],
                 cls="compare-delivery")  # fmt: skip


def _sorted_by(query: Query, by: str, sort: str) -> str:
    return page_path(PATH, query | {"by": by, "sort": sort if sort != USUAL else None}, "compare")


def in_order(rows: Sequence[ScopeNumbers], sort: str) -> list[ScopeNumbers]:
    """By name or number; those without the number come last, whichever way it is sorted."""
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    named = sorted(rows, key=lambda one: (one.name.casefold(), one.key), reverse=backwards and name == "name")
    if name == "name":
        return named
    number_of = _number(name)
    told = [one for one in named if number_of(one) is not None]
    told.sort(key=lambda one: number_of(one) or 0.0, reverse=backwards)
    return [*told, *[one for one in named if number_of(one) is None]]


def _number(name: str) -> Callable[[ScopeNumbers], float | None]:
    if name == "deployments":
        return lambda one: one.numbers.deployments
    if name == "coverage":
        return lambda one: "ABCD".index(one.numbers.coverage.grade) if one.numbers.coverage.grade else None
    metric = MetricId(name)
    return lambda one: one.numbers.metrics[metric].value


def _row(one: ScopeNumbers, by: str, edition: Edition, query: Query) -> Node:
    mine = page_path(PATH, query | {by: one.key})
    grade = one.numbers.coverage.grade
    return row(
        link(one.name, mine, cls="strong"), number_cell(number(one.numbers.deployments)),
        *[_metric(one.numbers.metrics[metric], edition) for metric in MetricId],
        number_cell(grade.value if grade else none("no deployments")),
    )  # fmt: skip


def _metric(one: Metric, edition: Edition) -> Node:
    """The value with its band as an icon, or its score; grey and why where there is none."""
    if one.value is None:
        return number_cell([value(one), hidden(f" {why(one.reason)}")], cls="ink-2")
    if edition is Edition.SCORE_2025:
        scored = el("Span", score_words(one.score), cls="of") if one.score is not None else None
        return number_cell([value(one), scored])
    has_band = one.band is not None or one.band_reason not in (None, NOT_IN_EDITION)
    return number_cell([value(one), " ", quiet(band_look(one)) if has_band else None])
