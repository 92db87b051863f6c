"""The busy hours in which somebody watches: rollouts lane by lane, slot by slot of the clock. Pure.

Three lanes (Mira, Pavo, Aquila) are cut into slots of six minutes; a release takes two slots in each, one a
region, and comes to the next lane minutes later. So one to three rollouts are under way at any moment, and which
ones follows from the time alone: whoever feeds the demo needs no memory of what it began.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from data.models import Trigger
from demo.happenings import Happening, Promoting, Rollout
from demo.releases import Release, release
from demo.rollouts import suite_runs
from demo.world import (
    APPROVERS,
    AQUILA,
    BEFORE,
    CANCELLED,
    MINUTE,
    MIRA,
    PAVO,
    SERVICES,
    DemoService,
    dice,
    failure_reason,
)

SLOT = 6 * MINUTE
STAGGER = SLOT // 3
ROUND = 2 * SLOT  # a release begins in each
TAKES = (250, 325)  # seconds; a lane is busy for most of a slot
PROGRESS = 12  # seconds between two words that a rollout is still under way
TESTING = 0.05  # suites are run on a sample, so that a slot is enough
LASTS = 75 * MINUTE  # from the build of a release to the last that is said of it
# The stories leave these services broken or waiting on purpose.
AT_REST = frozenset({"payments", "recommendations"})
BUSY = tuple(service for service in SERVICES if service.id not in AT_REST)


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage: its clusters, its place among the lanes, slots after the build, how often it is skipped."""

    clusters: tuple[str, str]
    place: int
    slots_after: int
    skipped: float


LANES = (Lane(MIRA, 0, 0, 0.0), Lane(PAVO, 1, 4, 0.06), Lane(AQUILA, 2, 8, 0.12))


def rounds_between(since: int, until: int) -> range:
    """The rounds whose release was built within [since, until]."""
    return range(max(0, -(-since // ROUND)), until // ROUND + 1)


def built_in(number: int) -> Release:
    """The release of a round; each service has its turn once in as many rounds as there are services."""
    block, place = divmod(number, len(BUSY))
    order: list[DemoService] = list(BUSY)
    dice("turns", block).shuffle(order)
    return release(order[place], number * ROUND)


@lru_cache(maxsize=256)
def happenings(number: int) -> Sequence[Happening]:
    """Everything that happens to the release of a round; it stops where a stage does not succeed."""
    made = built_in(number)
    chance = dice("round", number)
    out: list[Happening] = []
    for lane in LANES:
        if chance.random() < lane.skipped:
            break
        stage = list(_stage(made, lane, number * 2 + lane.slots_after))
        out += stage
        rollouts = [one for one in stage if isinstance(one, Rollout) and one.cluster_id == lane.clusters[0]]
        if not rollouts[-1].succeeded:
            break
    return tuple(out)


def _stage(made: Release, lane: Lane, first_slot: int) -> Iterator[Happening]:
    """Both regions, one slot each; a failure in the first is tried again in the second."""
    here, there = lane.clusters
    for slot in (first_slot, first_slot + 1):
        start = slot * SLOT + lane.place * STAGGER + dice("start", made.version, slot).randint(4, 18)
        done = _rollout(made, here, start)
        yield done
        if here not in MIRA:
            yield _promoting(made, done)
        if done.succeeded:
            here = there
        if here in AQUILA[1:] and made.service.lags:
            return


def _rollout(made: Release, cluster: str, start: int) -> Rollout:
    service = made.service
    chance = dice("busy", service.id, made.version, cluster, start)
    fate = chance.random()
    done = Rollout(
        release=made, cluster_id=cluster, started=start, ended=start + chance.randint(*TAKES),
        trigger=Trigger.MERGE if cluster in MIRA else Trigger.PROMOTION,
        actor=None if cluster in MIRA else "pipeline",
    )  # fmt: skip
    if fate < 0.09:
        done = replace(done, ended=start + chance.randint(120, TAKES[0]))
        reason = CANCELLED if fate < 0.02 else failure_reason(chance, service.id, made.version)
        done = replace(done, failure=reason, cancelled=fate < 0.02)
    else:
        live = done.ended + 9 if cluster in AQUILA else None
        done = replace(done, live=live, runs=suite_runs(service, chance, done.ended, TESTING))
    return replace(done, progress=tuple(range(start + PROGRESS, done.ended - 8, PROGRESS)))


def _promoting(made: Release, done: Rollout) -> Promoting:
    cluster = done.cluster_id
    ends = (done.ended + 2, "SUCCEEDED" if done.succeeded else "FAILED")
    asked: tuple[tuple[int, str], ...] = ((done.started - 130, "PENDING"), (done.started - 40, "APPROVED"))
    return Promoting(
        release=made, from_cluster_id=BEFORE[cluster], to_cluster_id=cluster,
        steps=(*(asked if cluster in AQUILA else ()), (done.started - 1, "IN_PROGRESS"), ends),
        by=made.author,
        approver=dice("approver", made.version).choice(APPROVERS) if cluster in AQUILA else None,
        reason=f"Rollout failed: {done.failure}" if done.failure else None,
    )  # fmt: skip
