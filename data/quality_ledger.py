"""The deployments of production that gates are held against, as the delivery metrics count them."""

import pandas as pd

from data import visible
from data.catalog_models import ClusterType
from data.cluster_facts import ClusterFacts
from data.delivery_judge import Kind, Try, judged, walk
from data.gate_cases import Deployed
from data.generation import Generation
from data.keys import attempt_id
from data.models import Scope, Status, Trigger

COLUMNS = (
    "cluster", "service", "version", "number", "started", "ended", "status", "trigger", "back_to", "hotfix",
    "cancelled",
)  # fmt: skip


def deployed(gen: Generation, scope: Scope) -> list[Deployed]:
    """Every deployment of production that is held, cluster-region by cluster-region."""
    return gen.memo.get(("deployed", scope.key), lambda: _deployed(gen, scope))


def _deployed(gen: Generation, scope: Scope) -> list[Deployed]:
    production = {one.cluster_id for one in visible.clusters(gen, scope) if one.type is ClusterType.PRODUCTION}
    return [
        one
        for _, found in FACTS.of(gen.attempts, scope, production)
        for one in found
        if scope.allows_service(one.service_id)
    ]


def _of_cluster(attempts: pd.DataFrame) -> list[Deployed]:
    names = [attempts[name].tolist() for name in COLUMNS]
    pairs: dict[str, list[Try]] = {}
    for cluster, service, version, number, started, ended, status, trigger, back, hotfix, cancelled in zip(
        *names, strict=True
    ):
        one = Try(
            attempt_id(cluster, service, version, str(number)), version, Status(status), Trigger(trigger), started,
            ended if ended >= 0 else None, isinstance(back, str), hotfix, cancelled,
        )  # fmt: skip
        pairs.setdefault(f"{cluster}:{service}", []).append(one)
    return [made for pair, tries in pairs.items() for made in _of_pair(*pair.split(":"), tries)]


def _of_pair(cluster_id: str, service_id: str, tries: list[Try]) -> list[Deployed]:
    found = judged(tries, walk(tries), {})
    return [
        Deployed(cluster_id, service_id, one.version, one.attempt_id, one.started, judgement.failure is not None)
        for one, judgement in zip(tries, found, strict=True)
        if judgement.kind is Kind.DEPLOYMENT
    ]


FACTS = ClusterFacts(_of_cluster, COLUMNS)
