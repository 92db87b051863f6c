"""Rollouts that two sources report, each with an attempt of its own: they count twice until the catalog names one.

Pure: from what was said lately to what to tell people, with the line that mends it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.catalog_models import Catalog
from data.events import DeploymentEvent
from data.instants import seconds_between
from data.models import Instant

WITHIN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class OpenedTwice:
    """One version of one pair, for which several sources opened attempts within an hour; the first one first."""

    cluster_id: str
    service_id: str
    build_version: str
    openings: tuple[tuple[str, str], ...]  # (source, attempt id)

    @property
    def sources(self) -> tuple[str, ...]:
        """Who opened, the first one first."""
        return tuple(source for source, _ in self.openings)

    @property
    def catalog_line(self) -> str:
        """The entry of `openers.pairs` that lets the first one open and makes observations of the others."""
        return f"{{cluster: {self.cluster_id}, service: {self.service_id}, source: {self.openings[0][0]}}}"


def opened_twice(events: Iterable[DeploymentEvent], catalog: Catalog) -> list[OpenedTwice]:
    """The pairs concerned, each with its newest such version; none where the catalog names who opens."""
    begun: dict[tuple[str, str, str], dict[str, tuple[Instant, str]]] = defaultdict(dict)
    for event in events:
        first = begun[event.cluster_id, event.service_id, event.build_version]
        was = first.get(event.attempt_id)
        if was is None or event.started_at < was[0]:
            first[event.attempt_id] = event.started_at, event.source
    found: dict[tuple[str, str], tuple[Instant, OpenedTwice]] = {}
    for (cluster_id, service_id, version), attempts in begun.items():
        openings = _together(sorted((at, source, attempt) for attempt, (at, source) in attempts.items()))
        if not openings or catalog.opener(cluster_id, service_id) is not None:
            continue
        pairs = tuple((source, attempt) for _, source, attempt in openings)
        last = openings[-1][0]
        if last >= found.get((cluster_id, service_id), ("",))[0]:
            found[cluster_id, service_id] = last, OpenedTwice(cluster_id, service_id, version, pairs)
    return [found[pair][1] for pair in sorted(found)]


def _together(openings: Sequence[tuple[Instant, str, str]]) -> list[tuple[Instant, str, str]]:
    """The newest openings of different sources that are within an hour of the first of them; none if only one."""
    for place, (began, source, _) in reversed(list(enumerate(openings))):
        near: list[tuple[Instant, str, str]] = [openings[place]]
        for one in openings[place + 1 :]:
            if one[1] not in {known[1] for known in near} and seconds_between(began, one[0]) <= WITHIN_SECONDS:
                near.append(one)
        if len(near) > 1 and source:
            return near
    return []
