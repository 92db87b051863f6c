"""CURRENT: what a pair looks like now, folded from its days, newest first; and its item. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from data import codec, keys
from data.days import row_in, row_out
from data.folds import digest
from data.models import SUCCESSFUL, TERMINAL, AttemptRow, Current, Instant, Outcome, PairDay, Status

STRIP = 12
DAYS_READ = 100  # a pair's days are read no further back than this, newest first


def serving_order(row: AttemptRow) -> tuple[Instant, Instant, str]:
    """Of the successful attempts the greatest in this order serves."""
    return row.ended_at or row.started_at, row.started_at, row.attempt_id


def is_good(row: AttemptRow) -> bool:
    """Whether it succeeded and no gate failed: a version one could go back to."""
    return row.status in SUCCESSFUL and not any(gate.verdict == "failed" for gate in row.gates)


def deciding(days: Iterable[PairDay]) -> list[PairDay]:
    """As many of a pair's days, newest first, as decide CURRENT; no more are asked for."""
    found: list[PairDay] = []
    for day in days:
        found.append(day)
        if len(found) >= DAYS_READ or enough(found):
            break
    return found


def enough(days: Sequence[PairDay]) -> bool:
    """Whether these days, newest first, already decide CURRENT."""
    rows = [row for day in days for row in day.rows]
    good = {row.build_version for row in rows if is_good(row)}
    finished = any(row.status in TERMINAL and not row.cancelled for row in rows)
    return len(rows) >= STRIP and len(good) > 1 and finished


def fold_current(cluster_id: str, service_id: str, days: Iterable[PairDay]) -> Current | None:
    """The state of a pair; None where it has no attempt."""
    found = list(days)
    rows = sorted((row for day in found for row in day.rows), key=lambda row: (row.started_at, row.attempt_id))
    if not rows:
        return None
    finished = [row for row in rows if row.status in TERMINAL and not row.cancelled]
    served = sorted((row for row in rows if row.status in SUCCESSFUL), key=serving_order)
    serving = served[-1] if served else None
    others = [row for row in served if serving and row.build_version != serving.build_version and is_good(row)]
    last_good = others[-1] if others else None
    spared = sorted({row.attempt_id for row in (serving, last_good) if row})
    return Current(
        cluster_id=cluster_id,
        service_id=service_id,
        latest=rows[-1],
        latest_finished=finished[-1] if finished else None,
        serving=serving,
        serving_since=_since(served),
        last_good=last_good,
        outcomes=tuple(Outcome(row.attempt_id, row.status, row.cancelled) for row in rows[-STRIP:]),
        rev=digest(["current", *sorted(f"{day.day} {day.rev}" for day in found)]),
        exempt=tuple(spared),
    )


def _since(served: Sequence[AttemptRow]) -> Instant | None:
    """When the version that serves began to, unbroken: putting it out again does not restart the clock."""
    since = None
    for row in reversed(served):
        if row.build_version != served[-1].build_version:
            break
        since = row.ended_at or row.started_at
    return since


def from_current(current: Current) -> codec.Item:
    """The item of the read model."""
    body = {
        "latest": row_out(current.latest),
        "latestFinished": row_out(current.latest_finished) if current.latest_finished else None,
        "serving": row_out(current.serving) if current.serving else None,
        "servingSince": current.serving_since,
        "lastGood": row_out(current.last_good) if current.last_good else None,
        "outcomes": [[one.attempt_id, one.status, one.cancelled] for one in current.outcomes],
        "exempt": list(current.exempt),
        "unsettled": list(current.unsettled),
    }
    return {
        "pk": codec.text(keys.current_pk(current.cluster_id)),
        "sk": codec.text(current.service_id),
        "clusterId": codec.text(current.cluster_id),
        "serviceId": codec.text(current.service_id),
        "rev": codec.text(current.rev),
        "body": codec.text(codec.to_json(body)),
    }


def to_current(item: Mapping[str, Mapping[str, Any]]) -> Current:
    """The state an item holds."""
    cluster_id, service_id = item["clusterId"]["S"], item["serviceId"]["S"]
    body = orjson.loads(item["body"]["S"])

    def row(name: str) -> AttemptRow | None:
        return row_in(body[name], cluster_id, service_id) if body[name] else None

    return Current(
        cluster_id=cluster_id,
        service_id=service_id,
        latest=row_in(body["latest"], cluster_id, service_id),
        latest_finished=row("latestFinished"),
        serving=row("serving"),
        serving_since=body["servingSince"],
        last_good=row("lastGood"),
        outcomes=tuple(Outcome(one, Status(status), cancelled) for one, status, cancelled, *_ in body["outcomes"]),
        rev=item["rev"]["S"],
        exempt=tuple(body["exempt"]),
        unsettled=tuple(body["unsettled"]),
    )
