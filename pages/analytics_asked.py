"""What the address asks of the analytics page: the time, by the day or by the hour, the filters, the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from components import filters
from components.analytics_figures import FINISHED, said
from components.links import Query
from components.words import period as period_words
from data.analytics_queries import HOUR_MS
from data.analytics_rows import RowsWanted
from data.day_numbers import milliseconds
from data.instants import add, day_before, parse_instant, to_instant
from data.models import Day, Instant
from data.outcomes import OUTCOMES
from data.views import AnalyticsFilter
from pages.asked import Period, identifier, outcome, period, single_day

USUAL = "14d"
RANGES = (("24h", "24 h"), ("7d", "7 d"), ("14d", "14 d"), ("30d", "30 d"), ("90d", "90 d"))
MOST_HOURS = 48
HOURS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Time:
    """UTC days, both included, or hours [since, until); `name` of the range, and how the address says it."""

    start: Day
    end: Day
    hours: tuple[Instant, Instant] | None
    name: str | None
    query: Query

    @property
    def grain(self) -> str:
        """What one bar stands for."""
        return "hour" if self.hours else "day"

    @property
    def ends(self) -> tuple[str, str]:
        """How an address says the same time for good: days both included, or hours."""
        return (_short(self.hours[0]), _short(self.hours[1])) if self.hours else (self.start, self.end)

    @property
    def words(self) -> str:
        """What it covers."""
        return words_of(self.start, self.end, self.hours)


def words_of(start: Day, end: Day, hours: tuple[Instant, Instant] | None) -> str:
    """`2026-02-01 to 2026-02-14 UTC`, `2026-02-14 10:00 to 2026-02-14 14:00 UTC`."""
    return f"{said(hours[0])} to {said(hours[1])} UTC" if hours else period_words(start, end)


def time(args: Mapping[str, str], now: datetime) -> Time:
    """`range=24h`, days or hours `from` and `to`, or the usual days. One day alone is shown by the hour."""
    if args.get("range") == "24h" and not (args.get("from") or args.get("to")):
        until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return _hourly(to_instant(until - HOURS), to_instant(until), "24h", {"range": "24h"})
    hours = _hours(args.get("from", ""), args.get("to", ""))
    if hours:
        return _hourly(*hours, None, dict(zip(("from", "to"), map(_short, hours), strict=True)))
    days = period(args, now, USUAL)
    if days.start == days.end:
        return _hourly(days.since, days.until, None, days.query or {"from": days.start, "to": days.end})
    return Time(days.start, days.end, None, days.name, days.query)


def _hourly(since: Instant, until: Instant, name: str | None, query: Query) -> Time:
    return Time(since[:10], add(until, -0.001)[:10], (since, until), name, query)


def _hours(since: str, until: str) -> tuple[Instant, Instant] | None:
    try:
        first, last = parse_instant(since), parse_instant(until)
    except ValueError:
        return None
    length = milliseconds(last) - milliseconds(first)
    whole = all(milliseconds(one) % HOUR_MS == 0 for one in (first, last))
    return (first, last) if whole and 0 < length <= MOST_HOURS * HOUR_MS else None


def _short(instant: Instant) -> str:
    return f"{instant[:16]}Z"


def wider(asked: Time, today: Day) -> Query | None:
    """The address of a longer time around this one; None where it is a range of a name."""
    if asked.name is not None:
        return None
    if asked.hours and milliseconds(asked.hours[1]) - milliseconds(asked.hours[0]) < 24 * HOUR_MS:
        return {"from": asked.start, "to": asked.end}
    length = (date.fromisoformat(asked.end) - date.fromisoformat(asked.start)).days + 1
    more = max(3, length // 2)
    return {"from": day_before(asked.start, more), "to": min(today, day_before(asked.end, -more))}


@dataclass(frozen=True, slots=True)
class Asked:
    """The page's filters and whether it is compared with the period before."""

    time: Time
    service: str | None
    cluster: str | None
    team: str | None
    compare: bool

    @property
    def filter(self) -> AnalyticsFilter:
        """For the query."""
        return AnalyticsFilter(self.time.start, self.time.end, self.service, self.cluster, self.team, self.time.hours)

    @property
    def chosen(self) -> Query:
        """The filters as the API names them."""
        return {"serviceId": self.service, "clusterId": self.cluster, "team": self.team}

    @property
    def query(self) -> Query:
        """How the address says it, without rows."""
        chosen: Query = {"service": self.service, "cluster": self.cluster, "team": self.team}
        return dict(self.time.query) | chosen | {"compare": "1" if self.compare else None}


def asked(
    args: Mapping[str, str], now: datetime, services: Mapping[str, str], clusters: Mapping[str, str], teams: set[str]
) -> Asked:
    """What the address asks for; a name nobody knows counts as not said."""
    service, cluster = identifier(args, "service"), identifier(args, "cluster")
    return Asked(
        time(args, now),
        service if service in services else None,
        cluster if cluster in clusters else None,
        args["team"] if args.get("team") in teams else None,
        args.get("compare") == "1",
    )


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """Which attempts are listed, how the address says it beside the page's filters, and the page of the list."""

    wanted: RowsWanted
    words: str
    query: Query
    status: str | None
    page: int = 1


def rows_asked(args: Mapping[str, str], of: Asked, now: datetime) -> RowsAsked | None:
    """The rows of a day, an hour, a week, an outcome, a reason, a flake, or of everything; None: nobody asked."""
    status = FINISHED if args.get("status") == FINISHED else outcome(args)
    reason, flake = args.get("reason", "")[:40] or None, args.get("flaky", "")[:200] or None
    wanted = RowsWanted(of.filter, OUTCOME_OF.get(status or ""), None, reason, flake)
    page = args.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= 5 else 1
    query: Query = {"rows": "1", "reason": reason, "flaky": flake}
    found = RowsAsked(wanted, of.time.words, query, status, max(1, number))
    if args.get("last") == "24h":
        since, until = to_instant(now - HOURS), to_instant(now + timedelta(seconds=1))
        whole = replace(of.filter, start=since[:10], end=until[:10], hours=None)
        return replace(found, wanted=replace(wanted, filter=whole, part=(since, until)), words="the last 24 hours",
                       query={"last": "24h"})  # fmt: skip
    part = _part(args)
    if part:
        name, value, since, until, words = part
        return replace(found, wanted=replace(wanted, part=(since, until)), words=words, query=query | {name: value})
    return found if args.get("rows") or status or reason or flake else None


OUTCOME_OF = {
    name: (outcome,)
    for name, outcome in zip(("SUCCESS", "FAILED", "ROLLBACK", "IN_PROGRESS", "CANCELLED"), OUTCOMES, strict=True)
} | {FINISHED: ("success", "failed", "rollback")}
STATUSES = (*filters.STATUSES, (FINISHED, "Finished"))


def _part(args: Mapping[str, str]) -> tuple[str, str, Instant, Instant, str] | None:
    """The bar that was clicked: its name and value in the address, [since, until), in words."""
    day = single_day(args)
    if day:
        one = Period(day, day, None, {})
        return "day", day, one.since, one.until, period_words(day, day)
    week = single_day({"day": args.get("week", "")})
    if week:
        one = Period(week, day_before(week, -6), None, {})
        return "week", week, one.since, one.until, period_words(one.start, one.end)
    try:
        hour = parse_instant(args.get("hour", ""))
    except ValueError:
        return None
    until = add(hour, 3600)
    return "hour", _short(hour), hour, until, words_of(hour[:10], hour[:10], (hour, until))
