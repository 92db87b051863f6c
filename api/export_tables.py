"""What the exports list, as tables: the API's own JSON of each thing, laid flat. Pure.

What a spreadsheet would have to work out, a duration from two instants, is a column of its own, in seconds.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from api.csv_files import Row, Table, flat
from api.serializers import attempt, counts, promotion, rate, state
from data.catalog_models import Service
from data.instants import seconds_between
from data.long_lists import LongList
from data.matrix_filter import BehindOf
from data.models import Attempt, Instant, Promotion
from data.promotion_views import Behind
from data.views import Overview, PairState, Scorecard, ServiceRow

ATTEMPT = (
    "id", "clusterId", "serviceId", "buildVersion", "gitSha", "startedAt", "endedAt", "durationSec", "status",
    "cancelled", "trigger", "serving", "actor", "failureReason", "rollbackToBuild", "runUrl",
)  # fmt: skip
PROMOTION = (
    "id", "serviceId", "buildVersion", "fromClusterId", "toClusterId", "promotedAt", "status", "promotedBy",
    "approver", "reason",
)  # fmt: skip
GATE = ("verdict", "passed", "failed", "skipped", "total", "runs", "turned")
SERVICE = ("serviceId", "serviceName", "team", "tier")
LATEST = (
    "id", "status", "buildVersion", "gitSha", "startedAt", "endedAt", "durationSec", "trigger", "cancelled",
    "failureReason",
)  # fmt: skip
STATE = ("currentVersion", "servingSince", "health", "why", *(f"latestAttempt.{name}" for name in LATEST))
CELL = (
    "currentVersion", "servingSince", "health", "why", "versionsBehind", "latestAttempt.buildVersion",
    "latestAttempt.status", "latestAttempt.startedAt",
)  # fmt: skip
SCORE = (
    *SERVICE, "healthy", "pairs", "totalAttempts", "success", "failed", "rollback", "inProgress", "cancelled",
    "successRate.value", "successRate.n", "rollbackRate.value", "rollbackRate.n", "productionDeploys",
    "meanDurationSec", "gatesMissing",
)  # fmt: skip


def attempts(found: LongList[Attempt], serving: Collection[str], suites: Sequence[str]) -> Table:
    """Attempts as the API lists them, a column for each number of each suite's gate."""
    rows = (_attempt(one, one.attempt_id in serving) for one in found)
    return Table((*ATTEMPT, *_gates(suites)), rows, lambda: found.cut)


def promotions(found: LongList[Promotion]) -> Table:
    """Promotions as the API lists them."""
    return Table(PROMOTION, (promotion(one) for one in found), lambda: found.cut)


def services(found: Iterable[ServiceRow], suites: Sequence[str]) -> Table:
    """A row for each service on each cluster-region where it ever was; one without any is a row of its own."""
    rows = (
        _service(of.service) | one
        for of in found
        for one in [{"clusterId": cluster_id} | _state(is_so) for cluster_id, is_so in of.states.items()] or [{}]
    )
    return Table((*SERVICE, "clusterId", *STATE, *_gates(suites)), rows)


def matrix(found: Overview, behind: BehindOf) -> Table:
    """A row for each service, some columns for each cluster-region; without a state there these are empty."""
    clusters = [one.cluster.cluster_id for one in found.clusters]
    rows = (
        _service(of.service)
        | {
            f"{cluster_id}.{name}": value
            for cluster_id, one in of.states.items()
            for name, value in _cell(one, behind.get((cluster_id, of.service.service_id))).items()
        }
        for of in found.services
    )
    return Table((*SERVICE, *(f"{cluster_id}.{name}" for cluster_id in clusters for name in CELL)), rows)


def _cell(one: PairState, behind: Behind | None) -> dict[str, Any]:
    known = behind.versions if behind is not None and behind.exact else None
    return _state(one) | {"versionsBehind": known}


def cluster_services(found: Iterable[tuple[Service, PairState]], suites: Sequence[str]) -> Table:
    """A row for each service on one cluster-region."""
    rows = (_service(of) | _state(one) for of, one in found)
    return Table((*SERVICE, *STATE, *_gates(suites)), rows)


def scorecard(found: Scorecard) -> Table:
    """A row for each service with its measured numbers."""
    suites = [f"passRates.{suite.lower()}.{part}" for suite in found.suites for part in ("value", "n")]
    rows = (
        _service(one.service) | flat(counts(one.counts) | {
            "healthy": one.healthy,
            "pairs": one.pairs,
            "successRate": rate(one.success_rate),
            "rollbackRate": rate(one.rollback_rate),
            "productionDeploys": one.production_deploys,
            "meanDurationSec": seconds(one.mean_deploy_minutes),
            "gatesMissing": one.gates_missing,
            "passRates": {suite.lower(): rate(of) for suite, of in one.suites.items()},
        })
        for one in found.rows
    )  # fmt: skip
    return Table((*SCORE, *suites), rows)


def _gates(suites: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"gates.{suite.lower()}.{name}" for suite in suites for name in GATE)


def _attempt(one: Attempt, serving: bool) -> Row:
    return flat(attempt(one, serving)) | {"durationSec": _between(one.started_at, one.ended_at)}


def _service(one: Service) -> dict[str, Any]:
    return {"serviceId": one.service_id, "serviceName": one.name, "team": one.team, "tier": one.tier}


def _state(one: PairState) -> dict[str, Any]:
    latest = one.latest
    return flat(state(one)) | {"latestAttempt.durationSec": _between(latest.started_at, latest.ended_at)}


def _between(start: Instant, end: Instant | None) -> float | None:
    return None if end is None else seconds_between(start, end)


def seconds(minutes: float | None) -> float | None:
    """Minutes as seconds, to a tenth."""
    return None if minutes is None else round(minutes * 60, 1)
