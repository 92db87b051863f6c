"""The numbers above a list of attempts: each leads to its rows in that list, and says how it moved."""

from components import kpi
from components.links import Query, page_path
from components.tags import Node
from components.words import minutes, number
from data.period_numbers import Compared, Numbers
from pages.attempts_list import ANCHOR

LEAST = 10  # durations of fewer deploys are no trend


def summary_numbers(path: str, query: Query, found: Compared) -> list[Node]:
    """Attempts, success rate, failed, rolled back, median duration, in progress; cancelled ones stand apart."""
    now, before = found.now, found.before if found.before and found.before.counts.total else None
    than = "the day before" if now.days == 1 else f"the {now.days} days before"
    counts = now.counts

    def rows(status: str | None) -> str:
        return page_path(path, query | {"status": status}, ANCHOR)

    def moved(name: str) -> Node | None:
        if before is None:
            return None
        return kpi.moved_count(getattr(counts, name), getattr(before.counts, name), "", than, of_failures=True)

    rate = kpi.moved_rate(now.success_rate, before.success_rate, than) if before else None
    return [
        kpi.card(
            "Attempts",
            number(counts.total),
            href=rows(None),
            note=_apart(now),
            delta=_attempts(found, than),
            meaning="attempts",
        ),
        kpi.rate_card(
            "Success rate", now.success_rate, href=rows("SUCCESS"), delta=rate, meaning="attempt-success-rate"
        ),
        kpi.card("Failed", number(counts.failed), href=rows("FAILED"), delta=moved("failed")),
        kpi.card("Rolled back", number(counts.rollback), href=rows("ROLLBACK"), delta=moved("rollback")),
        _duration(now, before, than, rows("SUCCESS")),
        kpi.card("In progress", number(counts.in_progress), href=rows("IN_PROGRESS"), note="of these attempts"),
    ]


def _apart(now: Numbers) -> str:
    return f"{number(now.counts.cancelled)} cancelled apart" if now.counts.cancelled else "all outcomes"


def _attempts(found: Compared, than: str) -> Node:
    if found.before is None:
        return kpi.moved_nothing(f"{than}: not held")
    if not found.before.counts.total:
        return kpi.moved_nothing(f"none in {than}")
    return kpi.moved_count(found.now.counts.total, found.before.counts.total, "", than)


def _duration(now: Numbers, before: Numbers | None, than: str, href: str) -> Node:
    """The median in minutes, with how many it is of."""
    took, had = now.durations, before.durations if before else None
    delta = None
    if took.p50 is not None and had is not None and had.p50 is not None and min(took.n, had.n) >= LEAST:
        delta = kpi.moved_duration(took.p50 * 60, had.p50 * 60, than)
    note = f"n = {number(took.n)}{'' if took.exact else ', within 1 %'}" if took.n else "no finished success"
    return kpi.card(
        "Median deploy duration", minutes(took.p50), href=href, note=note, delta=delta, meaning="deploy-duration"
    )
