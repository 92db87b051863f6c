"""How long versions take over the cluster-regions of a stage: the newest waves of every service, and their medians.

A wave is the curve of `version_spread`: it begins with a version's first success in the stage and is through where
every cluster-region serves it or a newer one. What is looked at is bounded, so its cost is too.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from data import visible
from data.attempt_columns import attempt_rows
from data.catalog_models import Cluster, ClusterType, Service
from data.current import serving_order
from data.day_numbers import milliseconds
from data.generation import Generation
from data.models import SUCCESSFUL, Scope
from data.promotion_views import ServiceWaves, Waves
from data.version_order import VersionOrder
from data.version_spread import Success, curve, ending, order_of, success

LOOKED_AT = 5000  # attempts of the stage, of all services together
WAVES = 10
DAYS = 90
DAY_MS = 86_400_000


def waves(gen: Generation, scope: Scope, stage: ClusterType | None, service_id: str | None = None) -> Waves:
    """The waves of a stage (None: the last that has several cluster-regions), of one service or of all of them.

    NotFound where the service is unknown or out of scope.
    """
    if service_id is not None:
        visible.service(gen, scope, service_id)
    chosen = stage or usual_stage(gen, scope)
    return gen.memo.get(("waves", scope.key, chosen, service_id), lambda: _waves(gen, scope, chosen, service_id))


def usual_stage(gen: Generation, scope: Scope) -> ClusterType | None:
    """The last stage of the path with several cluster-regions; None where no stage has."""
    types = [one.type for one in visible.clusters(gen, scope)]
    return next((one for one in STAGES if types.count(one) > 1), None)


STAGES = (ClusterType.PRODUCTION, ClusterType.STAGING, ClusterType.DEVELOPMENT)


def _waves(gen: Generation, scope: Scope, stage: ClusterType | None, service_id: str | None) -> Waves:
    every = visible.clusters(gen, scope)
    several = tuple(one for one in STAGES[::-1] if sum(cluster.type is one for cluster in every) > 1)
    if stage is None:
        return Waves(None, several, DAYS, True, ())
    here = [one for one in every if one.type is stage]
    seen, complete = _successes(gen, scope, here, service_id)
    states = visible.states(gen, scope)
    found = []
    for service in visible.services(gen, scope):
        mine = [one for one in here if (one.cluster_id, service.service_id) in states]
        if len(mine) > 1 and (service_id is None or service.service_id == service_id):
            found.append(_kept(gen, service, mine, seen.get(service.service_id, [])))
    return Waves(stage, several, DAYS, complete, tuple(found))


def _successes(
    gen: Generation, scope: Scope, here: Sequence[Cluster], service_id: str | None
) -> tuple[dict[str, list[Success]], bool]:
    """By service, in the order in which they came to serve; and whether that is all of these days."""
    until = milliseconds(gen.as_of) + DAY_MS
    frame = gen.attempts.frame(
        scope, until - (DAYS + 1) * DAY_MS, until, cluster_ids={one.cluster_id for one in here},
        service_ids=None if service_id is None else [service_id], newest=LOOKED_AT,
    )  # fmt: skip
    complete = len(frame) < LOOKED_AT
    frame = frame[frame["status"].isin([one.value for one in SUCCESSFUL])]
    rows = zip(frame["service"].tolist(), frame["cluster"].tolist(), attempt_rows(frame), strict=True)
    ordered = sorted(rows, key=lambda one: (one[0], serving_order(one[2])))
    return {
        service: [success(cluster, row) for _, cluster, row in of_service]
        for service, of_service in groupby(ordered, key=lambda one: one[0])
    }, complete


def _kept(gen: Generation, service: Service, here: Sequence[Cluster], seen: Sequence[Success]) -> ServiceWaves:
    """The waves of a service, worked out anew where other successes are seen; only their end moves on."""
    until, places = milliseconds(gen.as_of), tuple(here)
    told = gen.columns.derived.parts.of("waves").get(
        (service.service_id, tuple(one.cluster_id for one in here)), (service, places, tuple(seen)),
        lambda: _of_service(service, here, seen, until),
    )  # fmt: skip
    return replace(told, waves=tuple(ending(one, until) for one in told.waves))


def _of_service(service: Service, here: Sequence[Cluster], seen: Sequence[Success], until: int) -> ServiceWaves:
    ids = {one.cluster_id for one in here}
    told, order = [one for one in seen if one.cluster_id in ids], order_of(seen)
    newest = begun(told, order)[-WAVES:]
    found = [curve(version, told, here, order, until) for version in reversed(newest)]
    half = [one.half_sec for one in found if one.half_sec is not None]
    full = [one.full_sec for one in found if one.full_sec is not None]
    return ServiceWaves(
        service, len(here), tuple(found), median(half) if half else None, len(half),
        median(full) if full else None, len(full),
    )  # fmt: skip


def begun(told: Sequence[Success], order: VersionOrder) -> list[str]:
    """The versions that began to spread, in that order: each was put over an older one, or where nothing was.

    What was there first of all is none: how it spread before is not known. What was brought back is none either.
    """
    serving: dict[str, str] = {}
    known: set[str] = set()
    found = []
    for one in told:
        before = serving.get(one.cluster_id)
        is_newer = bool(serving) and (before is None or order.newer(one.version, before) is True)
        if one.version not in known and not one.is_back and is_newer:
            found.append(one.version)
        known.add(one.version)
        serving[one.cluster_id] = one.version
    return found
