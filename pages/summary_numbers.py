"""The numbers above a list of attempts: each leads to its rows in that list."""

from components import kpi
from components.links import page_path
from components.tags import Node
from components.words import number
from data.views import Counts, Rate
from pages.asked import Period
from pages.attempts_list import ANCHOR


def summary_numbers(path: str, period: Period, counts: Counts, success_rate: Rate) -> list[Node]:
    """Attempts, success rate, failed, rolled back, in progress; cancelled ones stand apart."""

    def rows(status: str | None) -> str:
        return page_path(path, period.query | {"status": status}, ANCHOR)

    apart = f"{number(counts.cancelled)} cancelled apart" if counts.cancelled else "all outcomes"
    return [
        kpi.card("Attempts", number(counts.total), href=rows(None), note=apart),
        kpi.rate_card("Success rate", success_rate, href=rows("SUCCESS")),
        kpi.card("Success", number(counts.success), href=rows("SUCCESS")),
        kpi.card("Failed", number(counts.failed), href=rows("FAILED")),
        kpi.card("Rolled back", number(counts.rollback), href=rows("ROLLBACK")),
        kpi.card("In progress", number(counts.in_progress), href=rows("IN_PROGRESS")),
    ]
