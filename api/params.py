"""Query strings into values: each parameter is declared once, for reading and for the documentation.

What is not declared for a route is refused, and so is a parameter given twice: a misspelt filter must not
quietly answer with everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, get_args

from werkzeug.datastructures import MultiDict

from api import values
from api.values import MAX_LIMIT, MOST_IDS, MOST_TEXT
from data import keys
from data.analytics_views import Grain
from data.catalog_models import ClusterType
from data.delivery_judge import Failure, Kind
from data.delivery_views import Edition, MetricId
from data.errors import InvalidRequest
from data.instants import add, day_before, seconds_between, to_instant
from data.matrix_filter import LONGEST_TEXT, PairStatus
from data.models import Day, Instant, PromotionStatus, Status, Trigger
from data.views import AnalyticsFilter
from ingest.quarantine_records import State
from ingest.verdicts import DeliveryVerdict

MAX_DAYS = 400
WHOLE_HOUR = ":00:00.000Z"
HOUR = timedelta(hours=1)
DAY_SECONDS = 24 * 3600
MAX_HOURS = 48


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asked for; None = not said."""

    cluster_id: str | None = None
    service_id: str | None = None
    status: Status | None = None
    trigger: Trigger | None = None
    cancelled: bool | None = None
    since: Instant | None = None
    until: Instant | None = None
    first: Day | None = None
    last: Day | None = None
    limit: int = 50
    cursor: str | None = None
    source: str | None = None
    verdict: DeliveryVerdict | None = None
    text: str | None = None
    edition: Edition = Edition.BANDS_2023
    metric: MetricId | None = None
    included: bool | None = None
    kind: Kind | None = None
    failure: Failure | None = None
    ledger_day: Day | None = None
    state: State | None = None
    promotion_status: PromotionStatus | None = None
    team: str | None = None
    cluster_type: ClusterType | None = None
    pair_status: PairStatus | None = None
    from_text: str | None = None  # of the analytics: read by the grain
    to_text: str | None = None
    by_hour: bool = False
    version: str | None = None
    from_cluster_id: str | None = None
    favourites: frozenset[str] | None = None
    a: str | None = None
    b: str | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None
    suites: tuple[str, ...] = ()
    min_pass_rate: float | None = None
    soak_hours: float | None = None
    to_cluster_id: str | None = None
    rule: str | None = None
    score_level: str | None = None
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: its name outside and inside, how it is read, and how it is documented."""

    name: str
    into: str  # field of Asked
    read: Callable[[str], Any]
    schema: dict[str, Any]
    description: str
    example: Any = None
    required: bool = False


def asked(args: "MultiDict[str, str]", accepted: Sequence[Parameter]) -> Asked:
    """The parameters of a request; InvalidRequest names the first wrong one."""
    known = {parameter.name: parameter for parameter in accepted}
    found: dict[str, Any] = {}
    for name, given in args.lists():
        if name not in known:
            raise InvalidRequest(_unknown(known), name[:100])
        if len(given) > 1:
            raise InvalidRequest("is given more than once", name)
        try:
            found[known[name].into] = known[name].read(given[0])
        except ValueError as error:
            raise InvalidRequest(str(error), name) from None
    for parameter in accepted:
        if parameter.required and parameter.into not in found:
            raise InvalidRequest("is required", parameter.name)
    return _checked(Asked(**found))


def _unknown(known: dict[str, Parameter]) -> str:
    if not known:
        return "is not known here: this address takes no parameters"
    return f"is not known here; known are {', '.join(sorted(known))}"


def _checked(query: Asked) -> Asked:
    """`from` not after `to`, and no more than MAX_DAYS between them."""
    start, end = query.since or query.first, query.until or query.last
    if start is None or end is None:
        return query
    if start > end:
        raise InvalidRequest("must not be after to", "from")
    if (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days > MAX_DAYS:
        raise InvalidRequest(f"must be within {MAX_DAYS} days of to", "from")
    return query


def period(query: Asked, today: Day, days: int) -> tuple[Day, Day]:
    """The days asked for, both included; what is not said is: until today, and `days` days long."""
    last = query.last or max(today, query.first or today)
    checked = _checked(replace(query, first=query.first or day_before(last, days - 1), last=last))
    return checked.first or last, last


def analytics_filter(query: Asked, now: datetime, days: int) -> AnalyticsFilter:
    """What is asked of the analytics: whole days, `days` of them if nothing is said, or hours, the last 24."""
    of = query.service_id, query.cluster_id, query.team
    if not query.by_hour:
        first, last = _read("from", values.first, query.from_text), _read("to", values.last, query.to_text)
        return AnalyticsFilter(*period(replace(query, first=first, last=last), to_instant(now)[:10], days), *of)
    running = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    said = _read("from", values.since, query.from_text), _read("to", values.until, query.to_text)
    until = said[1] or (_day_later(said[0]) if said[0] else to_instant(running + HOUR))
    since = said[0] or add(until, -DAY_SECONDS)
    for name, moment in zip(("from", "to"), said, strict=True):
        if moment and not moment.endswith(WHOLE_HOUR):
            raise InvalidRequest("must be a whole hour UTC where the grain is an hour", name)
    if not 0 < seconds_between(since, until) <= MAX_HOURS * HOUR.total_seconds():
        raise InvalidRequest(f"must be before to, by at most {MAX_HOURS} hours where the grain is an hour", "from")
    return AnalyticsFilter(since[:10], add(until, -0.001)[:10], *of, hours=(since, until))


def _day_later(since: Instant) -> Instant:
    try:
        return add(since, DAY_SECONDS)
    except OverflowError:
        raise InvalidRequest("is not a time that has a day after it", "from") from None


def _read(name: str, read: Callable[[str], str], text: str | None) -> str | None:
    """A parameter whose meaning depends on another one."""
    if text is None:
        return None
    try:
        return read(text)
    except ValueError as error:
        raise InvalidRequest(str(error), name) from None


def word(name: str, into: str, kind: type[StrEnum], description: str, example: str) -> Parameter:
    schema = {"type": "string", "enum": [one.value for one in kind]}
    return Parameter(name, into, values.one_of(kind), schema, description, example)


ID_SCHEMA = {"type": "string", "pattern": rf"^{keys.ID.pattern}$", "maxLength": 63}
TIME_SCHEMA = {
    "anyOf": [
        {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
        {"type": "string", "format": "date-time"},
    ]
}
DAY_SCHEMA = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}

ATTEMPT_SCHEMA = {
    "type": "string", "maxLength": 330,
    "pattern": "^{0}:{0}:{1}:{2}$".format(*(one.pattern for one in (keys.ID, keys.VERSION, keys.ATTEMPT_NUMBER))),
}  # fmt: skip

LIMIT = Parameter(
    "limit", "limit", values.limit, {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50},
    "How many rows a page has at most.", 15,
)  # fmt: skip
CURSOR = Parameter(
    "cursor", "cursor", values.cursor, {"type": "string", "minLength": 1, "maxLength": 3000},
    "`nextCursor` of the page before. It belongs to this list with these filters.",
)  # fmt: skip
STATUS = word(
    "status", "status", Status,
    "Only attempts of this status; SUCCESS matches LIVE too.", "FAILED",
)  # fmt: skip
TRIGGER = word(
    "trigger", "trigger", Trigger,
    "Only attempts made for this reason; `rollback` = it is the recovery, `unknown` = it was not said.", "hotfix",
)  # fmt: skip
PROMOTION_STATUS = word(
    "status", "promotion_status", PromotionStatus,
    "Only promotions of this status.", "PENDING",
)  # fmt: skip
CANCELLED = Parameter(
    "cancelled", "cancelled", values.truth, {"type": "boolean"},
    "Only attempts that were cancelled, or only those that were not.", False,
)  # fmt: skip
CLUSTER_ID = Parameter(
    "clusterId", "cluster_id", values.identifier, ID_SCHEMA, "Only this cluster-region.", "mira-us-west-2"
)
SERVICE_ID = Parameter("serviceId", "service_id", values.identifier, ID_SCHEMA, "Only this service.", "authn")
TEAM = Parameter(
    "team", "team", values.words, {"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "pattern": r"\S"},
    "Only services of this team.", "Platform",
)  # fmt: skip
VERSION = Parameter(
    "buildVersion", "version", values.version, {"type": "string", "pattern": rf"^{keys.VERSION.pattern}$"},
    "Only of this version.", "3.4.2",
)  # fmt: skip
FROM_CLUSTER_ID = Parameter(
    "fromClusterId", "from_cluster_id", values.identifier, ID_SCHEMA, "Only from this cluster-region.",
    "mira-us-west-2",
)  # fmt: skip
CLUSTER_TYPE = word(
    "type", "cluster_type", ClusterType,
    "Only cluster-regions of this type.", "Production",
)  # fmt: skip
STAGE = word("stage", "cluster_type", ClusterType, "Only this stage.", "Production")
PAIR_STATUS = word(
    "status", "pair_status", PairStatus,
    "Only services that are in this state on one of these cluster-regions.", "attention",
)  # fmt: skip
PART = Parameter(
    "q", "text", values.part, {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"\S"},
    "Only services whose id, name, team or version contains this.", "auth",
)  # fmt: skip
FAVOURITES = Parameter(
    "fav", "favourites", values.identifiers,
    {"type": "string", "pattern": rf"^{keys.ID.pattern}(,{keys.ID.pattern})*$", "maxLength": MOST_IDS},
    "Only these services: ids with commas between them.", "authn,billing",
)  # fmt: skip
A = Parameter(
    "a", "a", values.attempt_id, ATTEMPT_SCHEMA, "The first attempt.", "mira-us-west-2:authn:3.4.1:1283",
    required=True,
)  # fmt: skip
B = Parameter(
    "b", "b", values.attempt_id, ATTEMPT_SCHEMA, "The second attempt: differences are told from the first to it.",
    "mira-us-west-2:authn:3.4.2:1284", required=True,
)  # fmt: skip
SINCE = Parameter(
    "from", "since", values.since, TIME_SCHEMA,
    "Only what started then or later: a UTC date, or a date-time with an offset.", "2026-02-01",
)  # fmt: skip
UNTIL = Parameter(
    "to", "until", values.until, TIME_SCHEMA,
    f"Only what started before: a date-time is excluded, a date includes its day. {MAX_DAYS} days at most.",
    "2026-02-24",
)  # fmt: skip
GRAIN = Parameter(
    "grain", "by_hour", values.by_hour, {"type": "string", "enum": list(get_args(Grain)), "default": "day"},
    f"By the day, or by the hour: then `from` and `to` are whole hours UTC, at most {MAX_HOURS} apart, the last 24 "
    "without them.", "day",
)  # fmt: skip
SPAN = (
    Parameter(
        "from", "from_text", values.span, TIME_SCHEMA,
        "Only what started then or later: a UTC date, or a midnight; by the hour a full hour.", "2026-02-01",
    ),
    Parameter(
        "to", "to_text", values.span, TIME_SCHEMA,
        "Only what started before: a date includes its day; by the hour a full hour.", "2026-02-24",
    ),
)  # fmt: skip
ASKED_SINCE = replace(SINCE, description="Only what was asked for then or later: a UTC date, or a date-time.")
ASKED_UNTIL = replace(UNTIL, description="Only what was asked for before; a date includes its day.")
FIRST = Parameter(
    "from", "first", values.first, DAY_SCHEMA,
    "The first UTC day counted. Without it as many days as attempts are kept.", "2026-02-01",
)  # fmt: skip
LAST = Parameter(
    "to", "last", values.last, DAY_SCHEMA,
    f"The last UTC day counted, today without it. {MAX_DAYS} days at most.", "2026-02-24",
)  # fmt: skip

TEXT = Parameter(
    "q", "text", values.words, {"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "pattern": r"\S"},
    "A part of a name; or a version, commit or attempt id.", "authn", required=True,
)  # fmt: skip
SOURCE = Parameter("source", "source", values.identifier, ID_SCHEMA, "Only what this source sent.", "github")
VERDICT = word(
    "verdict", "verdict", DeliveryVerdict,
    "Only deliveries with this verdict.", "rejected",
)  # fmt: skip
RULE = Parameter("rule", "rule", values.identifier, ID_SCHEMA, "Only what this rule fired.", "failed-in-production")
STATE = word(
    "state", "state", State,
    "Only records about which this was done.", "open",
)  # fmt: skip

MOMENT_SCHEMA: dict[str, Any] = {"type": "string", "format": "date-time"}
AS_OF = Parameter(
    "asOf", "as_of", values.moment, MOMENT_SCHEMA,
    "The state as it was then instead of now: a date-time with an offset. Names and teams are today's.",
    "2026-02-24T10:00:00Z",
)  # fmt: skip
KNOWN_AT = Parameter(
    "knownAt", "known_at", values.moment, MOMENT_SCHEMA,
    "With `asOf`: only what had been received by then. Where too much was learned since, the header "
    "`Shown-As-Known-Now` counts the attempts that are shown as they are known now.", "2026-02-24T10:00:00Z",
)  # fmt: skip
CHANGED_SINCE = replace(
    SINCE, description="The earlier instant: a date-time with an offset, or a date for its midnight.", required=True
)
CHANGED_UNTIL = replace(
    UNTIL, description="The later instant; a date for the end of its day. Without it, and on today's date: now."
)

PAIR = (replace(CLUSTER_ID, required=True),)
PAGED = (LIMIT, CURSOR)
DAYS = (FIRST, LAST)
PAST = (AS_OF, KNOWN_AT)
CHANGES = (CHANGED_SINCE, CHANGED_UNTIL, CLUSTER_ID, SERVICE_ID, TEAM)
ANALYTICS = (SERVICE_ID, CLUSTER_ID, TEAM, GRAIN, *SPAN)
PROMOTIONS = (PROMOTION_STATUS, VERSION, FROM_CLUSTER_ID, ASKED_SINCE, ASKED_UNTIL)
MATRIX = (TEAM, CLUSTER_TYPE, PAIR_STATUS, PART, FAVOURITES)
LISTED = (STATUS, TRIGGER, CANCELLED, SINCE, UNTIL)
ATTEMPTS = (*LISTED, *PAGED)
