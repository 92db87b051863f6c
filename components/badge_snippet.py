"""A service's badges with the Markdown that shows them elsewhere."""

from collections.abc import Sequence
from urllib.parse import quote

from components.copying import copied
from components.tags import Child, Node, el
from data.catalog_models import Cluster, Service

PLACE = "https://your-dashboard.example.com"


def badges(service: Service, clusters: Sequence[Cluster], address: str | None) -> Node | None:
    """A badge a cluster-region, and what to copy into a README; `address` is where people open the dashboard."""
    if not clusters:
        return None
    lines: list[Child] = [_line(service, one, address or PLACE) for one in clusters]
    hint = None if address else el("P", f"Put your dashboard's address in place of {PLACE}.", cls="ink-2 small")
    return el("Details", el("Summary", "Badges for a README"), hint, el("Ul", lines, cls="plain badge-lines"))


def _line(service: Service, cluster: Cluster, address: str) -> Node:
    path = f"/api/badges/{quote(service.service_id, safe='')}/{quote(cluster.cluster_id, safe='')}.svg"
    words = f"{service.name} on {cluster.name}"
    page = f"{address}/services/{quote(service.service_id, safe='')}"
    text = f"[![{_plain(words)}]({address}{path})]({page})"
    picture = el("Img", src=path, alt=f"Badge: {words}", height="20")
    return el("Li", picture, copied(text, f"the badge of {cluster.name} as Markdown", "Markdown"))


def _plain(words: str) -> str:
    """Text that Markdown takes as it is."""
    return "".join(f"\\{char}" if char in "\\[]()`*_<>!" else char for char in words)
