"""Query strings into values: each parameter is declared once, for reading and for the documentation.

What is not declared for a route is refused, and so is a parameter given twice: a misspelt filter must not
quietly answer with everything.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from data import keys
from data.catalog_models import ClusterType
from data.errors import InvalidRequest
from data.instants import day_before, parse_instant
from data.matrix_filter import LONGEST_TEXT, PairStatus
from data.models import Day, Health, Instant, PromotionStatus, Status, Trigger
from ingest.quarantine_records import State
from ingest.verdicts import DeliveryVerdict

MAX_LIMIT = 200
MOST_TEXT = 330
MOST_IDS = 2000
MAX_DAYS = 400
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
EARLIEST = "1971-01-01"  # far enough from the first day a date can be to count back from it
TOO_EARLY = f"must not be before {EARLIEST}"
MIDNIGHT = "T00:00:00.000Z"


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
    state: State | None = None
    promotion_status: PromotionStatus | None = None
    team: str | None = None
    health: Health | None = None
    cluster_type: ClusterType | None = None
    pair_status: PairStatus | None = None
    favourites: frozenset[str] | None = None
    a: str | None = None
    b: str | None = None


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
    values: dict[str, Any] = {}
    for name, given in args.lists():
        if name not in known:
            raise InvalidRequest(_unknown(known), name[:100])
        if len(given) > 1:
            raise InvalidRequest("is given more than once", name)
        try:
            values[known[name].into] = known[name].read(given[0])
        except ValueError as error:
            raise InvalidRequest(str(error), name) from None
    for parameter in accepted:
        if parameter.required and parameter.into not in values:
            raise InvalidRequest("is required", parameter.name)
    return _checked(Asked(**values))


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


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise ValueError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def _id(text: str) -> str:
    if not keys.ID.fullmatch(text):
        raise ValueError("must be lower-case letters, digits, '.', '_' and '-', 63 at most")
    return text


def _attempt_id(text: str) -> str:
    if keys.split_attempt_id(text) is None:
        raise ValueError("must be an attempt id: clusterId:serviceId:buildVersion:n")
    return text


def _status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Status)}") from None


def _trigger(text: str) -> Trigger:
    try:
        return Trigger(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Trigger)}") from None


def _promotion_status(text: str) -> PromotionStatus:
    try:
        return PromotionStatus(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(PromotionStatus)}") from None


def _health(text: str) -> Health:
    try:
        return Health(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Health)}") from None


def _cluster_type(text: str) -> ClusterType:
    try:
        return ClusterType(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(ClusterType)}") from None


def _pair_status(text: str) -> PairStatus:
    try:
        return PairStatus(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(PairStatus)}") from None


def _ids(text: str) -> frozenset[str]:
    named = text.split(",")
    if len(text) > MOST_IDS or not all(keys.ID.fullmatch(one) for one in named):
        raise ValueError(f"must be ids with commas between them, {MOST_IDS} characters at most")
    return frozenset(named)


def _part(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise ValueError(f"must be 1 to {LONGEST_TEXT} characters")
    return " ".join(text.split())


def _verdict(text: str) -> DeliveryVerdict:
    try:
        return DeliveryVerdict(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(DeliveryVerdict)}") from None


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(State)}") from None


def _text(text: str) -> str:
    if not text.strip() or len(text) > MOST_TEXT:
        raise ValueError(f"must be 1 to {MOST_TEXT} characters")
    return text


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _cursor(text: str) -> str:
    if not text:
        raise ValueError("must be the nextCursor of the page before")
    return text


def _date(text: str) -> Day:
    try:
        return _in_our_time(date.fromisoformat(text).isoformat())
    except ValueError as error:
        raise ValueError(str(error) if str(error) == TOO_EARLY else "is not a day that exists") from None


def _in_our_time(moment: str) -> str:
    if moment < EARLIEST:
        raise ValueError(TOO_EARLY)
    return moment


def _since(text: str) -> Instant:
    return _date(text) + MIDNIGHT if DATE.fullmatch(text) else _in_our_time(parse_instant(text))


def _until(text: str) -> Instant:
    return _day_after(_date(text)) + MIDNIGHT if DATE.fullmatch(text) else _in_our_time(parse_instant(text))


def _first(text: str) -> Day:
    return _whole_day(_since(text))


def _last(text: str) -> Day:
    if DATE.fullmatch(text):
        return _date(text)
    return _in_our_time(day_before(_whole_day(_until(text)), 1))


def _whole_day(instant: Instant) -> Day:
    if not instant.endswith(MIDNIGHT):
        raise ValueError("must be a date or a midnight UTC: this answer counts whole UTC days")
    return instant[:10]


def _day_after(day: Day) -> Day:
    if day == date.max.isoformat():
        raise ValueError("is not a day that has a next one")
    return day_before(day, -1)


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
    "limit", "limit", _limit, {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50},
    "How many rows a page has at most.", 15,
)  # fmt: skip
CURSOR = Parameter(
    "cursor", "cursor", _cursor, {"type": "string", "minLength": 1, "maxLength": 3000},
    "`nextCursor` of the page before. It belongs to this list with these filters.",
)  # fmt: skip
STATUS = Parameter(
    "status", "status", _status, {"type": "string", "enum": [s.value for s in Status]},
    "Only attempts of this status; SUCCESS matches LIVE too.", "FAILED",
)  # fmt: skip
TRIGGER = Parameter(
    "trigger", "trigger", _trigger, {"type": "string", "enum": [t.value for t in Trigger]},
    "Only attempts made for this reason; `rollback` = it is the recovery, `unknown` = it was not said.", "hotfix",
)  # fmt: skip
PROMOTION_STATUS = Parameter(
    "status", "promotion_status", _promotion_status,
    {"type": "string", "enum": [s.value for s in PromotionStatus]}, "Only promotions of this status.", "PENDING",
)  # fmt: skip
CANCELLED = Parameter(
    "cancelled", "cancelled", _truth, {"type": "boolean"},
    "Only attempts that were cancelled, or only those that were not.", False,
)  # fmt: skip
CLUSTER_ID = Parameter("clusterId", "cluster_id", _id, ID_SCHEMA, "Only this cluster-region.", "mira-us-west-2")
SERVICE_ID = Parameter("serviceId", "service_id", _id, ID_SCHEMA, "Only this service.", "authn")
TEAM = Parameter(
    "team", "team", _text, {"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "pattern": r"\S"},
    "Only services of this team.", "Platform",
)  # fmt: skip
CLUSTER_TYPE = Parameter(
    "type", "cluster_type", _cluster_type, {"type": "string", "enum": [t.value for t in ClusterType]},
    "Only cluster-regions of this type.", "Production",
)  # fmt: skip
PAIR_STATUS = Parameter(
    "status", "pair_status", _pair_status, {"type": "string", "enum": [s.value for s in PairStatus]},
    "Only services that are in this state on one of these cluster-regions.", "attention",
)  # fmt: skip
PART = Parameter(
    "q", "text", _part, {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"\S"},
    "Only services whose id, name, team or version contains this.", "auth",
)  # fmt: skip
FAVOURITES = Parameter(
    "fav", "favourites", _ids,
    {"type": "string", "pattern": rf"^{keys.ID.pattern}(,{keys.ID.pattern})*$", "maxLength": MOST_IDS},
    "Only these services: ids with commas between them.", "authn,billing",
)  # fmt: skip
HEALTH = Parameter(
    "health", "health", _health, {"type": "string", "enum": [h.value for h in Health]},
    "Only services that are in this state on some cluster-region.", "attention",
)  # fmt: skip
A = Parameter(
    "a", "a", _attempt_id, ATTEMPT_SCHEMA, "The first attempt.", "mira-us-west-2:authn:3.4.1:1283", required=True
)
B = Parameter(
    "b", "b", _attempt_id, ATTEMPT_SCHEMA, "The second attempt: differences are told from the first to it.",
    "mira-us-west-2:authn:3.4.2:1284", required=True,
)  # fmt: skip
SINCE = Parameter(
    "from", "since", _since, TIME_SCHEMA,
    "Only what started then or later: a UTC date, or a date-time with an offset.", "2026-02-01",
)  # fmt: skip
UNTIL = Parameter(
    "to", "until", _until, TIME_SCHEMA,
    f"Only what started before: a date-time is excluded, a date includes its day. {MAX_DAYS} days at most.",
    "2026-02-24",
)  # fmt: skip
FIRST = Parameter(
    "from", "first", _first, DAY_SCHEMA,
    "The first UTC day counted. Without it as many days as attempts are kept.", "2026-02-01",
)  # fmt: skip
LAST = Parameter(
    "to", "last", _last, DAY_SCHEMA,
    f"The last UTC day counted, today without it. {MAX_DAYS} days at most.", "2026-02-24",
)  # fmt: skip

TEXT = Parameter(
    "q", "text", _text, {"type": "string", "minLength": 1, "maxLength": MOST_TEXT, "pattern": r"\S"},
    "A part of a name; or a version, commit or attempt id.", "authn", required=True,
)  # fmt: skip
SOURCE = Parameter("source", "source", _id, ID_SCHEMA, "Only what this source sent.", "github")
VERDICT = Parameter(
    "verdict", "verdict", _verdict, {"type": "string", "enum": [v.value for v in DeliveryVerdict]},
    "Only deliveries with this verdict.", "rejected",
)  # fmt: skip
STATE = Parameter(
    "state", "state", _state, {"type": "string", "enum": [s.value for s in State]},
    "Only records about which this was done.", "open",
)  # fmt: skip

PAIR = (replace(CLUSTER_ID, required=True),)
PAGED = (LIMIT, CURSOR)
DAYS = (FIRST, LAST)
MATRIX = (TEAM, CLUSTER_TYPE, PAIR_STATUS, PART, FAVOURITES)
LISTED = (STATUS, TRIGGER, CANCELLED, SINCE, UNTIL)
ATTEMPTS = (*LISTED, *PAGED)
