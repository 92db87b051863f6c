"""Counters, gauges and histograms that cost next to nothing until something is measured.

A measure is declared where it is named (`telemetry.measures`) and made at its first use: a process exposes only what
it really measures, and nothing is opened on import. Labels are given by place, in the order they were declared.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

DECLARED: dict[str, "Measure"] = {}
_making = Lock()
_registry: "CollectorRegistry | None" = None


def _own_registry() -> "CollectorRegistry":
    """Where this process' measures are; none of the library's own."""
    global _registry
    if _registry is None:
        import prometheus_client

        prometheus_client.disable_created_metrics()
        _registry = prometheus_client.CollectorRegistry()
    return _registry


class Measure:
    """Declared by name, help and labels; the help says the unit in words."""

    kind: ClassVar[str]

    def __init__(self, name: str, help_text: str, *labels: str) -> None:
        self.name = name
        self.help_text = help_text
        self.labels = labels
        self._parent: Any = None
        self._children: dict[Sequence[str], Any] = {}
        assert name not in DECLARED, f"{name} is declared twice"
        DECLARED[name] = self

    def child(self, labels: Sequence[str]) -> Any:
        """The library's object for these labels, made where it is new."""
        found = self._children.get(labels)
        if found is None:
            with _making:
                if self._parent is None:
                    self._parent = self._make(_own_registry())
                found = self._parent.labels(*labels) if self.labels else self._parent
                self._children[labels] = found
        return found

    def touch(self, *labels: str) -> None:
        """Expose it from now on: a counter that appears with its first event has no rise anybody could see."""
        self.child(labels)

    def total(self, **only: str) -> float:
        """The sum over what this process measured under these labels; of a histogram the number of its values."""
        return self.total_where(lambda labels: only.items() <= labels.items())

    def total_where(self, counts: Callable[[Mapping[str, str]], bool]) -> float:
        """The sum over the labels that count."""
        with _making:
            families = self._parent.collect() if self._parent is not None else ()
        suffix = "_count" if self.kind == "histogram" else "_total" if self.kind == "counter" else ""
        name = self.name.removesuffix("_total") + suffix
        found = [sample for family in families for sample in family.samples if sample.name == name]
        return float(sum(sample.value for sample in found if counts(sample.labels)))

    def _make(self, registry: "CollectorRegistry") -> Any:
        raise NotImplementedError


class Counter(Measure):
    """Counts up. The name ends in `_total`."""

    kind = "counter"

    def add(self, *labels: str, amount: float = 1) -> None:
        """So many more."""
        self.child(labels).inc(amount)

    def _make(self, registry: "CollectorRegistry") -> Any:
        from prometheus_client import Counter as Made

        return Made(self.name, self.help_text, self.labels, registry=registry)


class Gauge(Measure):
    """How something stands. `of_processes`: which of several living web processes speaks for all."""

    kind = "gauge"

    def __init__(self, name: str, help_text: str, *labels: str, of_processes: str = "livemax") -> None:
        super().__init__(name, help_text, *labels)
        self._mode = of_processes

    def set(self, value: float, *labels: str) -> None:
        """It stands so now."""
        self.child(labels).set(value)

    def clear(self) -> None:
        """Nobody knows how it stands: it is not exposed until it is set again. For processes without siblings."""
        with _making:
            self._children = {}
            if self._parent is not None:
                self._parent.clear()

    def follow(self, read: Callable[[], float], *labels: str) -> None:
        """It stands as `read` says whenever it is asked; for processes that have no siblings."""
        self.child(labels).set_function(read)

    def _make(self, registry: "CollectorRegistry") -> Any:
        from prometheus_client import Gauge as Made

        mode: Any = self._mode
        return Made(self.name, self.help_text, self.labels, registry=registry, multiprocess_mode=mode)


class Histogram(Measure):
    """How values are spread. Who `listens` is told each of them with its labels."""

    kind = "histogram"

    def __init__(self, name: str, help_text: str, *labels: str, buckets: Sequence[float]) -> None:
        super().__init__(name, help_text, *labels)
        self.buckets = tuple(buckets)
        self.listens: Callable[[float, Sequence[str]], None] | None = None

    def observe(self, value: float, *labels: str) -> None:
        """One value more."""
        self.child(labels).observe(value)
        if self.listens is not None:
            self.listens(value, labels)

    def _make(self, registry: "CollectorRegistry") -> Any:
        from prometheus_client import Histogram as Made

        return Made(self.name, self.help_text, self.labels, registry=registry, buckets=self.buckets)


class Bounded:
    """Label values that others choose: those known, the first so many new ones, and one word for all the rest."""

    OTHER = "other"

    def __init__(self, known: Sequence[str], most_new: int) -> None:
        self._known = set(known)
        self._room = most_new
        self._lock = Lock()

    def label(self, value: str, *, trusted: bool = True) -> str:
        """The label for this value; where it is not `trusted` it takes nobody's place."""
        if value in self._known:
            return value
        if not trusted:
            return self.OTHER
        with self._lock:
            if self._room > 0:
                self._room -= 1
                self._known.add(value)
        return value if value in self._known else self.OTHER


def exposition(shared: Path | None = None) -> bytes:
    """What is measured, as Prometheus reads it: of this process, or of all that share the folder."""
    from prometheus_client import CollectorRegistry, generate_latest

    if shared is None:
        return generate_latest(_own_registry())
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(shared))
    return generate_latest(registry)


def forget_process(shared: Path, process: int) -> None:
    """How things stood in a process that is gone says nothing any more; what it counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(process, str(shared))
