"""The ordinary life of a release: Mira at once, Pavo in hours, Aquila with the next day's train. Pure.

What becomes of a release depends on its service and version alone, so any process can tell it for any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from data.models import Trigger
from demo.happenings import Happening, Outage, Promoting, Rollout
from demo.releases import BUCKET, Release, releases_of_day, weekday
from demo.releases import release as build
from demo.rollouts import CANCELS, FAILS, rollout
from demo.world import APPROVERS, AQUILA, BEFORE, DAY, HOUR, MINUTE, MIRA, PAVO, DemoService, dice

SEARCHED_DAYS = 21
HARMS = ("rolled_back", "restored", "hotfixed", "hurt")  # ways in which a change that hurt users ended
HARM = 0.09  # of the changes that come to production
BREAKS = 0.3  # of the rollouts there that stop half way
HALF_WAY = "Customers of half the pods see errors"
OUTAGES = (
    "Error rate above 2 % after release", "Latency p99 above 3 s after release",
    "Answers 500 for some customers after release",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fate:
    """How a release does on each cluster: absent = it never gets there."""

    outcomes: tuple[tuple[str, str], ...]  # cluster -> ok | retried | failed | cancelled, or one of HARMS

    def on(self, cluster_id: str) -> str | None:
        return dict(self.outcomes).get(cluster_id)

    def stays(self, cluster_id: str) -> bool:
        """Whether it serves there in the end."""
        return self.on(cluster_id) in ("ok", "retried", "hurt", "hotfixed")


@lru_cache(maxsize=8192)
def fate(release: Release) -> Fate:
    """What becomes of the release, stage by stage: a stage needs the one before."""
    chance = dice("fate", release.service.id, release.version)
    out: dict[str, str] = {}
    for cluster in MIRA:
        out[cluster] = _outcome(chance.random(), chance.random())
    if out[MIRA[0]] in ("ok", "retried") and chance.random() < 0.8:
        for cluster in PAVO:
            out[cluster] = _outcome(chance.random(), chance.random())
    if out.get(PAVO[0]) in ("ok", "retried") and chance.random() < 0.78 and _boards_train(release):
        harmed = chance.random() < HARM
        out[AQUILA[0]] = _harm(release) if harmed else _outcome(chance.random(), chance.random())
        follows = chance.random() < (0.45 if release.service.lags else 0.93)
        if out[AQUILA[0]] in ("ok", "retried") and follows:
            out[AQUILA[1]] = _outcome(chance.random(), chance.random())
    return Fate(tuple(out.items()))


def stages(release: Release) -> Iterator[tuple[str, int, list[Happening]]]:
    """Each cluster a release gets to, when that begins, and what happens there."""
    ends = fate(release)
    chance = dice("times", release.service.id, release.version)
    built = release.created + chance.randint(4, 11) * MINUTE
    staged = release.created + 2 * HOUR + chance.randint(0, 35) * MINUTE
    train = _train(release) + chance.randint(0, 25) * MINUTE
    starts = (
        (MIRA[0], built), (MIRA[1], built + chance.randint(2, 6) * MINUTE),
        (PAVO[0], staged), (PAVO[1], staged + chance.randint(3, 9) * MINUTE),
        (AQUILA[0], train), (AQUILA[1], train + chance.randint(80, 150) * MINUTE),
    )  # fmt: skip
    for cluster, start in starts:
        outcome = ends.on(cluster)
        if outcome is not None:
            begins = start + chance.randrange(MINUTE)
            yield cluster, begins, list(_on_cluster(release, cluster, begins, outcome))


def _outcome(first: float, second: float) -> str:
    if first < CANCELS:
        return "cancelled"
    if first < CANCELS + FAILS:
        return "retried" if second < 0.75 else "failed"
    return "ok"


def _on_cluster(release: Release, cluster: str, start: int, outcome: str) -> Iterator[Happening]:
    trigger = Trigger.MERGE if cluster in MIRA else Trigger.PROMOTION
    chance = dice("on", release.service.id, release.version, cluster)
    if trigger is Trigger.MERGE and chance.random() < 0.05:
        trigger = Trigger.MANUAL
    fails = outcome in ("retried", "failed")
    first = rollout(release, cluster, start, trigger, fails=fails, cancels=outcome == "cancelled")
    last = first
    if outcome == "retried":
        last = rollout(release, cluster, first.ended + chance.randint(6, 20) * MINUTE, Trigger.MANUAL)
        yield first
        yield from _broken(first, last)
    if outcome in HARMS:
        yield from _harmful(first, outcome, first.ended + chance.randint(9, 19) * MINUTE)
    else:
        yield last
    if cluster not in MIRA and outcome != "cancelled":
        yield promoting(release, cluster, first.started, last)


def _harm(release: Release) -> str:
    """How a change that hurt users ended."""
    return dice("harm", release.service.id, release.version).choice(HARMS)


def _harmful(out: Rollout, harm: str, noticed: int) -> Iterator[Happening]:
    """A rollout that hurt users, and what was done about it."""
    if harm in ("rolled_back", "restored"):
        before = serving_before(out.release, out.cluster_id)
        yield from rolled_back(out, before, noticed, said=harm == "rolled_back")
        return
    yield out
    if harm == "hotfixed":
        fix, chance = hotfix_of(out.release), dice("hotfix", out.attempt_id)
        start = _train(out.release) + chance.randint(74, 84) * MINUTE
        made = rollout(fix, out.cluster_id, start, Trigger.HOTFIX)
        yield replace(made, hotfix=True, actor=fix.author)
    else:
        title = dice("outage", out.attempt_id).choice(OUTAGES)
        yield Outage(rollout=out, started=noticed, resolved=noticed + 40 * MINUTE, title=title)


def _broken(first: Rollout, last: Rollout) -> Iterator[Happening]:
    """In production a rollout that stops half way may already have hurt users."""
    if first.cluster_id in AQUILA and dice("broken", first.attempt_id).random() < BREAKS:
        yield Outage(rollout=first, started=first.ended, resolved=last.ended + 2 * MINUTE, title=HALF_WAY)


def hotfix_of(release: Release) -> Release:
    """The build that mends a release on its way: its version is before any the service builds afterwards."""
    made = build(release.service, release.created + 2 * BUCKET)
    return replace(made, commits=((made.git_sha, _train(release) + 64 * MINUTE),))


def promoting(release: Release, cluster: str, start: int, last: Rollout) -> Promoting:
    """The promotion that made these rollouts: approved by a person where it goes to production."""
    chance = dice("promotion", release.service.id, release.version, cluster, start)
    done = (last.ended, "SUCCEEDED" if last.succeeded else "FAILED")
    asked = start - chance.randint(8, 70) * MINUTE
    human: tuple[tuple[int, str], ...] = ((asked, "PENDING"), (start, "APPROVED"), done)
    steps = human if cluster in AQUILA else (done,)
    return Promoting(
        release=release, from_cluster_id=BEFORE[cluster], to_cluster_id=cluster, steps=steps,
        by=release.author if cluster in AQUILA else "pipeline",
        approver=chance.choice(APPROVERS) if cluster in AQUILA else None,
        reason=f"Rollout failed: {last.failure}" if last.failure else None,
    )  # fmt: skip


def rolled_back(bad: Rollout, before: Release | None, at: int, *, said: bool = True) -> Iterator[Happening]:
    """A rollout that hurt users, the recovery and the incident; where nothing served before it stays.

    Not every tool says of the rollout itself that it was rolled back (`said`): then the recovery alone tells.
    """
    chance = dice("rolled back", bad.attempt_id)
    if before is None:
        yield bad
        return
    recovery = rollout(before, bad.cluster_id, at + 20, Trigger.ROLLBACK)
    recovery = replace(recovery, ended=recovery.started + 4 * MINUTE, live=None, runs=())
    yield replace(bad, rolled_back=at, rollback_to=before.version) if said else bad
    yield replace(recovery, actor=chance.choice(APPROVERS))
    if not said:
        return
    title, noticed = chance.choice(OUTAGES), at - 5 * MINUTE
    yield Outage(rollout=bad, started=noticed, resolved=recovery.ended + 3 * MINUTE, title=title)


def serving_before(release: Release, cluster: str) -> Release | None:
    """The release of the service that served on the cluster when this one came; None if none within weeks."""
    day = release.created // DAY
    for earlier in range(day, day - SEARCHED_DAYS, -1):
        for other in reversed(releases_of_day(release.service, earlier)):
            if other.created < release.created and fate(other).stays(cluster):
                return hotfix_of(other) if fate(other).on(cluster) == "hotfixed" else other
    return None


def _boards_train(release: Release) -> bool:
    """Whether it is the last build of its day; those of weekends wait for a later one."""
    day = release.created // DAY
    last = releases_of_day(release.service, day)[-1:]
    return weekday(release.created) < 5 and last == (release,)


def _train(release: Release) -> int:
    """When the train of the next working day leaves."""
    days = 3 if weekday(release.created) == 4 else 1
    return (release.created // DAY + days) * DAY + release.service.train_hour * HOUR


def releases_between(service: DemoService, since: int, until: int) -> Iterator[Release]:
    """The service's releases created within [since, until), oldest first."""
    for day in range(since // DAY, until // DAY + 1):
        for release in releases_of_day(service, day):
            if since <= release.created < until:
                yield release
