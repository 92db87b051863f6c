"""The items a fact consists of, from its fold; and what is read back of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data import codec, keys
from data.codec import Item
from data.days import KEEP_SECONDS
from data.events import EventType
from data.folds import AttemptFold, Listed, Version, expiry, failed_before, listing, shas_of, starts_of
from data.instants import epoch
from data.models import Attempt, Claim, Instant, TestRun

FAILED_RUN = "failedRun"  # of a gate that passed in the end: sort key of the last run that had not


@dataclass(frozen=True, slots=True)
class Pointer:
    """`ATTEMPT` of an attempt's partition: where its item is and what it was last folded to."""

    started_at: Instant
    git_sha: str | None
    rev: str
    exempt: bool


@dataclass(frozen=True, slots=True)
class Partition:
    """An attempt's partition of `test-runs` as read."""

    claims: tuple[Claim, ...]
    pointer: Pointer | None
    derived: dict[str, Item]  # by sort key: the pointer, gates and runs as they stand


def read_partition(items: Iterable[Item]) -> Partition:
    """The parts of an attempt's partition."""
    claims: list[Claim] = []
    derived: dict[str, Item] = {}
    for item in items:
        sk = item["sk"]["S"]
        if sk.startswith(keys.CLAIM):
            claims.append(codec.to_claim(item))
        else:
            derived[sk] = item
    pointer = derived.get(keys.POINTER)
    return Partition(tuple(claims), _to_pointer(pointer) if pointer else None, derived)


def _to_pointer(item: Item) -> Pointer:
    sha = item.get("gitSha")
    return Pointer(item["startedAt"]["S"], sha["S"] if sha else None, item["rev"]["S"], "expiresAt" not in item)


def read_version(items: Iterable[Item]) -> Version:
    """The partition of a version."""
    listed: list[Listed] = []
    waiting: list[Claim] = []
    for item in items:
        sk = item["sk"]["S"]
        if sk.startswith(keys.CLAIM):
            waiting.append(codec.to_claim(item))
        else:
            sha = item.get("gitSha")
            one = Listed(sk.removeprefix(keys.LISTED), item["startedAt"]["S"], sha["S"] if sha else None)
            listed.append(one)
    return Version(tuple(listed), tuple(waiting))


def claim_item(claim: Claim, pk: str, retention_days: int) -> Item:
    """A claim's item; it may be forgotten a retention after it was first received.

    A retirement is not forgotten: what it took away would seem to serve again.
    """
    lasting = claim.kind == EventType.RETIREMENT
    return codec.from_claim(claim, pk, None if lasting else expiry(claim.received_at, retention_days))


def listing_item(attempt: Attempt, retention_days: int) -> Item:
    """How an attempt stands in its version's partition."""
    one = listing(attempt)
    pk = keys.version_partition(attempt.cluster_id, attempt.service_id, attempt.build_version)
    item: Item = {
        "pk": codec.text(pk),
        "sk": codec.text(f"{keys.LISTED}{one.attempt_id}"),
        "startedAt": codec.text(one.started_at),
        "expiresAt": codec.number(expiry(one.started_at, retention_days)),
    }
    return item | {"gitSha": codec.text(one.git_sha)} if one.git_sha else item


def spare(attempt: Attempt, exempt: bool) -> Attempt:
    """The attempt with its expiry taken away, if it is exempt from TTL."""
    return replace(attempt, expires_at=None) if exempt else attempt


def run_items(fold: AttemptFold, expires_at: int | None) -> dict[str, Item]:
    """Gates and runs of an attempt, by sort key."""
    items = [codec.from_test_run(run, as_gate=False, expires_at=expires_at) for run in fold.runs]
    for run in fold.gate_runs:
        before = failed_before(fold, run)
        more = {FAILED_RUN: codec.text(_run_sk(before))} if before else {}
        items.append(codec.from_test_run(run, as_gate=True, expires_at=expires_at) | more)
    return {item["sk"]["S"]: item for item in items}


def failing_run(gate: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Key of the run that names what failed: the one that counts, or the last that did not pass before it."""
    if FAILED_RUN in gate:
        return gate["pk"]["S"], gate[FAILED_RUN]["S"]
    run = codec.to_test_run(gate)
    return run.attempt_id, _run_sk(run)


def _run_sk(run: TestRun) -> str:
    return keys.run_sk(run.suite, run.executed_at, run.test_run_id)


def pointer_item(attempt: Attempt) -> Item:
    """`ATTEMPT`: where the attempt's item is."""
    item: Item = {
        "pk": codec.text(attempt.attempt_id),
        "sk": codec.text(keys.POINTER),
        "clusterId": codec.text(attempt.cluster_id),
        "serviceId": codec.text(attempt.service_id),
        "startedAt": codec.text(attempt.started_at),
        "rev": codec.text(attempt.rev),
    }
    if attempt.git_sha:
        item["gitSha"] = codec.text(attempt.git_sha)
    if attempt.expires_at is not None:
        item["expiresAt"] = codec.number(attempt.expires_at)
    return item


def find_items(attempt: Attempt, own: Sequence[Claim]) -> list[Item]:
    """Where search finds an attempt: under its id, its version and each short SHA claimed for it."""
    words = [attempt.attempt_id, attempt.build_version, *(sha[:7] for sha in shas_of(own))]
    return [
        {
            "pk": codec.text(keys.find_pk(word)),
            "sk": codec.text(attempt.attempt_id),
            "startedAt": codec.text(attempt.started_at),
            "expiresAt": codec.number(epoch(attempt.started_at[:10] + "T00:00:00.000Z") + KEEP_SECONDS),
        }
        for word in sorted(set(words))
    ]


def old_places(attempt: Attempt, own: Sequence[Claim]) -> list[str]:
    """Sort keys at which the item may have stood before an earlier start was claimed."""
    starts = (start for start in starts_of(own) if start != attempt.started_at)
    return [keys.attempt_sk(start, attempt.attempt_id) for start in starts]
