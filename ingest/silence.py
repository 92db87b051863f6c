"""Sources that are silent for longer than they ever are: by the gaps between the hours in which they delivered. Pure.

The counts of deliveries by hour are what is kept of every delivery, so a gap is told to the hour: from the start of
one hour with deliveries to the start of the next. A source is silent once it says nothing for longer than 99 of 100
of its gaps, an hour more, and a least number of gaps are known.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.alert_models import Alert, AlertKind, AlertRule
from data.alert_rules import key_of
from data.instants import epoch, seconds_between
from data.models import Instant
from ingest.verdict_items import Counted
from ingest.verdicts import DeliveryVerdict

WINDOW_HOURS = 14 * 24
LEAST_GAPS = 20
HOUR = 3600.0
# A stranger who is refused at the door is no sign of life.
HEARD = frozenset({DeliveryVerdict.ACCEPTED, DeliveryVerdict.DUPLICATE, DeliveryVerdict.IGNORED})


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a source has said nothing, beside its gaps of the last two weeks, in seconds.

    `usual` is the median gap and `p99` the 99th percentile, of `n` gaps; None below LEAST_GAPS.
    """

    source: str
    last_at: Instant
    silent_sec: float
    n: int
    usual: float | None
    p99: float | None

    @property
    def is_silent(self) -> bool:
        """Whether it has been silent for longer than it usually ever is."""
        return self.p99 is not None and self.silent_sec > self.p99 + HOUR


def silences(heard: Mapping[str, Instant], counted: Iterable[Counted], now: Instant) -> list[Silence]:
    """Every source that was heard from, by name."""
    hours: dict[str, set[int]] = defaultdict(set)
    for one in counted:
        if one.verdict in HEARD and one.count:
            hours[one.source].add(epoch(f"{one.hour}:00:00.000Z"))
    return [_silence(source, last, hours.get(source, set()), now) for source, last in sorted(heard.items())]


def alert_of_silence(rule: AlertRule, silence: Silence, now: Instant) -> Alert:
    """What is told of a silent source: once a silence, for it ends with the next delivery."""
    usual, p99 = (silence.usual or 0) / HOUR, (silence.p99 or 0) / HOUR
    return Alert(
        key=key_of(rule.rule_id, AlertKind.SOURCE_SILENT, silence.source, silence.last_at), rule_id=rule.rule_id,
        rule_name=rule.name, kind=AlertKind.SOURCE_SILENT, at=now,
        title=f"{silence.source} is silent since {silence.last_at[:16].replace('T', ' ')} UTC",
        text=f"Usually every {usual:.0f} h, 99 of 100 gaps within {p99:.0f} h ({silence.n} gaps in 14 days).",
        to=rule.to, path="/ingest",
    )  # fmt: skip


def _silence(source: str, last: Instant, hours: set[int], now: Instant) -> Silence:
    ordered = sorted(hours)
    gaps = sorted(float(later - earlier) for earlier, later in zip(ordered, ordered[1:], strict=False))
    silent = max(0.0, seconds_between(last, now))
    if len(gaps) < LEAST_GAPS:
        return Silence(source, last, silent, len(gaps), None, None)
    return Silence(source, last, silent, len(gaps), gaps[(len(gaps) - 1) // 2], gaps[math.ceil(0.99 * len(gaps)) - 1])
