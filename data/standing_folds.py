"""From claims to facts that stand at one place: what an image was built from, when a pair retired. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from data import codec, keys
from data.dated_folds import claims_rev
from data.events import BuildEvent, RetirementEvent, from_claim
from data.folds import expiry, keep, last_said
from data.models import Build, Claim, Current, Retirement


def fold_build(claims: Sequence[Claim], retention_days: int) -> Build:
    """What an image was built from: each field's last word. It is kept for a retention after it was last said."""
    kept, _ = keep(claims)
    words = [event for event in map(from_claim, kept) if isinstance(event, BuildEvent)]
    events = sorted(words, key=lambda e: (e.event_time, e.digest, e.event_id), reverse=True)
    return Build(
        image=events[0].image,
        sha=events[0].sha,
        committed_at=last_said(events, "committed_at"),
        source=events[0].source,
        received_at=min(event.received_at for event in events),
        expires_at=max(expiry(event.received_at, retention_days) for event in events),
        rev=claims_rev(kept),
    )


def fold_retirement(claims: Sequence[Claim]) -> Retirement:
    """Every time at which a pair was taken away."""
    kept, _ = keep(claims)
    events = [event for event in map(from_claim, kept) if isinstance(event, RetirementEvent)]
    moments = sorted({event.retired_at for event in events})
    return Retirement(events[0].cluster_id, events[0].service_id, tuple(moments), claims_rev(kept))


def retired(current: Current, retirement: Retirement | None) -> Current:
    """The state of a pair with its retirement taken into account: what began before it serves no longer.

    A later deployment brings the pair back, whatever becomes of it: its result is what there is to see.
    """
    if retirement is None or not retirement.moments:
        return current
    last = retirement.moments[-1]
    serving = current.serving
    rev = f"{current.rev}+{retirement.rev}"
    if serving and (serving.ended_at or serving.started_at) <= last:
        current = replace(current, serving=None, serving_since=None)
    gone = last if current.latest.started_at <= last else None
    return replace(current, retired_at=gone, retirements=retirement.moments, rev=rev)


def from_build(build: Build) -> codec.Item:
    """The item of a build; its key sorts before its claims, so that it is read before them."""
    body = {"sha": build.sha, "committedAt": build.committed_at, "source": build.source}
    return {
        "pk": codec.text(keys.build_partition(build.image)),
        "sk": codec.text(keys.BUILT),
        "rev": codec.text(build.rev),
        "receivedAt": codec.text(build.received_at),
        "body": codec.text(codec.to_json(body)),
        "expiresAt": codec.number(build.expires_at or 0),
    }


def to_build(item: Mapping[str, Mapping[str, Any]]) -> Build:
    """The build of an item."""
    body = orjson.loads(item["body"]["S"])
    return Build(
        item["pk"]["S"].split("#", 1)[1], body["sha"], body["committedAt"], body["source"],
        item["receivedAt"]["S"], int(item["expiresAt"]["N"]), item["rev"]["S"],
    )  # fmt: skip


def from_retirement(retirement: Retirement) -> codec.Item:
    """The item of the read model, beside the pair's CURRENT."""
    return {
        "pk": codec.text(keys.current_pk(retirement.cluster_id)),
        "sk": codec.text(keys.retired_sk(retirement.service_id)),
        "clusterId": codec.text(retirement.cluster_id),
        "serviceId": codec.text(retirement.service_id),
        "rev": codec.text(retirement.rev),
        "moments": codec.text(codec.to_json(list(retirement.moments))),
    }


def is_retirement(item: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an item of a cluster's current states is a retirement."""
    return str(item["sk"]["S"]).endswith(keys.RETIRED)


def to_retirement(item: Mapping[str, Mapping[str, Any]]) -> Retirement:
    """The retirement of an item."""
    moments = orjson.loads(item["moments"]["S"])
    return Retirement(item["clusterId"]["S"], item["serviceId"]["S"], tuple(moments), item["rev"]["S"])
