"""What an address asks of a page with the matrix: its filters, the order of the services, and which page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from components import filters, theme
from components.links import Query, page_path
from components.tags import Node
from data.catalog_models import ClusterType
from data.matrix_filter import NOTHING_ASKED, MatrixFilter, PairStatus, asked_for
from data.models import Health, Status
from data.views import ServiceRow

ROWS = 25  # services a page
BY_STATUS, BY_NAME = "status", "name"
ORDERS = ((BY_STATUS, "Attention first"), (BY_NAME, "Name"))
STATUS_WORDS = {
    PairStatus.ATTENTION: theme.HEALTH[Health.ATTENTION].word,
    PairStatus.IN_PROGRESS: theme.STATUS[Status.IN_PROGRESS].word,
    PairStatus.BEHIND: "Behind",
    PairStatus.UNKNOWN: theme.HEALTH[Health.UNKNOWN].word,
    PairStatus.HEALTHY: theme.HEALTH[Health.HEALTHY].word,
}
NAMES = {"team": "team", "type": "type", "status": "status", "q": "text", "fav": "favourites"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `page` from 1. `rest`: what other parts of the page keep in it."""

    path: str
    wanted: MatrixFilter = NOTHING_ASKED
    order: str = BY_STATUS
    page: int = 1

    @property
    def query(self) -> Query:
        """The address' query without the page."""
        return self.wanted.query | {"sort": self.order if self.order != BY_STATUS else None}

    def address(self, anchor: str = "", **changes: str | None) -> str:
        """This view with something else."""
        return page_path(self.path, self.query | changes, anchor)

    @property
    def without_text(self) -> "Asked":
        """The same as far as no text says it."""
        return replace(self, wanted=replace(self.wanted, text=None))

    @property
    def clear(self) -> str:
        """Where nothing is filtered."""
        return page_path(self.path, {"sort": self.query["sort"]})


def asked(path: str, args: Mapping[str, str]) -> Asked:
    """What the arguments say; words that are none of ours count as not said."""
    order, page = args.get("sort"), args.get("page", "")
    return Asked(
        path,
        asked_for(args),
        order if order == BY_NAME else BY_STATUS,
        max(1, int(page)) if page.isascii() and page.isdigit() and len(page) <= 4 else 1,
    )


def form(asked: Asked, teams: Sequence[str], types: Sequence[ClusterType]) -> Node:
    """One named group of fields; the text applies as it is typed."""
    wanted = asked.wanted
    status, kind = wanted.status and wanted.status.value, wanted.type and wanted.type.value
    return filters.form(
        asked.path, "Filters",
        filters.text_field("q", "Find", wanted.text, "Service, team or version"),
        filters.select("team", "Team", [(one, one) for one in teams], wanted.team),
        filters.select("type", "Stage", [(one.value, one.value) for one in types], kind),
        filters.select("status", "Status", [(one.value, words) for one, words in STATUS_WORDS.items()], status,
                       every="Any status"),
        filters.kept("fav", wanted.query["fav"]), filters.kept("sort", asked.query["sort"]), live=True,
    )  # fmt: skip


def active(asked: Asked) -> list[tuple[str, str]]:
    """The filters that hold, as (words, address without it)."""
    wanted = asked.wanted
    said = dict(wanted.query)
    said["status"] = wanted.status and STATUS_WORDS[wanted.status].lower()
    said["q"] = f"“{wanted.text}”" if wanted.text else None
    said["fav"] = str(len(wanted.favourites)) if wanted.favourites else None
    return [
        (f"{NAMES[name]}: {value}", page_path(asked.path, asked.query | {name: None}))
        for name, value in said.items()
        if value
    ]


def ordered(rows: Sequence[ServiceRow], order: str, production: frozenset[str]) -> list[ServiceRow]:
    """The services in the order asked for: those with trouble in production first, then with any; else by name."""
    if order == BY_NAME:
        return list(rows)
    return sorted(rows, key=lambda row: _urgency(row, production))


def _urgency(row: ServiceRow, production: frozenset[str]) -> int:
    ill = [place for place, state in row.states.items() if state.health is Health.ATTENTION]
    if not ill:
        return 2
    return 0 if production.intersection(ill) else 1
