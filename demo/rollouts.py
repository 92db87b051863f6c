"""How a release fares on a cluster: how long it takes, what its tests say, what goes wrong. Pure."""

import random
from dataclasses import replace

from data.models import Trigger
from demo.happenings import Rollout, SuiteRun
from demo.releases import Release
from demo.world import AQUILA, CANCELLED, MINUTE, DemoService, dice, failure_reason

FAILS = 0.055
CANCELS = 0.012
TESTS_FAIL = 0.02


def rollout(
    release: Release,
    cluster_id: str,
    started: int,
    trigger: Trigger,
    *,
    fails: bool = False,
    cancels: bool = False,
) -> Rollout:
    """An ordinary rollout that succeeds, fails or is cancelled, tested if it succeeded."""
    service = release.service
    chance = dice("rollout", service.id, release.version, cluster_id, started)
    planned = int(service.minutes * MINUTE * chance.uniform(0.75, 1.35))
    taken = int(planned * chance.uniform(0.2, 0.95)) if fails or cancels else planned
    made = Rollout(
        release=release, cluster_id=cluster_id, started=started, ended=started + taken, trigger=trigger,
        actor="pipeline" if trigger is Trigger.PROMOTION else None,
    )  # fmt: skip
    if cancels:
        return replace(made, failure=CANCELLED, cancelled=True)
    if fails:
        return replace(made, failure=failure_reason(chance, service.id, release.version))
    live = made.ended + 45 if cluster_id in AQUILA else None
    return replace(made, live=live, runs=suite_runs(service, chance, made.ended))


def suite_runs(service: DemoService, chance: random.Random, ended: int, pace: float = 1.0) -> tuple[SuiteRun, ...]:
    """One run of each suite the service has; the flaky one is run again on the same version."""
    runs: list[SuiteRun] = []
    at = ended
    for suite, total in service.suites:
        seconds = 4 + int((30 + total * 0.55) * chance.uniform(0.8, 1.25) * pace)
        at += seconds
        run = SuiteRun(suite, at, total, seconds=seconds, skipped=chance.choice((0, 0, 0, 0, 2, 5)))
        flakes = service.flaky and suite == "REGRESSION" and chance.random() < 0.15
        if flakes or chance.random() < TESTS_FAIL:
            run = replace(run, failed=chance.randint(1, 9))
        elif chance.random() < 0.006:
            run = replace(run, not_run=total // 3)
        runs.append(run)
        if flakes:
            at += seconds + 2
            runs.append(replace(run, executed=at, failed=0 if chance.random() < 0.9 else run.failed))
    return tuple(runs)
