"""The services of one cluster-region, sorted by their headings."""

from collections.abc import Mapping, Sequence

from components.badges import unconfirmed
from components.links import link, service_path
from components.pair_rows import pair_row
from components.panel import table
from components.sorting import Address, sort_heading
from components.tags import Child, Node
from data.catalog_models import Service
from data.promotion_views import Behind
from data.views import PairState

BehindOf = Mapping[tuple[str, str], Behind]  # by (cluster id, service id)


def services_table(items: Sequence[tuple[Service, PairState]], behind: BehindOf, sort: str, address: Address) -> Node:
    """A row a service; `address` is the page in another order."""
    columns: list[tuple[str, str] | Node] = [
        sort_heading("Service", "name", sort, address), sort_heading("Health", "health", sort, address),
        ("Serving", ""), sort_heading("Since", "since", sort, address, newest=True),
        sort_heading("Latest attempt", "latest", sort, address, newest=True), ("Gates", ""), ("Last 12", ""),
    ]  # fmt: skip
    rows = [pair_row(_name(one), state, behind.get((state.cluster_id, state.service_id))) for one, state in items]
    return table("Services on this cluster-region", columns, rows, cls="pairs")


def _name(service: Service) -> list[Child]:
    return [link(service.name, service_path(service.service_id), cls="strong"), unconfirmed(service.confirmed)]
