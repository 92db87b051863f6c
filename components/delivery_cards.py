"""The five cards of delivery: value, sample, interval, band or score, coverage, and how it moved."""

from components.badges import badge
from components.definitions import about
from components.delivery_words import (
    LONG_TITLES,
    NO_EVIDENCE,
    PATH,
    SMALL,
    TITLES,
    anchor,
    band_look,
    ledger_path,
    sample,
    score_words,
    value,
    why,
)  # fmt: skip
from components.kpi import moved_nothing
from components.links import Query, link, page_path
from components.tags import Child, Node, el, icon
from components.words import age, counted, percent
from data.delivery_views import Change, Delivery, Edition, Metric, MetricId, OpenFailures

FEWEST = 10
MOVED = {
    MetricId.FREQUENCY: ("more often", "less often"),
    MetricId.LEAD_TIME: ("longer", "shorter"),
    MetricId.FAILURE_RATE: ("higher", "lower"),
    MetricId.RECOVERY_TIME: ("longer", "shorter"),
    MetricId.REWORK_RATE: ("higher", "lower"),
}


def cards(shown: Delivery, query: Query) -> list[Node]:
    """One a metric, in their order."""
    return [card(shown, metric, query) for metric in MetricId]


def card(shown: Delivery, metric: MetricId, query: Query) -> Node:
    """A tile; its value leads to its ledger, the mark beside its name to its definition."""
    one = shown.numbers.metrics[metric]
    title = LONG_TITLES[metric]
    href = ledger_path(query, metric, included="1" if one.n else None)
    heading = el("H2", TITLES[metric], " ", about(anchor(metric), title), cls="kpi-label")
    opened = _open(shown.numbers.open_failures, query) if metric is MetricId.RECOVERY_TIME else None
    return el(
        "Div", heading, el("P", link(value(one), href), cls="kpi-value"),
        el("P", _standing(one, shown.filter.edition), cls="kpi-standing"),
        el("P", *_rests_on(one), _grade(shown, query), cls="kpi-note"), opened,
        el("P", _moved(one, shown), cls="kpi-note"), cls=f"kpi metric-card{'' if _sound(one) else ' metric-thin'}",
    )  # fmt: skip


def _sound(one: Metric) -> bool:
    return one.value is not None and one.band_reason != "small_sample"


def _standing(one: Metric, edition: Edition) -> list[Child]:
    """Band or score, never one by absence; without evidence the reason in words."""
    if one.value is None:
        return [badge(NO_EVIDENCE), el("Span", why(one.reason), cls="ink-2 small")]
    if edition is Edition.SCORE_2025:
        scored = el("Span", "score ", score_words(one.score), cls="badge-state tone-nodata")
        return [scored, badge(SMALL) if one.band_reason == "small_sample" else None]
    look = band_look(one)
    return [badge(look), el("Span", why(one.band_reason), cls="ink-2 small") if one.band_reason else None]


def _rests_on(one: Metric) -> list[Child]:
    parts: list[Child] = [el("Span", sample(one))]
    if one.low is not None and one.high is not None and one.value is not None:
        parts.append(el("Span", f"95 %: {percent(one.low)} to {percent(one.high)}"))
    if one.p90 is not None:
        parts.append(el("Span", f"p90 {age(one.p90)}"))
    if one.approximate:
        parts.append(el("Span", "within 1 %"))
    return parts


def _grade(shown: Delivery, query: Query) -> Node | None:
    grade = shown.numbers.coverage.grade
    if grade is None:
        return None
    return el("Span", link(f"coverage {grade}", page_path(PATH, query, "coverage")), cls="coverage-of")


def _open(failures: OpenFailures, query: Query) -> Node | None:
    if not failures.count:
        return None
    oldest = f", oldest {age(failures.oldest_sec)}" if failures.oldest_sec is not None else ""
    words = f"{counted(failures.count, 'failure')} open{oldest}"
    href = ledger_path(query, MetricId.RECOVERY_TIME, included="0")
    return el("P", icon("exclamation-triangle-fill"), link(words, href), cls="kpi-note open-failures")


def _moved(one: Metric, shown: Delivery) -> Node:
    change = one.change
    if shown.previous is None:
        return moved_nothing("the period before is not held")
    if change is None or one.value is None or change.before is None:
        return moved_nothing("nothing to compare with")
    if change.trend == "none":
        return moved_nothing(f"no trend: fewer than {FEWEST} in one of the periods")
    if change.trend == "steady":
        return moved_nothing("steady")
    return _arrow(one.metric, change)


def _arrow(metric: MetricId, change: Change) -> Node:
    up = change.trend == "up"
    words = MOVED[metric][0 if up else 1]
    if change.relative is not None:
        words = f"{percent(abs(change.relative))} {words}"
    good = {True: ("good", ": better"), False: ("bad", ": worse"), None: ("neutral", "")}[change.better]
    said = f"{words} than before{good[1]}"
    return el("Span", icon("arrow-up" if up else "arrow-down"), el("Span", said), cls=f"delta delta-{good[0]}")


def in_one_line(shown: Delivery, query: Query) -> Node:
    """The five beside each other, for a page that is of something else."""
    items: list[Child] = []
    for metric in MetricId:
        one = shown.numbers.metrics[metric]
        standing = (
            score_words(one.score) if shown.filter.edition is Edition.SCORE_2025 else band_look(one).word
        )  # fmt: skip
        items.append(el(
            "Li", el("Span", TITLES[metric], " ", about(anchor(metric), LONG_TITLES[metric]), cls="ink-2 small"),
            link(value(one), ledger_path(query, metric), cls="strong"),
            el("Span", standing, f", {sample(one)}", cls="ink-2 small"),
        ))  # fmt: skip
    return el("Ul", items, cls="plain delivery-line")
