"""The deployments of production that gates are held against, as the delivery ledger counts them."""

import numpy as np

from data.delivery_judge import Kind
from data.delivery_ledger import NONE, OF_KIND
from data.delivery_queries import ledger_in
from data.deployed import Deployments
from data.generation import Generation
from data.models import Scope


def deployments_of(gen: Generation, scope: Scope, service_id: str) -> Deployments:
    """The deployments of a service that the scope allows."""
    ledger = ledger_in(gen).services.get(service_id)
    if ledger is None or not scope.allows_service(service_id):
        nothing = np.zeros(0, dtype=np.int64)
        return Deployments(service_id, (), (), nothing, nothing, nothing, nothing.astype(np.bool_))
    allowed = np.array([scope.allows_cluster(name) for name in ledger.clusters], dtype=np.bool_)
    rows = np.flatnonzero((ledger.kind == OF_KIND[Kind.DEPLOYMENT]) & allowed[ledger.cluster])
    return Deployments(
        service_id, ledger.clusters, ledger.versions.tolist(), ledger.cluster[rows], ledger.release[rows],
        ledger.started[rows], ledger.failure[rows] != NONE,
    )  # fmt: skip
