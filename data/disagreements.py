"""Where the sources of an attempt contradict each other: each source's last word beside the others'. Pure.

Only what ends an attempt is compared: that one source still sees it running is no contradiction, and clocks differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from data import keys
from data.events import DeploymentEvent, from_claim
from data.folds import RANK, same_commit
from data.instants import seconds_between
from data.models import TERMINAL, Claim, Instant, Status

ENDS_APART_SEC = 900.0  # a pipeline ends when its last step does, a cluster when the pods are ready


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field on which sources differ, and what each says, by source."""

    field: str  # status | commit | end
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """An attempt on which sources disagree, and on what."""

    attempt_id: str
    started_at: Instant
    disagreements: tuple[Disagreement, ...]

    @property
    def place(self) -> tuple[str, str, str]:
        """(cluster id, service id, version)."""
        cluster_id, service_id, version, _ = keys.split_attempt_id(self.attempt_id) or ("", "", "", "")
        return cluster_id, service_id, version


def disagreements(claims: Iterable[Claim]) -> list[Disagreement]:
    """What the deployment claims of one attempt contradict each other in; each source counts by its last word."""
    last = _last_words(claims)
    if len(last) < 2:
        return []
    found = []
    if len({_went_out(event) for event in last.values()}) > 1:
        found.append(_said("status", {source: event.status.value for source, event in last.items()}))
    shas = {source: event.git_sha for source, event in last.items() if event.git_sha}
    if any(not same_commit(one, other) for one in shas.values() for other in shas.values()):
        found.append(_said("commit", shas))
    ends = {source: event.ended_at for source, event in last.items() if event.ended_at}
    if len(ends) > 1 and _apart(ends.values()) > ENDS_APART_SEC:
        found.append(_said("end", ends))
    return found


def _last_words(claims: Iterable[Claim]) -> dict[str, DeploymentEvent]:
    """By source its last word on how it ended: what does not end the attempt contradicts nothing."""
    last: dict[str, DeploymentEvent] = {}
    for claim in claims:
        event = from_claim(claim)
        if not isinstance(event, DeploymentEvent) or event.status not in TERMINAL:
            continue
        held = last.get(event.source)
        if held is None or _order(held) < _order(event):
            last[event.source] = event
    return last


def _order(event: DeploymentEvent) -> tuple[Instant, int, str]:
    return event.event_time, RANK[event.status], event.digest


def _went_out(event: DeploymentEvent) -> bool:
    """What was rolled back later went out first: only failed and not failed contradict each other."""
    return event.status is not Status.FAILED


def _apart(instants: Iterable[Instant]) -> float:
    ordered = sorted(instants)
    return seconds_between(ordered[0], ordered[-1])


def _said(field: str, said: dict[str, str]) -> Disagreement:
    return Disagreement(field, tuple(sorted(said.items())))
