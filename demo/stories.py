"""What the demo wants to show on its first day, told relative to now. Pure.

Standing stories live elsewhere: the flaky suite (search), the region that lags (Aquila EU) and the service
without tests (legacy-reports) are habits of the world; what is under way right now comes from `demo/present.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from data.models import Trigger
from demo.happenings import Happening, Promoting, Rollout
from demo.pipeline import promoting, rolled_back
from demo.releases import Release, release
from demo.rollouts import rollout
from demo.world import (
    APPROVERS,
    AQUILA,
    BY_ID,
    CANCELLED,
    DAY,
    HOUR,
    MINUTE,
    MIRA,
    PAVO,
    DemoService,
)

# From when on (before now) a service has only its story, no ordinary rollouts.
QUIET = {"orders": 31 * HOUR, "payments": 4 * HOUR, "recommendations": 10 * HOUR}
LAG = 16 * DAY
FAILING_NOW = (
    "Rollout stopped: 2 of 6 pods not ready after 300 s: readiness probe GET /healthz answered 503 "
    "(ledger database: certificate has expired)"
)
GATE_FAILED = 23
Served = Mapping[tuple[str, str], Release]


def quiet(service: DemoService, cluster: str) -> int:
    """For how many seconds before now the stories want nothing ordinary to happen to the pair."""
    if service.lags and cluster == AQUILA[1]:
        return LAG
    return QUIET.get(service.id, 0)


def told(now: int, served: Served) -> Iterator[Happening]:
    """Every story; `served` is what serves each (cluster, service) before they begin."""
    yield from bad_release_rolled_back(now, served)
    yield from failing_in_production(now)
    yield from promotion_rejected(now)
    yield from cancelled_run(now)


def bad_release_rolled_back(now: int, served: Served) -> Iterator[Happening]:
    """Orders hurt customers yesterday: rolled back in production, an incident, a hotfix everywhere."""
    bad = release(BY_ID["orders"], now - 30 * HOUR)
    yield from _path(bad, ((MIRA[0], now - 29 * HOUR), (MIRA[1], now - 29 * HOUR), (PAVO[0], now - 27 * HOUR)))
    out = _sound(bad, AQUILA[0], now - 25 * HOUR)
    yield promoting(bad, AQUILA[0], out.started, out)
    yield from rolled_back(out, served.get((AQUILA[0], "orders")), out.ended + 16 * MINUTE)
    fix = release(BY_ID["orders"], now - 22 * HOUR)
    order = (MIRA[0], PAVO[0], AQUILA[0], AQUILA[1], PAVO[1], MIRA[1])
    for cluster, minutes in zip(order, range(1300, 1120, -30), strict=True):
        made = _sound(fix, cluster, now - minutes * MINUTE)
        yield replace(made, trigger=Trigger.HOTFIX, hotfix=True, actor=fix.author)


def failing_in_production(now: int) -> Iterator[Happening]:
    """Payments cannot get out in Europe at this moment; the old version still serves there."""
    made = release(BY_ID["payments"], now - 200 * MINUTE)
    starts = ((MIRA[0], 190), (MIRA[1], 186), (PAVO[0], 120), (PAVO[1], 116), (AQUILA[0], 55))
    yield from _path(made, tuple((cluster, now - minutes * MINUTE) for cluster, minutes in starts))
    failing = replace(
        _sound(made, AQUILA[1], now - 8 * MINUTE),
        ended=now - 2 * MINUTE, failure=FAILING_NOW, runs=(), live=None,
    )  # fmt: skip
    yield failing
    yield promoting(made, AQUILA[1], failing.started, failing)


def promotion_rejected(now: int) -> Iterator[Happening]:
    """Recommendations failed its regression suite in Pavo, so its promotion was rejected."""
    made = release(BY_ID["recommendations"], now - 9 * HOUR)
    yield from _path(made, ((MIRA[0], now - 520 * MINUTE), (MIRA[1], now - 515 * MINUTE)))
    tried = _sound(made, PAVO[0], now - 7 * HOUR)
    runs = tuple(replace(run, failed=GATE_FAILED) if run.suite == "REGRESSION" else run for run in tried.runs)
    yield replace(tried, runs=runs)
    yield promoting(made, PAVO[0], tried.started, tried)
    asked, refused = now - 6 * HOUR, now - 5 * HOUR
    yield Promoting(
        release=made, from_cluster_id=PAVO[0], to_cluster_id=AQUILA[0],
        steps=((asked, "PENDING"), (refused, "REJECTED")), by=made.author, approver=APPROVERS[0],
        reason=f"REGRESSION failed on {PAVO[0]}: {GATE_FAILED} of {made.service.tests[2]} tests",
    )  # fmt: skip


def cancelled_run(now: int) -> Iterator[Happening]:
    """Somebody stopped a rollout of Profile in Mira: it counts neither for nor against."""
    made = release(BY_ID["profile"], now - 85 * MINUTE)
    run = _sound(made, MIRA[1], now - 80 * MINUTE)
    stopped = replace(run, ended=run.started + 95, failure=CANCELLED, cancelled=True, runs=())
    yield replace(stopped, trigger=Trigger.MANUAL)


def _path(made: Release, starts: tuple[tuple[str, int], ...]) -> Iterator[Happening]:
    for cluster, start in starts:
        done = _sound(made, cluster, start)
        yield done
        if cluster not in MIRA:
            yield promoting(made, cluster, start, done)


def _sound(made: Release, cluster: str, start: int) -> Rollout:
    """A rollout that goes well, tests included."""
    done = rollout(made, cluster, start, Trigger.MERGE if cluster in MIRA else Trigger.PROMOTION)
    return replace(done, runs=tuple(replace(run, failed=0, not_run=0) for run in done.runs))
