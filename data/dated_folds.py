"""From claims to promotions and incidents: facts that stand at a time of their own within a service. Pure."""

from collections.abc import Iterable, Sequence

from data.events import IncidentEvent, PromotionEvent, from_claim
from data.folds import FOLD_VERSION, claim_lines, digest, expiry, keep, last_said
from data.models import Claim, Incident, Instant, Promotion, PromotionStatus

PROMOTION_RANK = {
    PromotionStatus.PENDING: 0,
    PromotionStatus.APPROVED: 1,
    PromotionStatus.IN_PROGRESS: 2,
    PromotionStatus.SUCCEEDED: 3,
    PromotionStatus.FAILED: 4,
    PromotionStatus.REJECTED: 5,
}


def claims_rev(claims: Sequence[Claim]) -> str:
    """Digest of everything the fold reads."""
    return digest([FOLD_VERSION, *claim_lines(claims)])


def _promotion_order(event: PromotionEvent) -> tuple[int, Instant, str, str]:
    return PROMOTION_RANK[event.status], event.event_time, event.digest, event.event_id


def fold_promotion(claims: Sequence[Claim], retention_days: int) -> Promotion:
    """A promotion from its claims: the furthest status, the earliest time, each field's last word."""
    kept, _ = keep(claims)
    words = [event for event in map(from_claim, kept) if isinstance(event, PromotionEvent)]
    events = sorted(words, key=_promotion_order, reverse=True)
    first = events[0]
    promoted_at = min(event.promoted_at for event in events)
    return Promotion(
        promotion_id=first.promotion_id,
        service_id=first.service_id,
        build_version=first.build_version,
        from_cluster_id=first.from_cluster_id,
        to_cluster_id=first.to_cluster_id,
        promoted_at=promoted_at,
        status=first.status,
        status_at=min((e.event_time for e in events if e.status is first.status and e.event_time), default=None),
        promoted_by=last_said(events, "promoted_by"),
        approver=last_said(events, "approver"),
        reason=last_said(events, "reason"),
        source=first.source,
        received_at=min(event.received_at for event in events),
        expires_at=expiry(promoted_at, retention_days),
        rev=claims_rev(kept),
    )


def fold_incident(claims: Sequence[Claim], retention_days: int) -> Incident:
    """An incident from its claims: earliest start, each other field's last word."""
    kept, _ = keep(claims)
    words = [event for event in map(from_claim, kept) if isinstance(event, IncidentEvent)]
    events = sorted(words, key=lambda e: (e.event_time, e.digest, e.event_id), reverse=True)
    started_at = min(event.started_at for event in events)
    return Incident(
        incident_id=events[0].incident_id,
        service_id=events[0].service_id,
        cluster_id=last_said(events, "cluster_id"),
        started_at=started_at,
        resolved_at=last_said(events, "resolved_at"),
        attempt_id=last_said(events, "attempt_id"),
        title=last_said(events, "title"),
        url=last_said(events, "url"),
        source=events[0].source,
        received_at=min(event.received_at for event in events),
        expires_at=expiry(started_at, retention_days),
        rev=claims_rev(kept),
    )


def moments_of(claims: Iterable[Claim]) -> list[Instant]:
    """Every time claimed for a promotion or incident: each is a place where its item may once have stood."""
    found: set[Instant] = set()
    for event in map(from_claim, claims):
        if isinstance(event, PromotionEvent):
            found.add(event.promoted_at)
        elif isinstance(event, IncidentEvent):
            found.add(event.started_at)
    return sorted(found)
