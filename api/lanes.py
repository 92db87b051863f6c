"""Lanes into the contract's JSON: what serves where, what waits, what would block it."""

from api.serializers import Json, gates
from data.catalog_models import Freeze
from data.promotion_views import Behind, Blocker, Lane, Lanes, Stop, Waiting


def lanes(found: Lanes) -> Json:
    """The lanes of services, with the stages and freezes they stand in."""
    return {
        "stages": [
            {"type": stage.type, "clusterIds": [one.cluster_id for one in stage.clusters]} for stage in found.stages
        ],
        "lanes": [_lane(one) for one in found.lanes],
        "offPath": [one.cluster_id for one in found.off_path],
        "freezes": [_freeze(one) for one in found.freezes],
        "promotionsRead": found.promotions_read,
    }


def _lane(one: Lane) -> Json:
    service = one.service
    stops = [_stop(stop) for of_stage in one.stops for stop in of_stage]
    return {"serviceId": service.service_id, "serviceName": service.name, "stops": stops}


def _stop(stop: Stop) -> Json:
    current = stop.state.current if stop.state else None
    serving = current.serving if current else None
    return {
        "clusterId": stop.cluster.cluster_id,
        "stage": stop.cluster.type,
        "soakHours": stop.cluster.soak_hours,
        "currentVersion": serving.build_version if serving else None,
        "attemptId": serving.attempt_id if serving else None,
        "servingSince": current.serving_since if current else None,
        "retired": stop.retired,
        "behind": _behind(stop.behind),
        "waiting": _waiting(stop.waiting) if stop.waiting else None,
    }


def _behind(of: Behind | None) -> Json | None:
    return {"versions": of.versions, "exact": of.exact} if of else None


def _waiting(of: Waiting) -> Json:
    return {
        "buildVersion": of.version,
        "since": of.since,
        "targets": list(of.targets),
        "soakUntil": of.soak_until,
        "soakLeftSec": None if of.soak_left_sec is None else round(of.soak_left_sec),
        "gates": gates(of.gates),
        "blockers": [_blocker(one) for one in of.blockers],
        "underWay": of.under_way,
        "promotedBy": of.by,
    }


def _blocker(one: Blocker) -> Json:
    return {"kind": one.kind, "clusterId": one.cluster_id, "words": one.words, "until": one.until}


def _freeze(one: Freeze) -> Json:
    return {
        "name": one.name,
        "from": one.start,
        "to": one.end,
        "clusterIds": list(one.clusters),
        "serviceIds": list(one.services),
        "reason": one.reason,
    }
