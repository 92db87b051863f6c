"""The deployments of production that gates are held against, as the delivery ledger counts them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from data.delivery_judge import Kind
from data.delivery_ledger import NONE, OF_KIND, ServiceLedger
from data.delivery_queries import ledger_in
from data.gate_cases import Deployed
from data.generation import Generation
from data.models import Scope

Build = tuple[str, str]  # service, version
Places = npt.NDArray[np.integer[Any]]


def deployed_between(gen: Generation, scope: Scope, since_ms: int, until_ms: int) -> list[Deployed]:
    """Those that started within [since, until)."""
    found: list[Deployed] = []
    for service_id, ledger in _services(gen, scope):
        first, end = ledger.rows_between(since_ms, until_ms)
        found += _made(service_id, ledger, first + np.flatnonzero(_deployments(ledger)[first:end]), scope)
    return found


def deployed_builds(gen: Generation, scope: Scope, builds: Collection[Build]) -> list[Deployed]:
    """Those of these versions, whenever that was."""
    wanted: dict[str, set[str]] = {}
    for service_id, version in builds:
        wanted.setdefault(service_id, set()).add(version)
    found: list[Deployed] = []
    for service_id, ledger in _services(gen, scope):
        if service_id in wanted:
            named = np.array([version in wanted[service_id] for version in ledger.versions.tolist()], dtype=np.bool_)
            rows = np.flatnonzero(_deployments(ledger) & named[ledger.release])
            found += _made(service_id, ledger, rows, scope)
    return found


def _services(gen: Generation, scope: Scope) -> Iterator[tuple[str, ServiceLedger]]:
    return ((name, one) for name, one in sorted(ledger_in(gen).services.items()) if scope.allows_service(name))


def _deployments(ledger: ServiceLedger) -> npt.NDArray[np.bool_]:
    return np.asarray(ledger.kind == OF_KIND[Kind.DEPLOYMENT])


def _made(service_id: str, ledger: ServiceLedger, rows: Places, scope: Scope) -> Iterable[Deployed]:
    columns = ledger.cluster[rows], ledger.versions[ledger.release[rows]], ledger.started[rows], ledger.failure[rows]
    for cluster, version, started, failure in zip(*(column.tolist() for column in columns), strict=True):
        if scope.allows_cluster(ledger.clusters[cluster]):
            yield Deployed(ledger.clusters[cluster], service_id, str(version), started, failure != NONE)
