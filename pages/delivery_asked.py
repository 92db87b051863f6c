"""What the address asks of the delivery page: days, filters, edition, comparison, and which rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from components.delivery_compare import BYS, SORTS, USUAL
from components.delivery_words import PATH, ledger_path
from components.links import Query, page_path
from data.delivery_judge import Failure, Kind
from data.delivery_views import DeliveryFilter, Edition, LedgerFilter, MetricId
from data.models import Day
from pages.asked import Period, identifier, period, single_day

USUAL_RANGE = "90d"
Word = TypeVar("Word", bound=StrEnum)
CURSOR = re.compile(r"(\d{1,15}):([a-z0-9._-]{1,63}#[a-z0-9._-]{1,63}#\d{1,6})", re.ASCII)
EVERYTHING = "all"  # the ledger of no metric: every attempt of production


@dataclass(frozen=True, slots=True)
class Asked:
    """The page's filters; `by` and `sort` of the comparison."""

    days: Period
    service: str | None
    cluster: str | None
    team: str | None
    edition: Edition
    by: str
    sort: str

    @property
    def filter(self) -> DeliveryFilter:
        """For the query."""
        return DeliveryFilter(
            self.days.start, self.days.end, self.service, self.cluster, self.team, self.edition
        )  # fmt: skip

    @property
    def chosen(self) -> Query:
        """The filters as the API names them."""
        edition = self.edition.value if self.edition is not Edition.BANDS_2023 else None
        time = {"from": self.days.start, "to": self.days.end}
        return {"serviceId": self.service, "clusterId": self.cluster, "team": self.team, "edition": edition} | time

    @property
    def query(self) -> Query:
        """How the address says it, without rows."""
        own: Query = {"service": self.service, "cluster": self.cluster, "team": self.team}
        own["edition"] = self.edition.value if self.edition is not Edition.BANDS_2023 else None
        own["by"] = self.by if self.by != usual_by(self.service) else None
        own["sort"] = self.sort if self.sort != USUAL else None
        return dict(self.days.query) | own

    def path(self, anchor: str = "", **changes: str | None) -> str:
        """The address with something changed."""
        return page_path(PATH, self.query | changes, anchor)


def usual_by(service: str | None) -> str:
    """Of one service the cluster-regions are compared, else services."""
    return "cluster" if service else "service"


def asked(
    args: Mapping[str, str], now: datetime, services: Mapping[str, str], clusters: Mapping[str, str], teams: set[str]
) -> Asked:
    """What the address asks for; a name nobody knows counts as not said."""
    service, cluster = identifier(args, "service"), identifier(args, "cluster")
    service = service if service in services else None
    by, sort = args.get("by", ""), args.get("sort", "")
    return Asked(
        days=period(args, now, USUAL_RANGE),
        service=service,
        cluster=cluster if cluster in clusters else None,
        team=args["team"] if args.get("team") in teams else None,
        edition=_word(Edition, args.get("edition")) or Edition.BANDS_2023,
        by=by if by in BYS else usual_by(service),
        sort=sort if sort.removeprefix("-") in SORTS else USUAL,
    )


@dataclass(frozen=True, slots=True)
class LedgerAsked:
    """Which rows are listed, and where the list goes on."""

    metric: MetricId | None
    included: bool | None
    kind: Kind | None
    failure: Failure | None
    day: Day | None
    after: tuple[str, str] | None

    def filter(self, of: DeliveryFilter) -> LedgerFilter:
        """For the query."""
        return LedgerFilter(of, self.metric, self.included, self.kind, self.failure, self.day)

    @property
    def query(self) -> Query:
        """How the address says it beside the page's filters, without the cursor."""
        return {
            "included": None if self.included is None else "1" if self.included else "0",
            "kind": self.kind.value if self.kind else None,
            "failure": self.failure.value if self.failure else None,
            "day": self.day,
        }

    @property
    def api(self) -> Query:
        """The same for the API."""
        included = None if self.included is None else "true" if self.included else "false"
        return self.query | {"metric": self.metric.value if self.metric else None, "included": included}

    def path(self, of: Query, **changes: str | None) -> str:
        """The address of these rows with something changed."""
        return ledger_path(of, self.metric, **(self.query | changes))


def ledger_asked(args: Mapping[str, str]) -> LedgerAsked | None:
    """The rows of a metric or of everything; None: nobody asked."""
    name = args.get("ledger", "")
    metric = _word(MetricId, name)
    if metric is None and name != EVERYTHING:
        return None
    return LedgerAsked(
        metric, {"1": True, "0": False}.get(args.get("included", "")), _word(Kind, args.get("kind")),
        _word(Failure, args.get("failure")), single_day(args), _after(args.get("cursor", "")),
    )  # fmt: skip


def cursor_of(position: tuple[str, str]) -> str:
    """Where the list goes on, as the address says it."""
    return ":".join(position)


def _after(text: str) -> tuple[str, str] | None:
    found = CURSOR.fullmatch(text)
    return (found[1], found[2]) if found else None


def _word(words: type[Word], text: str | None) -> Word | None:
    return next((one for one in words if one.value == text), None)
