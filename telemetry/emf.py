"""CloudWatch's embedded metric format: once a minute a line in the log from which CloudWatch makes metrics.

There is no call to AWS and no other agent than the one that ships the logs. Counts are of this process and minute;
a value nobody knows is left out, never 0.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telemetry import measures
from telemetry.measuring import Counter

log = logging.getLogger("emf")

EVERY_SECONDS = 60.0
MOST_VALUES = 100  # of one metric in one line, says the format
MOST_SAMPLES = 1000
MILLISECONDS, SECONDS, COUNT = "Milliseconds", "Seconds", "Count"


@dataclass(frozen=True, slots=True)
class Value:
    """One metric of a minute: a number, several, or None where nobody knows."""

    unit: str
    amount: float | Sequence[float] | None


Read = Callable[[], Mapping[str, Value]]


Counts = Callable[[Mapping[str, str]], bool]


class Rises:
    """How much counters rose since they were last asked."""

    def __init__(self) -> None:
        self._before: dict[tuple[Counter, Counts], float] = {}

    def of(self, counter: Counter, counts: Counts) -> float:
        """The rise of what was counted under labels that count."""
        now = counter.total_where(counts)
        rise, self._before[counter, counts] = now - self._before.get((counter, counts), 0.0), now
        return rise


class Samples:
    """Values of the last while: all of them, or where they are many a fair choice. Thread-safe."""

    def __init__(self, most: int = MOST_SAMPLES, chance: Callable[[int], int] = random.randrange) -> None:
        self._most = most
        self._chance = chance
        self._lock = threading.Lock()
        self._kept: list[float] = []
        self._seen = 0

    def add(self, value: float) -> None:
        """One more."""
        with self._lock:
            self._seen += 1
            if len(self._kept) < self._most:
                self._kept.append(value)
            elif (place := self._chance(self._seen)) < self._most:
                self._kept[place] = value

    def taken(self) -> list[float]:
        """Those kept, which then are forgotten."""
        with self._lock:
            kept, self._kept, self._seen = self._kept, [], 0
        return kept


class Reporter(threading.Thread):
    """Writes the lines, and the last of them when it ends."""

    def __init__(
        self, namespace: str, service: str, read: Read,
        *, every: float = EVERY_SECONDS, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        super().__init__(name="emf", daemon=True)
        self._namespace = namespace
        self._service = service
        self._read = read
        self._every = every
        self._clock = clock
        self._ended = threading.Event()
        log.setLevel(logging.INFO)  # numbers are wanted however few words are

    def run(self) -> None:
        while not self._ended.wait(self._every):
            self.report()

    def report(self) -> None:
        """The lines of now."""
        for line in lines(self._namespace, self._service, int(self._clock() * 1000), self._read()):
            log.info("metrics", extra=line)

    def end(self) -> None:
        """Write the last lines and stop."""
        self._ended.set()
        if self.is_alive():
            self.join(timeout=3)
            self.report()


def lines(namespace: str, service: str, now_ms: int, values: Mapping[str, Value]) -> list[dict[str, Any]]:
    """The members of each line, beside what every log line has. Pure."""
    known = {name: value for name, value in values.items() if value.amount not in (None, [])}
    parts = {name: _parts(value.amount) for name, value in known.items()}
    most = max((len(part) for part in parts.values()), default=0)
    return [
        _line(namespace, service, now_ms, known, {name: part[n] for name, part in parts.items() if n < len(part)})
        for n in range(most)
    ]


def _line(
    namespace: str, service: str, now_ms: int, known: Mapping[str, Value], said: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    metrics = [{"Name": name, "Unit": known[name].unit} for name in said]
    directive = {"Namespace": namespace, "Dimensions": [["Service"]], "Metrics": metrics}
    return {"_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}, "Service": service, **said}


def _parts(amount: float | Sequence[float] | None) -> list[Any]:
    """A number is one part; many values are as many as the format needs."""
    if not isinstance(amount, Sequence):
        return [amount]
    return [list(amount[start : start + MOST_VALUES]) for start in range(0, len(amount), MOST_VALUES)]


def of_web(read_model_age: Callable[[], float | None]) -> Read:
    """What a web process reports."""
    rises, latencies = Rises(), Samples()

    def heard(seconds: float, labels: Sequence[str]) -> None:
        if labels[1] not in measures.PROBES:
            latencies.add(round(seconds * 1000, 1))

    def read() -> Mapping[str, Value]:
        return {
            "RequestLatency": Value(MILLISECONDS, latencies.taken()),
            "Requests": Value(COUNT, rises.of(measures.HTTP_REQUESTS, _by_visitors)),
            "ServerErrors": Value(COUNT, rises.of(measures.HTTP_REQUESTS, _failed)),
            "ReadModelAge": Value(SECONDS, read_model_age()),
            "StoreThrottles": Value(COUNT, rises.of(measures.AWS_THROTTLES, _of_tables)),
        }

    measures.HTTP_SECONDS.listens = heard
    return read


def _by_visitors(labels: Mapping[str, str]) -> bool:
    return labels["route"] not in measures.PROBES


def _failed(labels: Mapping[str, str]) -> bool:
    return _by_visitors(labels) and labels["status"].startswith("5")


def of_worker(oldest_held: Callable[[], float | None]) -> Read:
    """What a worker reports."""
    rises = Rises()

    def read() -> Mapping[str, Value]:
        return {
            "EventsStored": Value(COUNT, rises.of(measures.WORKER_EVENTS, _any)),
            "EventsQuarantined": Value(COUNT, rises.of(measures.WORKER_MESSAGES, _quarantined)),
            "StoreThrottles": Value(COUNT, rises.of(measures.AWS_THROTTLES, _of_tables)),
            "OldestHeldAge": Value(SECONDS, oldest_held()),
        }

    return read


def _of_tables(labels: Mapping[str, str]) -> bool:
    return labels["service"] == "dynamodb"


def _quarantined(labels: Mapping[str, str]) -> bool:
    return labels["outcome"] == "quarantined"


def _any(_labels: Mapping[str, str]) -> bool:
    return True
