"""What the address asks of the quality page: the view, the days, the filters, and what each view can be asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from components.links import Query
from data.quality_views import BackTestRule, CaseKind, QualityFilter
from pages.asked import Period, identifier, period

USUAL = "30d"
VIEWS = (("tests", "Tests"), ("flakes", "Retries and places"), ("gates", "Gates"), ("backtest", "Back-test"))
MINIMA = ("100", "99", "98", "95", "90", "80")
MOST_SOAK = 720.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One view of the page. `minimum` in percent; `skipped`: skipped tests count as tests."""

    view: str
    days: Period
    service: str | None
    cluster: str | None
    team: str | None
    minimum: float
    skipped: bool
    rule: BackTestRule
    suite: str | None
    kind: CaseKind | None
    page: int

    @property
    def filter(self) -> QualityFilter:
        """For the query."""
        return QualityFilter(self.days.start, self.days.end, self.service, self.cluster, self.team)

    @property
    def chosen(self) -> Query:
        """The filter as the API names it."""
        return {
            "serviceId": self.service, "clusterId": self.cluster, "team": self.team, "from": self.days.start,
            "to": self.days.end,
        }  # fmt: skip

    @property
    def base(self) -> Query:
        """Filters and days, which every view has, as the address says them."""
        return {"service": self.service, "cluster": self.cluster, "team": self.team} | self.days.query

    @property
    def query(self) -> Query:
        """How the address says all of it but the page of a list."""
        own: Query = {}
        if self.view == "tests":
            own = {
                "min": None if self.minimum == 100 else f"{self.minimum:g}",
                "skipped": "1" if self.skipped else None,
            }
        elif self.view == "gates":
            own = {"suite": self.suite, "case": self.kind}
        elif self.view == "backtest":
            own = self.rule_query
        return {"view": None if self.view == "tests" else self.view} | self.base | own

    @property
    def rule_query(self) -> Query:
        """The rule as page and API say it."""
        return rule_query(self.rule)


def rule_query(rule: BackTestRule) -> Query:
    """A rule as the address says it."""
    return {
        "suites": ",".join(rule.suites) or None,
        "minPassRate": None if rule.min_rate is None else f"{rule.min_rate:g}",
        "soakHours": None if rule.soak_hours is None else f"{rule.soak_hours:g}",
    }


def asked(
    args: Mapping[str, str], now: datetime, services: Collection[str], clusters: Collection[str],
    teams: Collection[str], suites: Collection[str],
) -> Asked:  # fmt: skip
    """What the address asks for; a name nobody knows counts as not said."""
    service, cluster, page = identifier(args, "service"), identifier(args, "cluster"), args.get("page", "")
    minimum = _number(args.get("min"), 0, 100)
    return Asked(
        view=args["view"] if args.get("view") in dict(VIEWS) else "tests",
        days=period(args, now, USUAL),
        service=service if service in services else None,
        cluster=cluster if cluster in clusters else None,
        team=args["team"] if args.get("team") in teams else None,
        minimum=100.0 if minimum is None else minimum,
        skipped=args.get("skipped") == "1",
        rule=BackTestRule(
            tuple(one for one in suites if one in args.get("suites", "").split(",")),
            _number(args.get("minPassRate"), 0, 100), _number(args.get("soakHours"), 0, MOST_SOAK) or None,
        ),
        suite=args["suite"] if args.get("suite") in suites else None,
        kind=next((one for one in CaseKind if one == args.get("case")), None),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
    )  # fmt: skip


def _number(text: str | None, least: float, most: float) -> float | None:
    """A number to a tenth within its bounds; None for anything else."""
    try:
        found = round(float(text or ""), 1)
    except (ValueError, OverflowError):
        return None
    return found if least <= found <= most else None
