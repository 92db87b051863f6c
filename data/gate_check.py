"""Whether a version may go to a cluster-region now, for a pipeline to ask. What is not shown is a no.

The same findings make the promotions page (`data/promotion_gates.py`); here the version is given, and it must be the
one that serves in the stage before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data import visible
from data.catalog_models import Cluster, ClusterType, GateRule, Service
from data.errors import NotFound
from data.gate_queries import attempts_of
from data.generation import Generation
from data.instants import to_instant
from data.models import Promotion, Scope
from data.promotion_gates import Finding, freezes_at, promotion_to, rule_for, where_it_serves
from data.promotion_path import STAGES, newest_promotions, way
from data.promotion_views import Blocker, BlockerKind
from data.quality_ledger import deployments_of
from data.views import PairState


@dataclass(frozen=True, slots=True)
class Decision:
    """May it go there? `rule`: the name of the catalog's rule that was held to; None: the path's own."""

    service_id: str
    version: str
    to_cluster_id: str
    rule: str | None
    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        return all(one.passed for one in self.findings)


def check(
    gen: Generation,
    scope: Scope,
    service_id: str,
    version: str,
    cluster_id: str,
    promotions: Iterable[Promotion] | None,
    now: datetime,
) -> Decision:
    """The decision; `promotions` None: they could not be read.

    NotFound where cluster or service is unknown or out of scope, or no attempt of the version was ever seen.
    """
    target, service = visible.cluster(gen, scope, cluster_id), visible.service(gen, scope, service_id)
    build = service_id, version
    if attempts_of(gen.attempts, scope, {build}, ("started",)).empty:
        raise NotFound(f"there is no attempt of {service_id} {version!r}")
    rule = rule_for(gen.catalog.gates, target.type, service_id)
    moment = to_instant(now)
    frozen = [one for one in gen.catalog.freezes if one.holds_at(moment)]
    found = [
        *_before(gen, scope, service, version, target, rule, moment),
        _in_production(gen, scope, target, build),
        *freezes_at(cluster_id, service, frozen),
        _promotion(cluster_id, (service_id, version, cluster_id), promotions),
    ]
    return Decision(service_id, version, cluster_id, rule.name if rule else None, tuple(found))


def _before(
    gen: Generation, scope: Scope, service: Service, version: str, target: Cluster, rule: GateRule | None, now: str
) -> list[Finding]:
    """What the version shows in the stage before; of several places where it serves, the one that shows most."""
    clusters = visible.clusters(gen, scope)
    here, first = target.cluster_id, _first_stage(clusters)
    asked = "serves in the stage before"
    if target.type not in STAGES:
        return [_no("before", here, asked, "the catalog does not say to which stage this cluster-region belongs")]
    if target.type is first:
        return [Finding("before", here, "nothing: it is the first stage", "the first stage")]
    leading = way(clusters).before.get(here, ())
    if not leading:
        return [_no("before", here, asked, "no cluster-region of the stage before leads here")]
    states = visible.states(gen, scope)
    of = [(one, states.get((one.cluster_id, service.service_id))) for one in leading]
    serving = [(one, state) for one, state in of if state is not None and state.serving_version == version]
    if not serving:
        return [_no("before", leading[0].cluster_id, asked, _instead(of))]
    shown = [
        [Finding("before", one.cluster_id, asked, f"serves on {one.cluster_id} since {state.current.serving_since}"),
         *where_it_serves(state, service, one, rule, now)]
        for one, state in serving
    ]  # fmt: skip
    return min(shown, key=lambda findings: sum(not one.passed for one in findings))


def _first_stage(clusters: Sequence[Cluster]) -> ClusterType:
    return next(stage for stage in STAGES if any(one.type is stage for one in clusters))


def _instead(of: Iterable[tuple[Cluster, PairState | None]]) -> str:
    """What serves there in its place."""
    told = (
        f"{state.serving_version} on {one.cluster_id}" if state and state.serving_version
        else f"nothing on {one.cluster_id}"
        for one, state in of
    )  # fmt: skip
    return f"it does not serve there; what does: {', '.join(told)}"


def _in_production(gen: Generation, scope: Scope, target: Cluster, build: tuple[str, str]) -> Finding:
    deployed = deployments_of(gen, scope, build[0]).of_version(build[1])
    failed = deployed.at(deployed.failed).made()
    asked = "no change failure of this version in production"
    if failed:
        return _no("production", failed[0].cluster_id, asked, f"it failed on {failed[0].cluster_id}")
    return Finding("production", target.cluster_id, asked, "none")


def _promotion(cluster_id: str, of: tuple[str, str, str], promotions: Iterable[Promotion] | None) -> Finding:
    if promotions is None:
        asked = "no promotion that is pending, rejected or failed"
        return _no("promotion", cluster_id, asked, "promotions could not be read")
    newest: Mapping[tuple[str, str, str], Promotion] = newest_promotions(promotions)
    return promotion_to(cluster_id, newest.get(of))


def _no(code: str, cluster_id: str, asked: str, found: str) -> Finding:
    return Finding(code, cluster_id, asked, found, Blocker(BlockerKind.NOT_SHOWN, cluster_id, found))
