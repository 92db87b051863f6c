"""How far one version of a service has come over its cluster-regions. Pure."""

from collections.abc import Iterable
from functools import cmp_to_key

from data import visible
from data.catalog_models import Cluster
from data.errors import NotFound
from data.generation import Generation
from data.models import Scope
from data.promotion_views import Convergence, Reached
from data.version_order import VersionOrder, version_order
from data.views import PairState


def convergence(gen: Generation, scope: Scope, service_id: str, version: str | None) -> Convergence:
    """Where a version serves and where not; without one, the newest that serves. NotFound where there is none."""
    service = visible.service(gen, scope, service_id)
    states = visible.states(gen, scope)
    pairs = [
        (cluster, state)
        for cluster in visible.clusters(gen, scope)
        if (state := states.get((cluster.cluster_id, service_id))) is not None
    ]
    order = version_order(state.current for _, state in pairs)
    versions = newest_first({one for _, state in pairs if (one := state.serving_version)}, order)
    wanted = version or next(iter(versions), None)
    if wanted is None:
        raise NotFound(f"no version of {service_id!r} serves anywhere")
    places = tuple(_reached(cluster, state, wanted, order) for cluster, state in pairs)
    return Convergence(service, wanted, versions, places)


def _reached(cluster: Cluster, state: PairState, version: str, order: VersionOrder) -> Reached:
    serving = state.serving_version
    if serving == version:
        return Reached(cluster, state, True, state.current.serving_since)
    return Reached(cluster, state, False, None, order.newer(serving, version) if serving else None)


def newest_first(versions: Iterable[str], order: VersionOrder) -> tuple[str, ...]:
    """The versions, the newest first; those whose order cannot be told by their text."""

    def compare(one: str, other: str) -> int:
        newer = order.newer(one, other)
        return (1 if one > other else -1) if newer is None else (1 if newer else -1)

    return tuple(sorted(sorted(set(versions)), key=cmp_to_key(compare), reverse=True))
