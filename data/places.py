"""Where an event's claim goes, and which fact is folded for it. Pure."""

from dataclasses import dataclass

from data import keys
from data.catalog_models import Catalog
from data.events import (
    AnyEvent,
    BuildEvent,
    DeploymentEvent,
    IncidentEvent,
    PromotionEvent,
    RetirementEvent,
    to_claim,
)
from data.models import (
    Claim,
)
from data.tables import TableNames


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event's claim goes, and which fact is folded for it."""

    table: str
    pk: str
    claim: Claim
    # ("attempt", id) | ("version", c, s, v) | ("promotion", s, id) | ("incident", s, id) | ("build", image)
    # | ("retirement", c, s)
    fact: tuple[str, ...]


def place(event: AnyEvent, catalog: Catalog, tables: TableNames) -> Place:
    """Where this event belongs: to a named attempt, or to its version, or to a promotion or incident."""
    claim = to_claim(event)
    if isinstance(event, PromotionEvent):
        pk = keys.promotion_partition(event.service_id, event.promotion_id)
        return Place(tables.promotions, pk, claim, ("promotion", event.service_id, event.promotion_id))
    if isinstance(event, IncidentEvent):
        pk = keys.incident_partition(event.service_id, event.incident_id)
        return Place(tables.events, pk, claim, ("incident", event.service_id, event.incident_id))
    if isinstance(event, BuildEvent):
        return Place(tables.events, keys.build_partition(event.image), claim, ("build", event.image))
    if isinstance(event, RetirementEvent):
        pk = keys.retirement_partition(event.cluster_id, event.service_id)
        return Place(tables.events, pk, claim, ("retirement", event.cluster_id, event.service_id))
    named = event.attempt_id
    if isinstance(event, DeploymentEvent) and not opens(event, catalog):
        named, claim = None, to_claim(event, observation=True)
    if named:
        return Place(tables.test_runs, named, claim, ("attempt", named))
    version = (event.cluster_id, event.service_id, event.build_version)
    return Place(tables.test_runs, keys.version_partition(*version), claim, ("version", *version))


def opens(event: DeploymentEvent, catalog: Catalog) -> bool:
    """Whether this source opens attempts of the pair; else its words are observations."""
    opener = catalog.opener(event.cluster_id, event.service_id)
    return opener is None or opener == event.source
