"""What may stand in `catalog.yaml`, field by field. Pure."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from data import keys
from data.alert_models import AlertEvent, AlertMetric
from data.catalog_models import DOCUMENT_SUITES
from data.instants import parse_instant
from data.patterns import check_pattern, check_template


def _plain(text: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("must not contain control characters or line breaks")
    return text


def _instant(value: Any) -> Any:
    """YAML reads a time as one unless it is quoted; without an offset nobody knows which instant it is."""
    if isinstance(value, date):  # a datetime is a date too
        value = value.isoformat()
    return parse_instant(value) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """YAML reads a date as one; a time of day would be a claim about when the day ends."""
    if isinstance(value, datetime):
        raise ValueError("must be a date, like 2026-12-31, without a time")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        if len(value) != 10:
            raise ValueError("must be a date, like 2026-12-31")
        return date.fromisoformat(value).isoformat()
    return value


Id = Annotated[str, Field(pattern=f"^{keys.ID.pattern}$")]
Text = Annotated[str, Field(max_length=300), AfterValidator(_plain)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]
SuiteName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,49}$")]
Kind = Literal["Development", "Staging", "Production"]
Pattern = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_plain), AfterValidator(check_pattern)]
Moment = Annotated[str, BeforeValidator(_instant)]
CalendarDay = Annotated[str, BeforeValidator(_day)]
Share = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Template = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_plain), AfterValidator(check_template)]


class Part(BaseModel):
    """Base of every part: strict, and without fields we do not know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Entry(Part):
    """What has an id of ours and names that senders use."""

    id: Id
    name: Name
    sender_names: list[Name] = []


class Cluster(Entry):
    """A cluster-region."""

    type: Kind
    role: Text = ""
    description: Text = ""
    order: Annotated[int, Field(ge=0, le=1_000_000)]
    region: Text = ""
    soak_hours: Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)] | None = None


class Service(Entry):
    """A deployable service."""

    team: Text = ""
    tier: Text = ""
    repository: Text = ""
    suites: list[SuiteName] = list(DOCUMENT_SUITES)


class Pair(Part):
    """Who opens the attempts of one service on one cluster."""

    cluster: Id
    service: Id
    source: Name


class Openers(Part):
    """Who opens attempts."""

    default: Name | None = None
    clusters: dict[Id, Name] = {}
    services: dict[Id, Name] = {}
    pairs: list[Pair] = []


class Mapping(Part):
    """One rule from senders' names to our ids."""

    name: Name
    source: Name
    when: dict[Name, Pattern] = {}
    service: Template | None = None
    cluster: Template | None = None
    version: Template | None = None
    deployment: bool | None = None
    ignore: bool = False


class Freeze(Part):
    """A time in which nothing should be deployed."""

    name: Name
    start: Annotated[Moment, Field(alias="from")]
    end: Annotated[Moment, Field(alias="to")]
    clusters: Annotated[list[Id], Field(min_length=1)] | None = None
    services: Annotated[list[Id], Field(min_length=1)] | None = None
    reason: Text = ""


class ScoreRule(Part):
    """One rule of the score card."""

    id: Id
    title: Name
    metric: Name
    operator: Literal[">=", "<=", ">", "<", "="]
    threshold: Annotated[float, Field(ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]
    level: Literal["Bronze", "Silver", "Gold"]
    why: Text = ""
    suite: SuiteName | None = None
    days: Annotated[int, Field(ge=1, le=180)] = 30
    least_n: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    teams: Annotated[list[Name], Field(min_length=1)] | None = None
    tiers: Annotated[list[Name], Field(min_length=1)] | None = None


class Exemption(Part):
    """A rule a service need not keep for a while."""

    rule: Id
    service: Id
    reason: Annotated[Text, Field(min_length=1)]
    approver: Name
    expires: CalendarDay


class Scorecard(Part):
    """What is asked of services, and who need not keep it."""

    rules: Annotated[list[ScoreRule], Field(max_length=60)] = []
    exemptions: Annotated[list[Exemption], Field(max_length=2000)] = []


class Alert(Part):
    """When to tell people: an event, or a metric beyond its threshold."""

    id: Id
    name: Name
    to: Annotated[list[Id], Field(min_length=1, max_length=10)]
    event: Annotated[AlertEvent, Field(strict=False)] | None = None
    metric: Annotated[AlertMetric, Field(strict=False)] | None = None
    above: Share | None = None
    below: Share | None = None
    clear: Share | None = None
    window_days: Annotated[int, Field(ge=1, le=90)] = 7
    least: Annotated[int, Field(ge=1, le=100_000)] = 10
    per: Literal["service"] | None = None
    stage: Kind | None = None
    clusters: Annotated[list[Id], Field(min_length=1)] | None = None
    services: Annotated[list[Id], Field(min_length=1)] | None = None
    team: Name | None = None


class Gate(Part):
    """What must be shown of a version before it goes on."""

    name: Name
    to: Literal["Staging", "Production"]
    services: Annotated[list[Id], Field(min_length=1)] | None = None
    suites: list[SuiteName] | None = None
    min_pass_rate: Annotated[float, Field(ge=0, le=100, multiple_of=0.1, allow_inf_nan=False)] | None = None
    soak_hours: Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)] | None = None


class File(Part):
    """The whole file."""

    clusters: list[Cluster] = []
    services: list[Service] = []
    suites: list[SuiteName] = []
    openers: Openers = Openers()
    mappings: Annotated[list[Mapping], Field(max_length=1000)] = []
    freezes: Annotated[list[Freeze], Field(max_length=500)] = []
    gates: Annotated[list[Gate], Field(max_length=200)] = []
    alerts: Annotated[list[Alert], Field(max_length=200)] = []
    scorecard: Scorecard = Scorecard()
