"""How a scope stands: the bands of 2023 with their thresholds, or the scores of 2025 beside the industry's."""

from collections.abc import Mapping

from components.badges import badge
from components.definitions import about
from components.delivery_words import LONG_TITLES, anchor, band_look, ledger_path, sample, score_words, value, why
from components.links import Query, link
from components.panel import number_cell, row, table
from components.tags import Node, el, hidden
from components.words import none
from data.delivery_views import Band, Delivery, Edition, Metric, MetricId

COLUMNS = (Band.LOW, Band.MEDIUM, Band.HIGH, Band.ELITE)
THRESHOLDS: Mapping[MetricId, Mapping[Band, str]] = {
    MetricId.FREQUENCY: {
        Band.LOW: "less", Band.MEDIUM: "once a month or more", Band.HIGH: "1 to 4 days a week",
        Band.ELITE: "5 or more days a week",
    },
    MetricId.LEAD_TIME: {
        Band.LOW: "30 days or more", Band.MEDIUM: "below 30 days", Band.HIGH: "below 7 days",
        Band.ELITE: "below a day",
    },
    MetricId.FAILURE_RATE: {
        Band.LOW: "above 15 %", Band.MEDIUM: "up to 15 %", Band.HIGH: "up to 10 %", Band.ELITE: "up to 5 %",
    },
    MetricId.RECOVERY_TIME: {
        Band.LOW: "7 days or more", Band.MEDIUM: "below 7 days", Band.HIGH: "below a day",
        Band.ELITE: "below an hour",
    },
}  # fmt: skip
# dora.dev quick check, industry 2025, mean and standard deviation of the scores; the two rates turned round
INDUSTRY: Mapping[MetricId, tuple[float, float]] = {
    MetricId.FREQUENCY: (4.8, 2.8),
    MetricId.LEAD_TIME: (5.5, 2.4),
    MetricId.FAILURE_RATE: (8.1, 2.1),
    MetricId.RECOVERY_TIME: (7.4, 2.1),
    MetricId.REWORK_RATE: (7.8, 2.2),
}
SOURCE = "Source: DORA quick check, industry 2025; rates turned round, so that more is better."


def benchmark(shown: Delivery, query: Query) -> list[Node]:
    """The table of the edition asked for, and where it comes from."""
    return _scores(shown, query) if shown.filter.edition is Edition.SCORE_2025 else _bands(shown, query)


def _bands(shown: Delivery, query: Query) -> list[Node]:
    columns = [("Metric", ""), *[(band.value.capitalize(), "") for band in COLUMNS], ("Here", "num"), ("Band", "")]
    rows = [_band_row(shown.numbers.metrics[metric], query) for metric in MetricId if metric in THRESHOLDS]
    source = el("P", "Source: DORA, report of 2023. The rework rate came later and has no band.", cls="hint")
    return [table("Bands of 2023", columns, rows, cls="benchmark"), source]


def _band_row(one: Metric, query: Query) -> Node:
    mine = one.band if one.value is not None and one.band_reason != "small_sample" else None
    cells = [
        el("Td", THRESHOLDS[one.metric][band], hidden(" (here)") if band is mine else None,
           cls="here" if band is mine else "")
        for band in COLUMNS
    ]  # fmt: skip
    standing = why(one.band_reason or one.reason) if mine is None else None
    return row(
        [LONG_TITLES[one.metric], about(anchor(one.metric), LONG_TITLES[one.metric])], *cells, _here(one, query),
        el("Td", badge(band_look(one)), el("Span", standing, cls="ink-2 small standing") if standing else None),
    )  # fmt: skip


def _here(one: Metric, query: Query) -> Node:
    return number_cell([link(value(one), ledger_path(query, one.metric)), el("Span", sample(one), cls="of")])


def _scores(shown: Delivery, query: Query) -> list[Node]:
    columns = [("Metric", ""), ("Here", "num"), ("Score", "num"), ("Industry, mean ± sd", "num"), ("Beside it", "")]
    rows = [_score_row(shown.numbers.metrics[metric], query) for metric in MetricId]
    total = shown.numbers.score
    words = f"In all {total:.1f} of 10." if total is not None else "No score in all: not every metric has one."
    return [
        table("Scores of 2025", columns, rows, cls="benchmark"), el("P", words, cls="strong"),
        el("P", SOURCE, cls="hint"),
    ]  # fmt: skip


def _score_row(one: Metric, query: Query) -> Node:
    mean, deviation = INDUSTRY[one.metric]
    return row(
        [LONG_TITLES[one.metric], about(anchor(one.metric), LONG_TITLES[one.metric])], _here(one, query),
        number_cell(score_words(one.score)), number_cell(f"{mean:.1f} ± {deviation:.1f}"),
        beside(one.score, mean, deviation),
    )  # fmt: skip


def beside(score: float | None, mean: float, deviation: float) -> Node:
    """A score against the industry's mean, in words; within one standard deviation it is usual."""
    if score is None:
        return none("no score")
    apart = score - mean
    if abs(apart) <= deviation:
        return el("Span", "about usual", cls="ink-2")
    return el("Span", "above most" if apart > 0 else "below most")
