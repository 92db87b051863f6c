"""Who was let in, and what may be sent with that credential: checked again once the events are known. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from data import keys
from data.errors import Forbidden
from data.events import AnyEvent, BuildEvent, IncidentEvent, PromotionEvent


@dataclass(frozen=True, slots=True)
class Admission:
    """A genuine credential. None: not bound in that respect; `name` tells nothing of the secret."""

    name: str
    sources: frozenset[str] | None = None
    clusters: frozenset[str] | None = None
    services: frozenset[str] | None = None


def check(admission: Admission, source: str, events: Iterable[AnyEvent]) -> None:
    """Forbidden where the credential does not cover the source, or a cluster or service of an event."""
    told = list(events)
    _within(admission.sources, {event.source for event in told} or {source}, "source")
    _within(admission.clusters, {one for event in told for one in _clusters(event)}, "cluster")
    _within(admission.services, {one for event in told for one in _services(event)}, "service")


def _within(bound: frozenset[str] | None, named: set[str | None], what: str) -> None:
    """None among the named: the event speaks of all of them, which a bound credential may not."""
    if bound is None:
        return
    for one in sorted(named - bound, key=str):
        raise Forbidden(f"this credential is not for {f'{what} {one}' if one else f'every {what}'}")


def _clusters(event: AnyEvent) -> tuple[str | None, ...]:
    if isinstance(event, PromotionEvent):
        return event.from_cluster_id, event.to_cluster_id
    if isinstance(event, BuildEvent):
        return (None,)
    return event.cluster_id, *_named_by_attempt(event, 0)


def _services(event: AnyEvent) -> tuple[str | None, ...]:
    return (None,) if isinstance(event, BuildEvent) else (event.service_id, *_named_by_attempt(event, 1))


def _named_by_attempt(event: AnyEvent, place: int) -> tuple[str, ...]:
    """An incident may name an attempt of anybody beside its own place."""
    parts = keys.split_attempt_id(event.attempt_id or "") if isinstance(event, IncidentEvent) else None
    return (parts[place],) if parts else ()
