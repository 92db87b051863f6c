"""What waits on the promotion path, weighed by how long it has waited. Pure."""

from collections.abc import Iterable

from data.instants import seconds_between
from data.models import Instant
from data.promotion_views import Debt, Lane, Owed


def debts(lanes: Iterable[Lane], now: Instant) -> list[Debt]:
    """The debt of each service that has one, the greatest first.

    Each version on each cluster-region where it waits counts from when it came to serve there, blocked or not.
    """
    found = [_debt(lane, now) for lane in lanes if lane.waiting]
    return sorted(found, key=lambda one: (-one.total_sec, one.service.name.casefold(), one.service.service_id))


def _debt(lane: Lane, now: Instant) -> Debt:
    owed = [
        Owed(
            stop.cluster, stop.waiting.version, stop.waiting.since,
            max(0.0, seconds_between(stop.waiting.since, now)), stop.waiting.targets, len(stop.waiting.blockers),
        )
        for stops in lane.stops
        for stop in stops
        if stop.waiting
    ]  # fmt: skip
    owed.sort(key=lambda one: (-one.waited_sec, one.cluster.order, one.cluster.cluster_id))
    return Debt(lane.service, tuple(owed), sum(one.waited_sec for one in owed))
