"""How long waves of versions take over a stage, and what waiting versions owe: the numbers of the promotions page."""

import orjson
from flask import Blueprint, Response

import context
from api import caching, params
from api.params import Asked
from api.read import NOT_FOUND
from api.routing import Answer, Routes
from api.serializers import Json
from data import promotion_path, visible, waves
from data.instants import to_instant
from data.promotion_debt import debts
from data.promotion_views import Debt, Owed, ServiceWaves, SpreadCurve, Waves

bp = Blueprint("promotion_debt", __name__)
routes = Routes(bp, "Dashboard", "/api")


@routes.get(
    "/promotions/convergence", Answer("The waves, services by name.", "Convergence"),
    accepts=(params.SERVICE_ID, params.STAGE), also=NOT_FOUND,
)  # fmt: skip
def convergence(asked: Asked) -> Response:
    """How long the newest versions took to reach half and all of a stage's cluster-regions, and what lags.

    Without `stage` the last one of the path that has several cluster-regions. A newer version that overtakes a wave
    counts as arrived. Medians are of the newest ten waves that got so far. Where `complete` is false, older ones were
    left out.
    """
    gen, scope = context.generation(), context.scope()
    found = waves.waves(gen, scope, asked.cluster_type, asked.service_id)
    content = orjson.dumps({"generation": gen.generation} | _waves(found))
    return caching.sent(caching.stamped(content, gen.as_of))


@routes.get(
    "/promotions/debt", Answer("What waits, the greatest debt first.", "PromotionDebt"),
    accepts=(params.SERVICE_ID,), also=NOT_FOUND,
)  # fmt: skip
def promotion_debt(asked: Asked) -> Response:
    """Versions that wait on their way, weighed by how long each has waited."""
    gen, scope, now = context.generation(), context.scope(), context.now()
    if asked.service_id is not None:
        visible.service(gen, scope, asked.service_id)
    shown = promotion_path.lanes(gen, scope, now, (), lambda one: asked.service_id in (None, one.service_id))
    found = debts(shown.lanes, to_instant(now))
    content = orjson.dumps({"generation": gen.generation, "debts": [_debt(one) for one in found]})
    return caching.sent(caching.stamped(content, gen.as_of))


def _waves(found: Waves) -> Json:
    return {
        "stage": found.stage,
        "stages": list(found.stages),
        "days": found.days,
        "complete": found.complete,
        "services": [_service(one) for one in found.services],
    }


def _service(one: ServiceWaves) -> Json:
    return {
        "serviceId": one.service.service_id,
        "serviceName": one.service.name,
        "clusterRegions": one.n,
        "halfSec": {"median": one.half_sec, "n": one.half_n},
        "fullSec": {"median": one.full_sec, "n": one.full_n},
        "waves": [_wave(wave) for wave in one.waves],
    }


def _wave(one: SpreadCurve) -> Json:
    return {
        "buildVersion": one.version,
        "since": one.first.at,
        "attemptId": one.first.attempt_id,
        "halfSec": one.half_sec,
        "fullSec": one.full_sec,
        "reached": one.steps[-1].serving,
        "stragglers": [cluster.cluster_id for cluster in one.older],
    }


def _debt(one: Debt) -> Json:
    return {
        "serviceId": one.service.service_id,
        "serviceName": one.service.name,
        "totalSec": round(one.total_sec),
        "waiting": [_owed(owed) for owed in one.owed],
    }


def _owed(one: Owed) -> Json:
    return {
        "clusterId": one.cluster.cluster_id,
        "buildVersion": one.version,
        "since": one.since,
        "waitedSec": round(one.waited_sec),
        "targets": list(one.targets),
    }
