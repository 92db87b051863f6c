"""The numbers above the charts, each with its n, how it moved since the period before, and its rows."""

from components import kpi
from components.analytics_figures import FINISHED
from components.links import Query, analytics_path, link
from components.tags import Child, Children, Node, el, hidden, icon
from components.words import minutes as minutes_words
from components.words import none, number, rate
from data.analytics_views import Durations
from data.views import Analytics, Rate
from pages.analytics_rows import ROWS

FEWEST = 10  # fewer on either side are no trend
PER = {"day": ("Deploys per day", "days"), "hour": ("Deploys per hour", "hours")}


def numbers(shown: Analytics, before: Analytics | None, query: Query) -> list[Node]:
    """The row of tiles; `before` where it is compared."""
    counts, than = shown.counts, "before"

    def to_rows(status: str | None) -> str:
        return analytics_path(query | {"rows": "1", "status": status}, ROWS)

    apart = f"{number(counts.cancelled)} cancelled apart" if counts.cancelled else "all outcomes"
    rolled_back = link(f"{number(counts.rollback)} rolled back", to_rows("ROLLBACK"))
    old = before.counts if before else None
    return [
        kpi.card("Attempts", number(counts.total), href=to_rows(None), note=apart, meaning="attempts",
                 delta=kpi.moved_count(counts.total, old.total, "", than) if old else None),
        kpi.rate_card("Success rate", shown.success_rate, href=to_rows("SUCCESS"), meaning="attempt-success-rate",
                      delta=kpi.moved_rate(shown.success_rate, before.success_rate, than) if before else None),
        kpi.card("Failed", number(counts.failed), href=to_rows("FAILED"), note=rolled_back, meaning="attempts",
                 delta=kpi.moved_count(counts.failed, old.failed, "", than, of_failures=True) if old else None),
        _per_label(shown, before, to_rows(FINISHED)),
        kpi.card("Deploy duration, p50", minutes_words(shown.duration.p50), href=to_rows("SUCCESS"),
                 note=_p90(shown.duration), delta=_moved(shown.duration, before.duration) if before else None,
                 meaning="deploy-duration"),
        kpi.card("Gates passed" if shown.filter.hours else "Tests passed", _suite_rates(shown, before),
                 href=to_rows(None), note=_of_what(shown),
                 meaning="gate" if shown.filter.hours else "pass-rate"),
    ]  # fmt: skip


def _per_label(shown: Analytics, before: Analytics | None, href: str) -> Node:
    name, many = PER[shown.filter.grain]
    deploys, length = shown.counts.terminal, len(shown.labels)
    value: Child = f"{deploys / length:.1f}" if length else none("no time is covered")
    delta = kpi.moved_count(deploys, before.counts.terminal, "in all", "before") if before else None
    return kpi.card(name, value, href=href, note=f"n = {number(deploys)} in {length} {many}", delta=delta,
                    meaning="attempts")  # fmt: skip


def _p90(one: Durations) -> Children:
    if one.n == 0:
        return "no successful attempt has an end"
    about = "" if one.exact else ", within 1 %"
    return [el("Span", "p90 ", minutes_words(one.p90)), el("Span", f"n = {number(one.n)}{about}")]


def _moved(now: Durations, before: Durations) -> Node:
    if now.p50 is None or before.p50 is None or min(now.n, before.n) < FEWEST:
        return kpi.moved_nothing("too few deploys to compare")
    return kpi.moved_duration(now.p50 * 60, before.p50 * 60, "before")


def _of_what(shown: Analytics) -> str:
    return "of those with a verdict" if shown.filter.hours else "of those not skipped"


def _suite_rates(shown: Analytics, before: Analytics | None) -> Node:
    earlier = {one.suite: one.overall for one in before.suites} if before else {}
    lines: list[Child] = []
    for one in shown.suites:
        was = earlier.get(one.suite)
        moved = _points(one.overall, was) if was is not None else None
        of = el("Span", moved or f"n {number(one.overall.n)}", cls="of")
        lines.append(
            el("Span", el("Span", one.suite.capitalize()), el("Span", rate(one.overall)), of, cls="suite-rate")
        )
    return el("Span", lines, cls="suite-rates")


def _points(now: Rate, before: Rate) -> Node | None:
    """By how many points a rate moved; None where either is of too few."""
    if now.value is None or before.value is None or min(now.n, before.n) < FEWEST:
        return None
    points = round((now.value - before.value) * 100, 1)
    if points == 0:
        return el("Span", "same", title="as before")
    up = points > 0
    words = f"{abs(points):.1f} points {'better' if up else 'worse'} than before"
    mark, tone = ("arrow-up", "good") if up else ("arrow-down", "bad")
    return el("Span", icon(mark), f"{abs(points):.1f}", hidden(f": {words}"), title=words, cls=f"delta delta-{tone}")
