"""Which services' delivery a new generation has to work out again, and which it takes over. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from data.delivery_ledger import ledger_of, stages_of, updated
from data.generation import Generation
from data.models import PairDayKey


def with_ledger(gen: Generation, old: Generation | None = None, days: Iterable[PairDayKey] = ()) -> Generation:
    """The generation with its ledger; `days`: those whose attempts differ from the `old` generation's."""
    services = list(gen.services.values())
    if old is None or old.ledger is None:
        return replace(gen, ledger=ledger_of(gen.attempts, gen.catalog, services, gen.incidents))
    changed = _changed(gen, old, days)
    made = updated(old.ledger, gen.attempts, gen.catalog, services, gen.incidents, changed)
    return replace(gen, ledger=made)


def _changed(gen: Generation, old: Generation, days: Iterable[PairDayKey]) -> set[str]:
    """The services with other attempts where it counts, other incidents or other suites that are expected."""
    stages = stages_of(gen.catalog)
    counted = {*stages.production, *stages.lowest}
    found = {service for cluster, service, _ in days if cluster in counted}
    known = gen.incidents.keys() | old.incidents.keys()
    found |= {one for one in known if list(gen.incidents.get(one, ())) != list(old.incidents.get(one, ()))}
    for service_id, service in gen.services.items():
        before = old.services.get(service_id)
        if before is None or before.suites != service.suites:
            found.add(service_id)
    return found
