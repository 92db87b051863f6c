"""What the address of the promotions page asks for."""

from collections.abc import Callable
from dataclasses import dataclass

import context
from components import filters, promotion_lanes
from components.links import Query, page_path
from components.promotion_lanes import PATH
from data import keys
from data.catalog_models import ClusterType
from data.models import PromotionStatus
from data.promotion_views import Lane
from pages.asked import Period, identifier, period
from pages.drawing import Args

USUAL = "30d"
SHOWS: tuple[tuple[str | None, str], ...] = (
    (None, "All"), ("waiting", "Waiting"), ("ready", "Ready"), ("blocked", "Blocked"),
)  # fmt: skip
HAS: dict[str, Callable[[Lane], bool]] = {
    "waiting": lambda lane: bool(lane.waiting),
    "ready": lambda lane: any(promotion_lanes.look(one) is promotion_lanes.READY for one in lane.waiting),
    "blocked": lambda lane: any(one.blockers for one in lane.waiting),
}
STATUSES = {status.value: status for status in PromotionStatus}
GRAPH, LIST = "graph", "list"
ALL_STAGES = "all-stages"
STAGES = frozenset({ALL_STAGES, *(one.value for one in ClusterType)})


def version_of(args: Args) -> str | None:
    """`version=3.5.0`, or None where it cannot be one."""
    version = args.get("version", "").strip()
    return version if keys.VERSION.fullmatch(version) else None


LISTED: dict[str, Callable[[Args], str | None]] = {
    "origin": lambda args: identifier(args, "origin"),
    "cluster": lambda args: identifier(args, "cluster"),
    "version": version_of,
    "status": lambda args: args.get("status") if args.get("status") in STATUSES else None,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    days: Period
    team: str | None
    service: str | None
    text: str | None
    show: str | None
    view: str
    stage: str | None  # of the curves; None: the page's choice
    page: int  # of the lanes, from 1
    others: Query  # what the history is filtered by

    @property
    def query(self) -> Query:
        """The address' query without the page of the list."""
        own: Query = {"team": self.team, "service": self.service, "q": self.text, "show": self.show}
        own |= {"view": self.view if self.view != GRAPH else None, "stage": self.stage}
        return dict(self.days.query) | own | self.others

    @property
    def version(self) -> str | None:
        """The version looked at."""
        return self.others["version"]

    def path(self, anchor: str = "", **changes: str | None) -> str:
        """The address with something changed."""
        return page_path(PATH, self.query | changes, anchor)

    def keeps(self, lane: Lane) -> bool:
        """Whether a lane is among those asked for."""
        service = lane.service
        if self.team and service.team != self.team or self.service and service.service_id != self.service:
            return False
        return (not self.text or _says(lane, self.text.casefold())) and (not self.show or HAS[self.show](lane))


def _says(lane: Lane, text: str) -> bool:
    """Whether the service's name or a version that serves contains the text."""
    versions = [stop.state.serving_version or "" for stops in lane.stops for stop in stops if stop.state]
    words = (lane.service.name, lane.service.service_id, lane.service.team, *versions)
    return any(text in word.casefold() for word in words)


def asked_of(args: Args) -> Asked:
    """The address, read."""
    show, view = args.get("show"), args.get("view")
    team, text = args.get("team"), args.get("q", "").strip()
    return Asked(
        days=period(args, context.now(), USUAL),
        team=team if team != filters.ALL else None,
        service=identifier(args, "service"),
        text=text[:100] or None,
        show=show if show in HAS else None,
        view=LIST if view == LIST else GRAPH,
        stage=stage if (stage := args.get("stage")) in STAGES else None,
        page=_page(args.get("page", "")),
        others={name: read(args) for name, read in LISTED.items()},
    )


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 4 else 1
