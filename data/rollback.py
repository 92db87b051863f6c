"""Where one could go back to when a pair is in trouble, what that would undo, and how long it took before."""

from collections.abc import Iterable, Sequence
from statistics import median

from data.catalog_models import Service
from data.health import with_missing
from data.instants import seconds_between
from data.models import SUCCESSFUL, Attempt, AttemptRow, Current, Page, Scope, Status
from data.service_views import Basis, Expected, Rollback
from data.store import Store

AFTER = 100  # attempts after the last good one that are looked at
RECOVERIES = 100  # past rollbacks of the service that are looked at
IN_TROUBLE = frozenset({Status.FAILED, Status.ROLLBACK})


def in_trouble(current: Current) -> bool:
    """Whether the latest attempt that finished failed or was rolled back."""
    return current.latest_finished is not None and current.latest_finished.status in IN_TROUBLE


def rollback(store: Store, scope: Scope, current: Current, service: Service) -> Rollback:
    """The card of one pair, by two bounded reads."""
    good = current.last_good
    after: Page[Attempt] = Page([])
    if good is not None:
        after = store.since(scope, current.cluster_id, current.service_id, good.started_at, None, AFTER)
    past = store.recoveries(scope, current.service_id, RECOVERIES)
    return rollback_card(current, service.suites, after, past)


def rollback_card(
    current: Current, suites: Sequence[str], since: Page[Attempt], recoveries: Iterable[Attempt]
) -> Rollback:
    """What these attempts, oldest first from the last good one on, and past recoveries say. Pure."""
    good = current.last_good
    after = [one for one in since.items if good and _served(one) > _served(good)]
    out = [one for one in after if one.status in SUCCESSFUL and good and one.build_version != good.build_version]
    following = min((_served(one) for one in after if one.status in SUCCESSFUL), default=None)
    began = _served(good)[0] if good else None
    versions = dict.fromkeys(one.build_version for one in sorted(out, key=_served))
    commits = {commit.sha: commit for one in out for commit in one.commits}
    return Rollback(
        cluster_id=current.cluster_id,
        service_id=current.service_id,
        in_trouble=in_trouble(current),
        finished=current.latest_finished,
        serving=current.serving,
        last_good=good,
        gates=with_missing(good.gates, suites) if good else (),
        live_seconds=seconds_between(began, following[0]) if began and following else None,
        lost_versions=tuple(versions),
        lost_commits=tuple(commits.values()),
        lost_complete=since.cursor is None and all(one.commits for one in out),
        expected=expected(recoveries, current.cluster_id),
    )


def expected(recoveries: Iterable[Attempt], cluster_id: str) -> Expected:
    """From the rollbacks of this pair, else of the service."""
    took = [
        (one.cluster_id, seconds_between(one.started_at, one.ended_at))
        for one in recoveries
        if one.ended_at is not None
    ]
    here = [seconds for cluster, seconds in took if cluster == cluster_id]
    chosen, basis = (here, Basis.PAIR) if here else ([seconds for _, seconds in took], Basis.SERVICE)
    if not chosen:
        return Expected(None, 0, None)
    return Expected(median(chosen) / 60, len(chosen), basis)


def _served(one: Attempt | AttemptRow) -> tuple[str, str, str]:
    """The order in which successes come to serve."""
    return one.ended_at or one.started_at, one.started_at, one.attempt_id
