"""What changed between two instants: the question of every incident. Pure.

Both sides are generations, so what is compared is what the pages of those instants show.
"""

from collections import Counter

import pandas as pd

from data import visible
from data.attempt_columns import MISSING, attempt_rows
from data.catalog_models import ClusterType
from data.day_numbers import milliseconds
from data.generation import Generation
from data.models import AttemptRow, Current, Health, Instant, Scope, Status
from data.past_views import ChangesBetween, ChangesOf, GateMove, PairChange, What
from data.version_order import VersionOrder, version_order
from data.views import PairState

Pair = tuple[str, str]
FAILED = frozenset({Status.FAILED, Status.ROLLBACK})
EVERY = ChangesOf()


def changes_between(then: Generation, now: Generation, scope: Scope, of: ChangesOf = EVERY) -> ChangesBetween:
    """What is otherwise in `now` than in `then`, the earlier of the two."""
    before, after = visible.states(then, scope), visible.states(now, scope)
    pairs = {pair for pair in before.keys() | after.keys() if _is_of(now, pair, of)}
    begun, failed = _between(now, scope, then.as_of, of)
    orders, unknown = _orders(then, now), VersionOrder({})
    rows = []
    for pair in pairs:
        states, mine = (before.get(pair), after.get(pair)), tuple(failed.get(pair, ()))
        what = what_became(*states, bool(mine), orders.get(pair[1], unknown))
        if what is not None:
            cluster, service, gates = now.clusters[pair[0]], now.services[pair[1]], gate_moves(*states)
            rows.append(PairChange(cluster, service, what, *states, gates, mine, begun.get(pair, 0)))
    return ChangesBetween(
        since=then.as_of,
        until=now.as_of,
        rows=sorted(rows, key=_order),
        pairs=len(pairs),
        attempts=sum(begun.get(pair, 0) for pair in pairs),
        failed=sum(len(failed.get(pair, ())) for pair in pairs),
    )


def _is_of(gen: Generation, pair: Pair, of: ChangesOf) -> bool:
    service = gen.services.get(pair[1])
    return (
        of.cluster_id in (None, pair[0])
        and of.service_id in (None, pair[1])
        and (of.team is None or (service is not None and service.team == of.team))
    )


def _between(
    now: Generation, scope: Scope, since: Instant, of: ChangesOf
) -> tuple[Counter[Pair], dict[Pair, list[AttemptRow]]]:
    """By pair, how many attempts began after `since`, and which failed after it, newest first."""
    start, end = milliseconds(since), milliseconds(now.as_of)
    frame = now.attempts.frame(
        scope, 0, end + 1,
        cluster_ids=[of.cluster_id] if of.cluster_id else None,
        service_ids=[of.service_id] if of.service_id else None,
    )  # fmt: skip
    begun = frame[frame["started"].to_numpy() > start]
    counts = Counter(zip(begun["cluster"].tolist(), begun["service"].tolist(), strict=True))
    ended = frame["ended"].where(frame["ended"] != MISSING, frame["started"])
    bad = frame["status"].isin([status.value for status in FAILED]) & ~frame["cancelled"]
    return counts, _by_pair(frame[bad & (ended > start)])


def _by_pair(frame: pd.DataFrame) -> dict[Pair, list[AttemptRow]]:
    found: dict[Pair, list[AttemptRow]] = {}
    names = zip(frame["cluster"].tolist(), frame["service"].tolist(), strict=True)
    for pair, row in zip(names, attempt_rows(frame), strict=True):
        found.setdefault(pair, []).insert(0, row)
    return found


def _orders(*generations: Generation) -> dict[str, VersionOrder]:
    """By service, which of its versions is newer."""
    currents: dict[str, list[Current]] = {}
    for gen in generations:
        for (_, service_id), current in gen.currents.items():
            currents.setdefault(service_id, []).append(current)
    return {service_id: version_order(found) for service_id, found in currents.items()}


def gate_moves(before: PairState | None, after: PairState | None) -> tuple[GateMove, ...]:
    """The suites whose verdict is another one; a suite that one side does not have at all counts."""
    old, new = ({gate.suite: gate.verdict for gate in one.gates} if one else {} for one in (before, after))
    if before is None or after is None:
        return ()
    moves = [GateMove(suite, old.get(suite), new.get(suite)) for suite in {**old, **new}]
    return tuple(move for move in moves if move.before is not move.after)


def what_became(before: PairState | None, after: PairState | None, failed: bool, order: VersionOrder) -> What | None:
    """The gravest thing that happened to a pair; None where nothing did."""
    if after is None:
        return None if before is None else What.RETIRED
    if after.health is Health.ATTENTION and (before is None or before.health is not Health.ATTENTION):
        return What.BROKE
    if before is None:
        return What.NEW
    if before.health is Health.ATTENTION and after.health is Health.HEALTHY:
        return What.RECOVERED
    if before.serving_version != after.serving_version:
        went_back = order.newer(before.serving_version or "", after.serving_version or "")
        return What.ROLLED_BACK if went_back else What.DEPLOYED
    return What.FAILED if failed else _smaller(before, after)


def _smaller(before: PairState, after: PairState) -> What | None:
    old, new = before.current.serving, after.current.serving
    if old and new and old.attempt_id != new.attempt_id:
        return What.REDEPLOYED
    if gate_moves(before, after):
        return What.GATES
    if after.latest.status is Status.IN_PROGRESS and before.latest != after.latest:
        return What.RUNNING
    return What.OTHER if (before.health, before.why) != (after.health, after.why) else None


def _order(one: PairChange) -> tuple[bool, int, int, str, str]:
    graveness = list(What).index(one.what)
    production = one.cluster.type is ClusterType.PRODUCTION
    return not production, graveness, one.cluster.order, one.service.name.casefold(), one.cluster.cluster_id
