"""What each attempt of a production pair was: deployment, restore or neither; which changes failed, and until when.

The definitions are those of the delivery metrics (docs/delivery.md). Of a pair's attempts those that reached users
are walked through in the order in which they came to serve. Pure; times are epoch milliseconds.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from data.models import SUCCESSFUL, TERMINAL, Status, Trigger
from data.version_order import precedence

HOTFIX_WITHIN_MS = 24 * 3_600_000
INCIDENT_WITHIN_MS = 72 * 3_600_000


class Kind(StrEnum):
    """What an attempt counts as."""

    DEPLOYMENT = "deployment"
    RESTORE = "restore"  # it put an earlier version back
    REDEPLOY = "redeploy"  # it put out what served already
    FAILED_ROLLOUT = "failed_rollout"  # it never served
    CANCELLED = "cancelled"
    IN_PROGRESS = "in_progress"


class Failure(StrEnum):
    """By which rule a deployment is a change failure; the first that fits, in this order."""

    ROLLED_BACK = "rolled_back"  # its own status says so
    RESTORED = "restored"  # a later restore went back to what served before it
    HOTFIX = "hotfix"  # the next deployment was a hotfix, within 24 hours
    INCIDENT = "incident"  # an incident names it, or began within 72 hours after it and names none


class Rework(StrEnum):
    """Why a deployment or restore was unplanned."""

    RESTORE = "restore"
    HOTFIX = "hotfix"
    INCIDENT_FIX = (
        "incident_fix"  # it came while an incident of an earlier deployment was open, and ended the failure
    )


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt, as far as it is judged."""

    attempt_id: str
    version: str
    status: Status
    trigger: Trigger
    started: int
    ended: int | None = None
    names_way_back: bool = False  # it carries rollbackToBuild
    hotfix: bool = False  # labelled so
    cancelled: bool = False

    @property
    def end(self) -> int:
        """When it came to serve: its end; an attempt that names none counts from its start."""
        return self.started if self.ended is None else self.ended

    @property
    def is_hotfix(self) -> bool:
        return self.hotfix or self.trigger is Trigger.HOTFIX


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident that is linked to a deployment; `resolved` None = it is open."""

    incident_id: str
    started: int
    resolved: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one attempt was. Of a failed deployment `detected` is set; `recovered` None = it is still open."""

    kind: Kind
    failure: Failure | None = None
    detected: int | None = None
    recovered: int | None = None
    recovered_by: int | None = None  # the place of the attempt that did; None: the incident was resolved otherwise
    incident_id: str | None = None
    rework: Rework | None = None


@dataclass(slots=True)
class Walk:
    """A pair's attempts in the order they reached users, and what that alone tells."""

    kinds: list[Kind]  # by place among the attempts given
    order: list[int] = field(default_factory=list)  # places of those that reached users
    deployments: list[int] = field(default_factory=list)  # places, in that order
    # place of a failed deployment -> (rule, position in `order` from which its recovery is looked for)
    failed: dict[int, tuple[Failure, int]] = field(default_factory=dict)


def walk(tries: Sequence[Try], hurt: AbstractSet[int] = frozenset()) -> Walk:
    """Go through a pair's attempts. `hurt`: places of failed rollouts that an incident names: users were reached."""
    way = Walk([_unserved(one) for one in tries])
    way.order = sorted(
        (place for place, one in enumerate(tries) if _reached(one) or (place in hurt and not one.cancelled)),
        key=lambda place: (tries[place].end, tries[place].started, tries[place].attempt_id),
    )
    steps = _Steps(way, _first_seen(tries))
    for position, place in enumerate(way.order):
        steps.take(place, tries[place], position, tries)
    return way


def _unserved(one: Try) -> Kind:
    """What an attempt is unless it reached users."""
    if one.cancelled:
        return Kind.CANCELLED
    return Kind.FAILED_ROLLOUT if one.status in TERMINAL else Kind.IN_PROGRESS


def _reached(one: Try) -> bool:
    return not one.cancelled and (one.status in SUCCESSFUL or one.status is Status.ROLLBACK)


def _first_seen(tries: Sequence[Try]) -> dict[str, tuple[int, str]]:
    seen: dict[str, tuple[int, str]] = {}
    for one in tries:
        mine = one.started, one.attempt_id
        seen[one.version] = min(mine, seen.get(one.version, mine))
    return seen


@dataclass(slots=True)
class _Steps:
    """What is known while walking."""

    way: Walk
    first_seen: Mapping[str, tuple[int, str]]
    live: str | None = None
    taken_back: bool = False  # what went out last was rolled back
    began: dict[str, int] = field(default_factory=dict)  # version -> how many deployments there were when it began

    def take(self, place: int, one: Try, position: int, tries: Sequence[Try]) -> None:
        """One attempt that reached users."""
        if one.status is Status.FAILED:  # it hurt users, yet never served
            self.way.kinds[place] = Kind.DEPLOYMENT
            self.way.deployments.append(place)
            return
        kind = self._kind(one)
        self.way.kinds[place] = kind
        if kind is Kind.RESTORE:
            self._blame(one.version, position)
        elif kind is Kind.DEPLOYMENT:
            self._hotfixes(place, one, position, tries)
            self.way.deployments.append(place)
        if one.version != self.live or kind is Kind.DEPLOYMENT:
            self.live = one.version
            self.began[one.version] = len(self.way.deployments)
        self.taken_back = one.status is Status.ROLLBACK
        if self.taken_back and kind is Kind.DEPLOYMENT:
            self.way.failed[place] = Failure.ROLLED_BACK, position + 1

    def _kind(self, one: Try) -> Kind:
        goes_back = one.names_way_back and one.status is not Status.ROLLBACK
        if one.trigger is Trigger.ROLLBACK or goes_back or self._came_back(one.version):
            return Kind.RESTORE
        if one.version == self.live and not self.taken_back:
            return Kind.REDEPLOY
        return Kind.DEPLOYMENT

    def _came_back(self, version: str) -> bool:
        """Whether it served here before and is older than what served last."""
        if self.live is None or version == self.live or version not in self.began:
            return False
        mine, theirs = precedence(version), precedence(self.live)
        if mine is not None and theirs is not None and mine != theirs:
            return mine < theirs
        return self.first_seen[version] < self.first_seen[self.live]

    def _blame(self, version: str, position: int) -> None:
        """The first deployment after the version last began to serve; where it was never seen to, the latest one."""
        deployments = self.way.deployments
        at = self.began.get(version, len(deployments) - 1)
        if 0 <= at < len(deployments):
            self._fail(deployments[at], Failure.RESTORED, position)

    def _hotfixes(self, place: int, one: Try, position: int, tries: Sequence[Try]) -> None:
        """A hotfix tells on the deployment just before it."""
        if not one.is_hotfix or not self.way.deployments:
            return
        before = self.way.deployments[-1]
        if one.end - tries[before].end <= HOTFIX_WITHIN_MS:
            self._fail(before, Failure.HOTFIX, position)

    def _fail(self, place: int, rule: Failure, position: int) -> None:
        known = self.way.failed.get(place)
        if known is None or RANK[rule] < RANK[known[0]]:
            self.way.failed[place] = rule, position


RANK = {rule: rank for rank, rule in enumerate(Failure)}


def judged(tries: Sequence[Try], way: Walk, troubles: Mapping[int, Trouble]) -> list[Judgement]:
    """What each attempt was; `troubles`: the incident of a deployment, by its place (the earliest of several)."""
    positions = {place: position for position, place in enumerate(way.order)}
    rework = {place: _rework(tries[place], kind) for place, kind in enumerate(way.kinds)}
    failures: dict[int, Judgement] = {}
    for place in way.deployments:
        trouble = troubles.get(place)
        rule, since = way.failed.get(place, (Failure.INCIDENT, positions[place] + 1))
        if place not in way.failed and trouble is None:
            continue
        failures[place] = found = _failure(tries, way, place, rule, since, trouble)
        if rule is Failure.INCIDENT and found.recovered_by is not None:
            by = found.recovered_by
            if way.kinds[by] is Kind.DEPLOYMENT:
                rework[by] = rework[by] or Rework.INCIDENT_FIX
    return [
        Judgement(kind, rework=rework[place]) if place not in failures
        else _with_rework(failures[place], rework[place])
        for place, kind in enumerate(way.kinds)
    ]  # fmt: skip


def _with_rework(found: Judgement, rework: Rework | None) -> Judgement:
    return Judgement(
        found.kind, found.failure, found.detected, found.recovered, found.recovered_by, found.incident_id, rework
    )


def _rework(one: Try, kind: Kind) -> Rework | None:
    if kind is Kind.RESTORE:
        return Rework.RESTORE
    return Rework.HOTFIX if kind is Kind.DEPLOYMENT and one.is_hotfix else None


def _failure(
    tries: Sequence[Try], way: Walk, place: int, rule: Failure, since: int, trouble: Trouble | None
) -> Judgement:
    """A failed deployment: noticed at its end or as its incident began, over with what next served well.

    An incident that was resolved before anything else went out ended the failure as well.
    """
    by_incident = trouble if rule is Failure.INCIDENT else None
    detected = by_incident.started if by_incident else tries[place].end
    by = next(
        (one for one in way.order[since:] if tries[one].status in SUCCESSFUL and tries[one].end >= detected), None
    )
    recovered = None if by is None else tries[by].end
    resolved = by_incident.resolved if by_incident else None
    if resolved is not None and (recovered is None or resolved < recovered):
        by, recovered = None, max(resolved, detected)
    return Judgement(Kind.DEPLOYMENT, rule, detected, recovered, by, trouble.incident_id if trouble else None)


def concerned(ends: Sequence[int], incident_started: int) -> int | None:
    """Which deployment an incident that names none is about: the latest that ended before, within 72 hours.

    `ends` ascending; the place in it, None where there was none.
    """
    place = bisect_left(ends, incident_started + 1) - 1
    if place < 0 or incident_started - ends[place] > INCIDENT_WITHIN_MS:
        return None
    return place
