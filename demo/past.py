"""The demo's deliveries of any stretch of time: ordinary life, busy hours, stories. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from data.models import Instant
from demo import pipeline, present, stories
from demo.happenings import Happening, Rollout, Said
from demo.releases import Release
from demo.world import CLUSTERS, DAY, MINUTE, SERVICES, DemoService, instant
from ingest.origins import Received

SETTLED = 110 * MINUTE  # a stage begun so long ago is over, retries, tests and incidents included
DAYS = 80
Quiet = Callable[[DemoService, str], int]  # for how many seconds before now nothing ordinary happens to a pair


class Spoken(NamedTuple):
    """What was received, and the second its sender speaks of."""

    at: int
    received: Received


def events(now: datetime, days: int = DAYS) -> Iterator[Received]:
    """The whole past up to `now`, in the order it was received."""
    until = int(now.timestamp())
    since = until - days * DAY
    ordinary = list(_ordinary(since, until, stories.quiet))
    told = stories.told(until, _served(ordinary, until))
    spoken = _spoken([*ordinary, *_busy(since, until), *told], since, until)
    yield from sorted((one.received for one in spoken), key=lambda one: (one.received_at, one.body["eventId"]))


def between(since: datetime, until: datetime) -> list[Spoken]:
    """What is said after `since` and not after `until`, in order; telling it twice says the same again."""
    begin, end = int(since.timestamp()), int(until.timestamp())
    spoken = _spoken([*_ordinary(begin, end, lambda service, cluster: 0), *_busy(begin, end)], begin, end)
    return sorted(spoken, key=lambda one: (one.at, one.received.body["eventId"]))


def _ordinary(since: int, until: int, quiet: Quiet) -> Iterator[Happening]:
    """The ordinary life of the releases built since, as far as it is settled and nobody wants quiet."""
    for service in SERVICES:
        latest = {cluster: until - max(SETTLED, quiet(service, cluster)) for cluster in CLUSTERS}
        for release in pipeline.releases_between(service, since, max(latest.values())):
            for cluster, begins, happenings in pipeline.stages(release):
                if begins < latest[cluster]:
                    yield from happenings


def _busy(since: int, until: int) -> Iterator[Happening]:
    """The rounds before `until`, and those that were under way at `since`."""
    under_way = present.rounds_between(since - present.LASTS, min(since, until))
    recent = present.rounds_between(until - present.LASTS, until)
    for number in sorted({*under_way, *recent}):
        yield from present.happenings(number)


def _served(happenings: Iterable[Happening], until: int) -> dict[tuple[str, str], Release]:
    """What serves where, once these rollouts are over."""
    rollouts = [one for one in happenings if isinstance(one, Rollout) and one.succeeded and one.ended < until]
    lasting = sorted((one for one in rollouts if one.rolled_back is None), key=lambda one: one.ended)
    return {(one.cluster_id, one.release.service.id): one.release for one in lasting}


def _spoken(happenings: Iterable[Happening], since: int, until: int) -> Iterator[Spoken]:
    for happening in happenings:
        for said in happening.said():
            if since < said.at <= until:
                yield Spoken(said.at, Received(_received(said, until), said.envelope))


def _received(said: Said, until: int) -> Instant:
    """A little after it was sent, and not after `until`."""
    seconds, milliseconds = divmod(said.delay_ms, 1000)
    if said.at + seconds >= until:
        return instant(until)
    return instant(said.at + seconds, milliseconds)
