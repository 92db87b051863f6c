"""A cluster-region's attempts by service, as lanes on a line of time. Pure.

What is drawn is bounded: the services tried last, and of those the newest attempts; the counts are of all.
"""

from collections.abc import Callable, Collection

import pandas as pd

from data import keys
from data.attempt_columns import MISSING
from data.cluster_views import Bar, SwimLane, SwimLanes
from data.day_numbers import from_milliseconds
from data.outcomes import OUTCOMES

MOST_LANES = 30
MOST_BARS = 600
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
COLUMNS = ("cluster", "service", "version", "reason", "started", "ended", "outcome", "number")  # of the frame

Newest = Callable[[Collection[str], int], pd.DataFrame]  # (services, at most so many) -> oldest first


def swim_lanes(
    tried: pd.DataFrame,
    newest: Newest,
    first: Collection[str],
    span: tuple[int, int],
    now: int,
    most: tuple[int, int] = (MOST_LANES, MOST_BARS),
) -> SwimLanes:
    """The lanes of one cluster-region's attempts within `span` (epoch ms): `tried` has `service` and `started` of
    all, `newest` gives COLUMNS of the newest ones of some services.

    Services named in `first` come first, then those tried most. Where not every attempt has a bar, the line of
    time begins with the oldest that has one.
    """
    shown, services = _tried_last(tried, most[0])
    bars = newest(shown, most[1])
    by_service: dict[str, list[Bar]] = {service: [] for service in shown}
    for bar, service in _bars(bars):
        by_service[service].append(bar)
    order = sorted(shown, key=lambda one: (one not in first, -shown[one], one))
    since, until = span
    if len(bars) < len(tried) and len(bars):
        since = max(since, int(bars["started"].iloc[0]) // HOUR_MS * HOUR_MS)
    return SwimLanes(
        lanes=[SwimLane(service, shown[service], tuple(by_service[service])) for service in order],
        since=from_milliseconds(since),
        until=from_milliseconds(min(until, -(-now // HOUR_MS) * HOUR_MS)),
        now=from_milliseconds(now // MINUTE_MS * MINUTE_MS),
        attempts=len(tried),
        services=services,
    )


def _tried_last(frame: pd.DataFrame, most: int) -> tuple[dict[str, int], int]:
    """Attempts of each of the services with the newest ones; and how many services were tried at all."""
    by_service = frame.groupby("service", observed=True)["started"].agg(["max", "count"])
    by_service = by_service.sort_values("max", ascending=False, kind="stable")
    newest = by_service.head(most)["count"]
    return {str(service): int(count) for service, count in newest.items()}, len(by_service)


def _bars(frame: pd.DataFrame) -> list[tuple[Bar, str]]:
    """Each attempt as a bar, with its service."""
    columns = (frame[name].tolist() for name in COLUMNS)
    return [(_bar(*values), values[1]) for values in zip(*columns, strict=True)]


def _bar(
    cluster: str, service: str, version: str, reason: object, started: int, ended: int, outcome: int, number: str
) -> Bar:
    return Bar(
        attempt_id=keys.attempt_id(cluster, service, version, number),
        version=version,
        outcome=OUTCOMES[outcome],
        started=from_milliseconds(started),
        ended=None if ended == MISSING else from_milliseconds(ended),
        reason=reason if isinstance(reason, str) else None,  # what is missing is no text
    )
