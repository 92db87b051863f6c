"""The charts of the analytics page as tables: a row a day (or hour), reason or suite. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.csv_files import Table
from api.export_tables import seconds
from api.serializers import percent
from data.analytics_views import FailureReason, Flake
from data.views import Analytics

OTHERS = "others"
DEPLOY = "deploy"


def builds(found: Analytics) -> Table:
    """Attempts by outcome."""
    return _over_time(found, {
        "success": found.success, "failed": found.failed, "rollback": found.rollback,
        "inProgress": found.in_progress, "cancelled": found.cancelled,
    })  # fmt: skip


def suites(found: Analytics) -> Table:
    """Pass rate in percent, and what it is of, by suite."""
    series: dict[str, Sequence[Any]] = {}
    for one in found.suites:
        series[f"{one.suite.lower()}.passRate"] = [percent(value) for value in one.pass_rate]
        series[f"{one.suite.lower()}.n"] = one.tests
    return _over_time(found, series)


def durations(found: Analytics) -> Table:
    """How long successful attempts took."""
    times = found.durations
    return _over_time(found, {
        "p50DurationSec": [seconds(one.p50) for one in times],
        "p90DurationSec": [seconds(one.p90) for one in times],
        "meanDurationSec": [seconds(one) for one in found.deploy_minutes],
        "n": [one.n for one in times],
        "exact": [one.exact for one in times],
    })  # fmt: skip


def frequency(found: Analytics) -> Table:
    """Finished attempts, each day with the Monday of its ISO week, by which they can be summed."""
    series: dict[str, Sequence[Any]] = {"deploys": found.deploys}
    if found.weeks:
        series["week"] = [
            week.monday for week in found.weeks for day in found.labels if week.start <= day <= week.end
        ]
    return _over_time(found, series)


def reasons(found: Analytics) -> Table:
    """Why attempts failed or were rolled back, the most frequent first; what is left is one row."""
    rows = [_reason(one) for one in found.reasons.top]
    if found.reasons.others:
        rows.append(_reason(found.reasons.others) | {
            "reason": OTHERS, "kinds": found.reasons.other_kinds, "example": None
        })  # fmt: skip
    return Table(("reason", "attempts", "failed", "rollback", "kinds", "example"), rows)


def flaky(found: Analytics) -> Table:
    """Suites that changed their verdict over one version, and deploys that passed only when repeated."""
    return Table(("serviceId", "suite", "flipped", "n", "flippedShare"), [_flake(one) for one in found.flakes.found])


def _reason(one: FailureReason) -> dict[str, Any]:
    example = one.examples[0][0] if one.examples else None
    shown = {"reason": one.words, "attempts": one.attempts, "kinds": 1, "example": example}
    return shown | {"failed": one.failed, "rollback": one.rolled_back}


def _flake(one: Flake) -> dict[str, Any]:
    suite = one.suite.lower() if one.suite else DEPLOY
    share = percent(one.flipped / one.n) if one.n else None
    return {"serviceId": one.service_id, "suite": suite, "flipped": one.flipped, "n": one.n, "flippedShare": share}


def _over_time(found: Analytics, series: Mapping[str, Sequence[Any]]) -> Table:
    rows = (
        {found.filter.grain: label, "partial": label == found.partial}
        | {name: values[place] for name, values in series.items()}
        for place, label in enumerate(found.labels)
    )
    return Table((found.filter.grain, "partial", *series), rows)
