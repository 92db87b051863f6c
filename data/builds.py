"""One build attempt with everything known of it: a screen and an endpoint show the same."""

from data.catalog_models import Catalog
from data.health import with_missing
from data.instants import add
from data.models import (
    Attempt,
    Incident,
    Instant,
    Scope,
)
from data.store import Store
from data.views import BuildDetail

INCIDENT_WINDOW_SEC = 72 * 3600  # an incident that names no attempt is looked for so long after it


def build(store: Store, scope: Scope, attempt_id: str, catalog: Catalog, serving_id: str | None) -> BuildDetail:
    """The attempt, its evidence and its surroundings, in at most eight calls; NotFound without it."""
    evidence = store.evidence(scope, attempt_id)
    attempt = store.attempt(scope, attempt_id, seen=evidence.started_at)
    siblings, built_from = store.surroundings(scope, attempt.service_id, attempt.build_version, attempt.image)
    promotions = store.service_promotions(scope, attempt.service_id, version=attempt.build_version, limit=200)
    since, until = incident_window(attempt)
    incidents = store.incidents(scope, attempt.service_id, since=since, until=until, limit=200)
    return BuildDetail(
        attempt=attempt,
        serving=serving_id == attempt_id,
        runs=evidence.runs,
        gates=with_missing(attempt.gates, catalog.service(attempt.service_id).suites),
        claims=evidence.claims,
        siblings=[one for one in siblings if one.attempt_id != attempt_id],
        promotions=promotions.items,
        incidents=[one for one in incidents.items if concerns(one, attempt)],
        built_from=built_from,
    )


def incident_window(attempt: Attempt) -> tuple[Instant, Instant]:
    """When an incident this attempt may have caused would have begun."""
    return attempt.started_at, add(attempt.ended_at or attempt.started_at, INCIDENT_WINDOW_SEC)


def concerns(incident: Incident, attempt: Attempt) -> bool:
    """Whether an incident names this attempt, or names none and happened on its pair."""
    if incident.attempt_id is not None:
        return incident.attempt_id == attempt.attempt_id
    return incident.cluster_id in (None, attempt.cluster_id)
