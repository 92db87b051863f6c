"""DAY: the attempts of one pair on one UTC day, folded to sums and compact rows; and their items. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import orjson

from data import codec, keys
from data.folds import digest
from data.instants import epoch, seconds_between
from data.models import (
    SUCCESSFUL,
    Attempt,
    AttemptRow,
    Day,
    PairDay,
    Status,
    SuiteTotals,
    Trigger,
)

SCHEMA = 1
KEEP_SECONDS = 760 * 86_400  # 25 months
PART_BYTES = 300_000
REASON_LENGTH = 200
SUITE_FIELDS = len(fields(SuiteTotals))  # a later version of ours may have written more

# short names of a row's fields within the JSON of a day
SHORT = (
    ("n", "attempt_id"), ("v", "build_version"), ("s", "status"), ("t", "trigger"), ("a", "started_at"),
    ("e", "ended_at"), ("g", "git_sha"), ("b", "rollback_to_build"), ("f", "failure_reason"), ("c", "cancelled"),
    ("h", "hotfix"), ("m", "committed_at"), ("k", "commits"), ("q", "gates"), ("u", "run_url"),
    ("r", "received_at"), ("l", "heard_at"), ("x", "rev"), ("i", "image"),
)  # fmt: skip


def to_row(attempt: Attempt) -> AttemptRow:
    """What the read model keeps of an attempt."""
    reason = attempt.failure_reason
    return AttemptRow(
        attempt_id=attempt.attempt_id,
        build_version=attempt.build_version,
        status=attempt.status,
        trigger=attempt.trigger,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        git_sha=attempt.git_sha,
        rollback_to_build=attempt.rollback_to_build,
        failure_reason=reason[:REASON_LENGTH] if reason else None,
        cancelled=attempt.cancelled,
        hotfix=attempt.hotfix or "hotfix" in attempt.labels,
        committed_at=attempt.committed_at,
        commits=attempt.commits,
        image=attempt.image,
        gates=attempt.gates,
        run_url=attempt.run_url,
        received_at=attempt.received_at,
        heard_at=attempt.heard_at,
        rev=attempt.rev,
    )


def fold_day(cluster_id: str, service_id: str, day: Day, attempts: Iterable[Attempt]) -> PairDay:
    """Everything of a pair's day from its attempts; cancelled ones count nowhere but in `cancelled`."""
    return fold_rows(cluster_id, service_id, day, map(to_row, attempts))


def fold_rows(cluster_id: str, service_id: str, day: Day, transitions: Iterable[AttemptRow]) -> PairDay:
    """The same from what the read model keeps of the attempts."""
    rows = tuple(sorted(transitions, key=lambda row: (row.started_at, row.attempt_id)))
    counted = [row for row in rows if not row.cancelled]
    durations = [
        seconds_between(row.started_at, row.ended_at) for row in counted if row.status in SUCCESSFUL and row.ended_at
    ]
    return PairDay(
        cluster_id=cluster_id,
        service_id=service_id,
        day=day,
        counts=_count(row.status.value for row in counted),
        triggers=_count(row.trigger.value for row in counted),
        cancelled=len(rows) - len(counted),
        duration_sec_sum=round(sum(durations), 3),
        duration_n=len(durations),
        suites=suite_totals(counted),
        rows=rows,
        rev=digest(["day", str(SCHEMA), *(f"{row.attempt_id} {row.rev}" for row in rows)]),
    )


def _count(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def suite_totals(rows: Iterable[AttemptRow]) -> tuple[SuiteTotals, ...]:
    """Sums over the gates of each suite; a gate without counts adds to `gates` alone."""
    sums: dict[str, list[int]] = {}
    for gate in (gate for row in rows for gate in row.gates):
        held = sums.setdefault(gate.suite, [0] * 6)
        counts = (gate.total, gate.passed, gate.failed, gate.skipped)
        added = [0, 0, 0, 0] if None in counts else [count or 0 for count in counts]
        for place, value in enumerate([1, gate.verdict == "passed", *added]):
            held[place] += int(value)
    return tuple(SuiteTotals(suite, *sums[suite]) for suite in sorted(sums))


def day_items(day: PairDay) -> list[codec.Item]:
    """The items of a day: the first carries the sums; rows that do not fit go on in `#2`, `#3`…"""
    parts = _parts([_row_out(row) for row in day.rows])
    expires = codec.number(epoch(f"{day.day}T00:00:00.000Z") + KEEP_SECONDS)
    items: list[codec.Item] = []
    for number, rows in enumerate(parts, start=1):
        items.append({
            "pk": codec.text(keys.day_pk(day.cluster_id)),
            "sk": codec.text(keys.day_sk(day.service_id, day.day, number)),
            "rows": codec.text(rows),
            "rev": codec.text(day.rev),
            "expiresAt": expires,
        })  # fmt: skip
    items[0] |= {
        "clusterId": codec.text(day.cluster_id),
        "serviceId": codec.text(day.service_id),
        "day": codec.text(day.day),
        "v": codec.number(SCHEMA),
        "parts": codec.number(len(parts)),
        "summary": codec.text(codec.to_json(_summary(day))),
    }
    return items


def _parts(rows: Sequence[dict[str, Any]]) -> list[str]:
    texts = [codec.to_json(row) for row in rows]
    parts: list[list[str]] = [[]]
    size = 0
    for one in texts:
        if size + len(one) > PART_BYTES and parts[-1]:
            parts.append([])
            size = 0
        parts[-1].append(one)
        size += len(one.encode()) + 1
    return [f"[{','.join(part)}]" for part in parts]


def _summary(day: PairDay) -> dict[str, Any]:
    return {
        "counts": day.counts,
        "triggers": day.triggers,
        "cancelled": day.cancelled,
        "seconds": day.duration_sec_sum,
        "timed": day.duration_n,
        "suites": [[s.suite, s.gates, s.gates_passed, s.total, s.passed, s.failed, s.skipped] for s in day.suites],
    }


def to_pair_day(item: Mapping[str, Mapping[str, Any]], more: Sequence[Mapping[str, Any]] = ()) -> PairDay:
    """The day of its first item; `more` = its further parts."""
    summary = orjson.loads(item["summary"]["S"])
    cluster_id, service_id = item["clusterId"]["S"], item["serviceId"]["S"]
    texts = [part["rows"]["S"] for part in (item, *more)]
    return PairDay(
        cluster_id=cluster_id,
        service_id=service_id,
        day=item["day"]["S"],
        counts=summary["counts"],
        triggers=summary["triggers"],
        cancelled=summary["cancelled"],
        duration_sec_sum=summary["seconds"],
        duration_n=summary["timed"],
        suites=tuple(SuiteTotals(*row[:SUITE_FIELDS]) for row in summary["suites"]),
        rows=tuple(row_in(raw, cluster_id, service_id) for one in texts for raw in orjson.loads(one)),
        rev=item["rev"]["S"],
    )


def _row_out(row: AttemptRow) -> dict[str, Any]:
    out = row_out(row)
    out["n"] = row.attempt_id.rsplit(":", 1)[1]
    return out


def row_out(row: AttemptRow) -> dict[str, Any]:
    """A row as short JSON, without what is empty."""
    out: dict[str, Any] = {}
    for short, name in SHORT:
        value = getattr(row, name)
        if name == "gates":
            value = codec.gate_list(value)
        elif name == "commits":
            value = codec.commit_list(value)
        if value not in (None, False, "", []):
            out[short] = value
    return out


def row_in(raw: Mapping[str, Any], cluster_id: str, service_id: str) -> AttemptRow:
    """The row of short JSON."""
    values: dict[str, Any] = {name: raw[short] for short, name in SHORT if short in raw}
    if ":" not in values["attempt_id"]:
        n = values["attempt_id"]
        values["attempt_id"] = keys.attempt_id(cluster_id, service_id, values["build_version"], n)
    values["status"] = Status(values["status"])
    values["trigger"] = Trigger(values["trigger"])
    values["gates"] = codec.to_gates(values.get("gates", ()))
    values["commits"] = codec.to_commits(values.get("commits", ()))
    return AttemptRow(**values)
