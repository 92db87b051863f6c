"""What a delivery's events would change, told by the folds themselves over what is stored, with nothing written.

The reads are bounded: of so many events the claims of each one's fact, and for an attempt those of its version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

from data.catalog_models import Catalog
from data.dated_folds import fold_incident, fold_promotion
from data.events import (
    AnyEvent,
    BuildEvent,
    DeploymentEvent,
    IncidentEvent,
    PromotionEvent,
    RetirementEvent,
    TestResultEvent,
    camel,
    to_claim,
)
from data.folds import Version, bound_to, fold_attempt, listing
from data.models import Attempt, Claim, Gate, Scope
from data.places import opens
from data.standing_folds import fold_build, fold_retirement

MOST_EVENTS = 20
RETENTION_DAYS = 90  # only an expiry depends on it, and none is shown here
DECIDED = frozenset({"status", "sha", "moments"})  # told as before and after
NOT_SHOWN = frozenset({"rev", "received_at", "expires_at", "attempt_id", "cluster_id", "service_id", "gates"})


class Reader(Protocol):
    """The reads this needs (`data.store.Store`)."""

    def claims(self, scope: Scope, attempt_id: str) -> list[Claim]: ...

    def version(self, scope: Scope, cluster_id: str, service_id: str, version: str) -> Version: ...

    def claims_of(self, scope: Scope, event: AnyEvent) -> list[Claim]: ...


@dataclass(frozen=True, slots=True)
class Effect:
    """What one event would change.

    `before` and `after` are the status of what it is about, for a test result the verdict of its gate; None where
    there is none. `known`: its claim is there already, so that nothing changes.
    """

    about: str  # attempt | gate | promotion | incident | build | retirement
    subject: str
    known: bool
    before: str | None = None
    after: str | None = None
    changed: tuple[str, ...] = ()  # camelCase names of other fields that would read differently
    attempt_id: str | None = None  # the attempt it belongs to, as far as it belongs to one

    @property
    def sentence(self) -> str:
        """The effect in words."""
        name = f"{self.about} {self.subject}"
        if self.known:
            return f"{name}: known already, nothing changes"
        if self.about == "gate" and self.attempt_id is None:
            return f"{name}: waits for an attempt of this version"
        if self.after is None:
            return f"{name}: kept; no attempt is opened by it"
        return self._move(name)

    def _move(self, name: str) -> str:
        others = f", changes {', '.join(self.changed)}" if self.changed else ""
        if self.before is None:
            return f"{name}: new, {self.after}"
        if self.before != self.after:
            return f"{name}: {self.before} becomes {self.after}{others}"
        return f"{name}: stays {self.after}{others or ', kept as a claim'}"

    def as_json(self) -> dict[str, Any]:
        """The effect in the API's words."""
        return {
            "about": self.about, "subject": self.subject, "known": self.known, "before": self.before,
            "after": self.after, "changed": list(self.changed), "attemptId": self.attempt_id,
            "sentence": self.sentence,
        }  # fmt: skip


def effects(events: Sequence[AnyEvent], reader: Reader, scope: Scope, catalog: Catalog) -> list[Effect]:
    """The effect of each of the first MOST_EVENTS events, those before it in the delivery taken as stored."""
    seen = _Overlay(reader, scope, catalog)
    return [seen.effect(event) for event in events[:MOST_EVENTS]]


class _Overlay:
    """What is stored, with the claims of the events already looked at on top."""

    def __init__(self, reader: Reader, scope: Scope, catalog: Catalog) -> None:
        self._reader = reader
        self._scope = scope
        self._catalog = catalog
        self._added: list[tuple[AnyEvent, Claim]] = []

    def effect(self, event: AnyEvent) -> Effect:
        """The effect of this event after those before it."""
        claim = self._claim(event)
        made = self._effect(event, claim)
        self._added.append((event, claim))
        return made

    def _effect(self, event: AnyEvent, claim: Claim) -> Effect:
        if isinstance(event, DeploymentEvent | TestResultEvent):
            return self._on_attempt(event, claim)
        about, subject = _subject(event)
        held = self._reader.claims_of(self._scope, event)
        held = _with(held, [added for other, added in self._added if _subject(other) == (about, subject)])
        was, now = _told(event, held) if held else (None, None), _told(event, _with(held, [claim]))
        changed = _changed(was[1], now[1], also_not=DECIDED)
        return Effect(about, subject, _holds(held, claim), was[0], now[0], changed)

    def _on_attempt(self, event: DeploymentEvent | TestResultEvent, claim: Claim) -> Effect:
        version = self._version(event)
        named = event.attempt_id if not claim.observation else None
        held = self._own(named) if named else list(version.waiting)
        known = _holds(held, claim)
        wanted = named or bound_to(claim, version.listed)
        after_version = version if named else replace(version, waiting=tuple(_with(version.waiting, [claim])))
        was = self._fold(wanted, self._own(wanted), version) if wanted else None
        now = None
        if wanted:
            own = _with(self._own(wanted), [claim] if named else [])
            now = self._fold(wanted, own, after_version)
        if isinstance(event, TestResultEvent):
            return _on_gate(event, known, was, now, wanted)
        return Effect(
            "attempt", event.attempt_id, known, _status(was), _status(now),
            _changed(was, now, also_not={"status"}), wanted,
        )  # fmt: skip

    def _own(self, attempt_id: str) -> list[Claim]:
        held = self._reader.claims(self._scope, attempt_id)
        added = [c for e, c in self._added if getattr(e, "attempt_id", None) == attempt_id and not c.observation]
        return _with(held, added)

    def _version(self, event: DeploymentEvent | TestResultEvent) -> Version:
        """The version's partition with what the events before would add to it."""
        place = (event.cluster_id, event.service_id, event.build_version)
        version = self._reader.version(self._scope, *place)
        listed = {one.attempt_id: one for one in version.listed}
        waiting: list[Claim] = []
        for other, claim in self._added:
            if not isinstance(other, DeploymentEvent | TestResultEvent):
                continue
            if (other.cluster_id, other.service_id, other.build_version) != place:
                continue
            if other.attempt_id is None or claim.observation:
                waiting.append(claim)
            elif alone := self._alone(other.attempt_id, self._own(other.attempt_id)):
                listed[other.attempt_id] = listing(alone)
        return Version(tuple(listed.values()), tuple(_with(version.waiting, waiting)))

    def _alone(self, attempt_id: str, own: Sequence[Claim]) -> Attempt | None:
        return fold_attempt(attempt_id, own, Version(), RETENTION_DAYS).attempt

    def _fold(self, attempt_id: str, own: Sequence[Claim], version: Version) -> Attempt | None:
        """The attempt as it stands with these claims, itself listed in its version."""
        alone = self._alone(attempt_id, own)
        if alone is None:
            return None
        listed = {one.attempt_id: one for one in version.listed} | {attempt_id: listing(alone)}
        whole = replace(version, listed=tuple(listed.values()))
        return fold_attempt(attempt_id, own, whole, RETENTION_DAYS).attempt

    def _claim(self, event: AnyEvent) -> Claim:
        observed = isinstance(event, DeploymentEvent) and not opens(event, self._catalog)
        return to_claim(event, observation=observed)


def _on_gate(
    event: TestResultEvent, known: bool, was: Attempt | None, now: Attempt | None, attempt_id: str | None
) -> Effect:
    before, after = _gate(was, event.suite), _gate(now, event.suite)
    subject = f"{event.suite} of {attempt_id or f'{event.cluster_id}:{event.service_id}:{event.build_version}'}"
    held = attempt_id if now is not None else None  # a result may be there before its attempt
    changed = _changed(before, after, also_not={"verdict", "suite"})
    return Effect("gate", subject, known, _verdict(before), _verdict(after), changed, held)


def _gate(attempt: Attempt | None, suite: str) -> Gate | None:
    return next((gate for gate in attempt.gates if gate.suite == suite), None) if attempt else None


def _verdict(gate: Gate | None) -> str | None:
    return gate.verdict.value if gate else None


def _subject(event: AnyEvent) -> tuple[str, str]:
    """What an event is about, where it is no attempt."""
    if isinstance(event, PromotionEvent):
        return "promotion", f"{event.promotion_id} of {event.service_id}"
    if isinstance(event, IncidentEvent):
        return "incident", f"{event.incident_id} of {event.service_id}"
    if isinstance(event, BuildEvent):
        return "build", event.image
    if isinstance(event, RetirementEvent):
        return "retirement", f"of {event.service_id} on {event.cluster_id}"
    return "attempt", ""


def _status(fact: Attempt | None) -> str | None:
    return fact.status.value if fact else None


def _told(event: AnyEvent, claims: Sequence[Claim]) -> tuple[str | None, Any]:
    """(what is shown first of a fact, the fact) by its claims; of attempts the fold tells more."""
    if isinstance(event, PromotionEvent):
        promotion = fold_promotion(claims, RETENTION_DAYS)
        return promotion.status.value, promotion
    if isinstance(event, IncidentEvent):
        incident = fold_incident(claims, RETENTION_DAYS)
        return ("resolved" if incident.resolved_at else "open"), incident
    if isinstance(event, BuildEvent):
        build = fold_build(claims, RETENTION_DAYS)
        return f"made from {build.sha}", build
    retirement = fold_retirement(claims)
    return f"retired at {retirement.moments[-1]}", retirement


def _holds(held: Sequence[Claim], claim: Claim) -> bool:
    return any((one.event_id, one.digest) == (claim.event_id, claim.digest) for one in held)


def _with(held: Sequence[Claim], more: Sequence[Claim]) -> list[Claim]:
    """Claims are a set: each counts once."""
    known = {(one.event_id, one.digest) for one in held}
    return [*held, *(one for one in more if (one.event_id, one.digest) not in known)]


def _changed(was: Any, now: Any, also_not: frozenset[str] | set[str] = frozenset()) -> tuple[str, ...]:
    """Names of the fields that would read differently; none where it is new."""
    if was is None or now is None:
        return ()
    names = (field.name for field in fields(now) if field.name not in NOT_SHOWN and field.name not in also_not)
    return tuple(camel(name) for name in names if getattr(was, name) != getattr(now, name))
