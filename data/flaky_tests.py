"""Which tests failed in runs whose suite passed later, unchanged: the names, from the newest of these runs.

Names are kept with the runs, not in memory. So a bounded read looks at the newest turns and says how many.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from data.models import Scope, TestRun
from data.quality_views import Turn

LOOKED_AT = 50
SHOWN = 25


class Runs(Protocol):
    """Where the runs are kept."""

    def gate_runs(self, scope: Scope, found: Iterable[tuple[str, str]]) -> list[TestRun]:
        """The runs that count for these attempts and suites."""


@dataclass(frozen=True, slots=True)
class FlakyTest:
    """A test and in how many of the runs it failed."""

    suite: str
    name: str
    times: int


@dataclass(frozen=True, slots=True)
class FlakyTests:
    """Those named most often; `looked_at` runs were asked for, of which so many name a test."""

    tests: Sequence[FlakyTest]
    looked_at: int
    with_names: int


def flaky_tests(store: Runs, scope: Scope, turns: Sequence[Turn]) -> FlakyTests:
    """What the failed runs of the newest LOOKED_AT turns name; by two reads."""
    asked = [(one.failed_id, one.suite) for one in turns[:LOOKED_AT] if one.suite]
    runs = [run for run in store.gate_runs(scope, asked) if run.failed_tests]
    times = Counter((run.suite, name) for run in runs for name in {test.name for test in run.failed_tests})
    most = sorted(times.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    return FlakyTests([FlakyTest(*named, count) for named, count in most], len(asked), len(runs))
