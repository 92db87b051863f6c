"""What analytics say of a generation, for the page, the API and the files: one query, so they cannot disagree.

Daily counts are sums of pair-days, the rest is of attempts; both come from parts that outlive a generation
(`data/analytics_parts.py`). Everything is put together once a generation.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from data import aggregations as agg
from data import analytics_series, visible
from data.analytics_parts import whole
from data.analytics_views import Week
from data.day_numbers import day_number, from_milliseconds, milliseconds
from data.errors import NotFound
from data.generation import Generation
from data.instants import day_before, to_instant
from data.models import Day, Instant, Scope
from data.views import Analytics, AnalyticsFilter

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
NEEDED = ("cluster", "service", "version", "reason", "verdicts", "reruns", "started", "ended", "outcome")


def analytics(gen: Generation, scope: Scope, wanted: AnalyticsFilter, now: datetime) -> Analytics:
    """Series and numbers; the filter comes back with the time it really covers, none from before what is held."""
    wanted = held(gen, wanted, now)
    running = _running(wanted, now)
    key = ("analytics", scope.key, wanted, running)
    view = gen.memo.get(key, lambda: _analytics(gen, scope, wanted, now, running))
    return replace(view, freshness=gen.freshness(now))


def previous(gen: Generation, wanted: AnalyticsFilter) -> AnalyticsFilter | None:
    """The equally long time just before; None where not all of it is held."""
    if wanted.hours:
        since, until = (milliseconds(one) for one in wanted.hours)
        hours = from_milliseconds(2 * since - until), wanted.hours[0]
        before = replace(wanted, hours=hours, start=hours[0][:10], end=_last_day(hours[1]))
    else:
        length = day_number(wanted.end) - day_number(wanted.start) + 1
        before = replace(wanted, start=day_before(wanted.start, length), end=day_before(wanted.start, 1))
    return before if before.start >= gen.first_day else None


def span(wanted: AnalyticsFilter) -> tuple[int, int]:
    """[since, until) in epoch milliseconds."""
    if wanted.hours:
        return milliseconds(wanted.hours[0]), milliseconds(wanted.hours[1])
    return day_number(wanted.start) * DAY_MS, (day_number(wanted.end) + 1) * DAY_MS


def held(gen: Generation, wanted: AnalyticsFilter, now: datetime) -> AnalyticsFilter:
    """Nothing from before what is held; by the hour nothing from after the running hour either."""
    if not wanted.hours:
        return replace(wanted, start=max(wanted.start, gen.first_day))
    first = f"{gen.first_day}T00:00:00.000Z" if gen.first_day else wanted.hours[0]
    over = to_instant(_hour(now) + timedelta(hours=1))
    since = max(wanted.hours[0], first)
    until = max(since, min(wanted.hours[1], over))
    return replace(wanted, hours=(since, until), start=since[:10], end=_last_day(until))


def _last_day(until: Instant) -> Day:
    return from_milliseconds(milliseconds(until) - 1)[:10]


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _running(wanted: AnalyticsFilter, now: datetime) -> str | None:
    """The label of the day or hour that is not over."""
    if wanted.hours:
        hour = to_instant(_hour(now))
        return hour if wanted.hours[0] <= hour < wanted.hours[1] else None
    today = to_instant(now)[:10]
    return today if wanted.start <= today <= wanted.end else None


def seen_by(gen: Generation, scope: Scope, wanted: AnalyticsFilter) -> Scope:
    """The scope narrowed to the filter; NotFound where it names what is unknown or out of scope."""
    if wanted.cluster_id is not None:
        visible.cluster(gen, scope, wanted.cluster_id)
        scope = replace(scope, clusters=frozenset({wanted.cluster_id}))
    if wanted.service_id is not None:
        visible.service(gen, scope, wanted.service_id)
    if wanted.team is None and wanted.service_id is None:
        return scope
    services = {one.service_id: one.team for one in visible.services(gen, scope)}
    if wanted.team is not None and wanted.team not in services.values():
        raise NotFound(f"there is no team {wanted.team!r}")
    mine = (
        service
        for service, team in services.items()
        if wanted.team in (None, team) and wanted.service_id in (None, service)
    )
    return replace(scope, services=frozenset(mine))


def _analytics(
    gen: Generation, scope: Scope, wanted: AnalyticsFilter, now: datetime, running: str | None
) -> Analytics:
    since, until = span(wanted)
    found = whole(gen.columns, seen_by(gen, scope, wanted), since, until, hourly=wanted.hours is not None)
    counted = analytics_series.counted(found.parts, gen.catalog.suites, hourly=wanted.hours is not None)
    labels = _labels(wanted)
    outcomes = counted.outcomes
    deploys = [sum(one) for one in zip(*(outcomes[name] for name in ("success", "failed", "rollback")), strict=True)]
    return Analytics(
        freshness=gen.freshness(now),
        filter=wanted,
        labels=labels,
        **outcomes,
        deploys=deploys,
        deploy_minutes=counted.minutes,
        durations=[one for part in found.parts for one in part.durations],
        duration=found.duration,
        weeks=[] if wanted.hours else weeks(labels, deploys, running),
        suites=counted.suites,
        reasons=found.reasons,
        flakes=found.flakes,
        counts=counted.total,
        success_rate=agg.success_rate(counted.total),
        mean_deploy_minutes=counted.mean_minutes,
        partial=running,
    )


def _labels(wanted: AnalyticsFilter) -> list[str]:
    """The day or the hour that each entry of a series stands for."""
    if not wanted.hours:
        return agg.days_between(wanted.start, wanted.end)
    since, until = span(wanted)
    return [from_milliseconds(one) for one in range(since, until, HOUR_MS)]


def weeks(days: Sequence[Day], deploys: Sequence[int], running: Day | None) -> list[Week]:
    """The days' deploys by ISO week; one that is cut off by the range, or not over, is partial."""
    found: dict[Day, list[tuple[Day, int]]] = {}
    for day, count in zip(days, deploys, strict=True):
        monday = day_before(day, date.fromisoformat(day).weekday())
        found.setdefault(monday, []).append((day, count))
    return [
        Week(
            monday, of_week[0][0], of_week[-1][0], sum(count for _, count in of_week),
            len(of_week) < 7 or (running is not None and running <= of_week[-1][0]),
        )
        for monday, of_week in found.items()
    ]  # fmt: skip
