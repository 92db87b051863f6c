"""Charts as tables, of what a small past does not show: flakes, further reasons, hours."""

from dataclasses import replace

import pytest

from api import export_charts
from data import analytics_queries
from data.analytics_views import FailureReason, FailureReasons, Flake, Flakes
from data.models import EVERYTHING
from data.views import Analytics, AnalyticsFilter
from tests.read_model import NOW, attempt, generation


@pytest.fixture
def shown() -> Analytics:
    """The analytics of one attempt, by the hour."""
    hours = ("2026-02-24T09:00:00.000Z", "2026-02-24T11:00:00.000Z")
    wanted = AnalyticsFilter("2026-02-24", "2026-02-24", hours=hours)
    return analytics_queries.analytics(generation([attempt("2026-02-24T10:00:00Z")]), EVERYTHING, wanted, NOW)


def test_by_the_hour_a_row_is_an_hour_and_no_week_is_named(shown):
    table = export_charts.frequency(shown)
    assert table.columns == ("hour", "partial", "deploys")
    assert list(table.rows) == [
        {"hour": "2026-02-24T09:00:00.000Z", "partial": False, "deploys": 0},
        {"hour": "2026-02-24T10:00:00.000Z", "partial": False, "deploys": 1},
    ]


def test_flakes_name_the_suite_or_the_deploy_itself(shown):
    found = Flakes([Flake("authn", "SANITY", 1, 3), Flake("authn", None, 2, 4)], repeated=7)
    table = export_charts.flaky(replace(shown, flakes=found))
    assert list(table.rows) == [
        {"serviceId": "authn", "suite": "sanity", "flipped": 1, "n": 3, "flippedShare": 33.3},
        {"serviceId": "authn", "suite": "deploy", "flipped": 2, "n": 4, "flippedShare": 50.0},
    ]


def test_reasons_beyond_the_top_are_one_row_that_says_how_many_kinds_it_is_of(shown):
    top = FailureReason("k", "pod # not ready", 2, 1, (("pod a-1 not ready", 2), ("pod a-2 not ready", 1)))
    others = FailureReason("others", "4 other reasons", 3, 2, (("image pull of …", 2),))
    table = export_charts.reasons(replace(shown, reasons=FailureReasons((top,), others, other_kinds=4)))
    assert list(table.rows) == [
        {
            "reason": "pod # not ready", "attempts": 3, "kinds": 1, "example": "pod a-1 not ready", "failed": 2,
            "rollback": 1,
        },
        {"reason": "others", "attempts": 5, "kinds": 4, "example": None, "failed": 3, "rollback": 2},
    ]  # fmt: skip
