"""The counts of all days as typed columns, beside the attempts: what 200 days of every pair cost in memory.

Pure: a new generation gets new columns that share with the old ones whatever did not change, and what was worked out
of it. Nobody edits one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from data.attempt_columns import AttemptColumns
from data.day_numbers import EARLIEST, day_number
from data.derived import Derived
from data.kept_parts import Marks
from data.models import SUCCESSFUL, Day, PairDay, PairDayKey, Status, SuiteTotals
from data.outcomes import OUTCOMES
from data.pair_day_table import Layout, PairDayTable, Row

DAY_COLUMNS = (*OUTCOMES, "duration_n")
SUITE_COLUMNS = ("gates", "gates_passed", "total", "passed", "failed", "skipped")
DAYS = Layout(("cluster", "service"), DAY_COLUMNS, ("duration_sec",))
SUITES = Layout(("cluster", "service", "suite"), (*SUITE_COLUMNS, "timed"), ("seconds",))


@dataclass(frozen=True, slots=True)
class Columns:
    """Every pair-day: its sums, and its attempts one by one."""

    days: PairDayTable = PairDayTable(DAYS)
    suites: PairDayTable = PairDayTable(SUITES)
    attempts: AttemptColumns = field(default_factory=AttemptColumns)
    marks: Marks = field(default_factory=Marks, compare=False)
    derived: Derived = field(default_factory=Derived, compare=False, repr=False)

    def replaced(self, keys: Collection[PairDayKey], pair_days: Sequence[PairDay], first: Day) -> "Columns":
        """These columns with `keys` taken out, `pair_days` put in, and what is too old gone."""
        return Columns(
            self.days.replaced(keys, _day_rows(pair_days), first),
            self.suites.replaced(keys, _suite_rows(pair_days), first),
            self.attempts.replaced(keys, pair_days, first),
            self.marks.touched({*keys, *((one.cluster_id, one.service_id, one.day) for one in pair_days)}),
            self.derived,
        )

    def prepare(self) -> None:
        """Work out what the first to ask would wait for longest: before a fork all processes share it."""
        self.derived.prepare(self.attempts, self.marks)

    def cut(
        self, last: Day, gone: Collection[PairDayKey], pair_days: Sequence[PairDay], attempts: AttemptColumns
    ) -> "Columns":
        """The sums up to the day `last` with `gone` taken out and `pair_days` put in, beside these attempts."""
        days, suites = self.days.until(last), self.suites.until(last)
        return Columns(
            days.replaced(gone, _day_rows(pair_days), EARLIEST),
            suites.replaced(gone, _suite_rows(pair_days), EARLIEST),
            attempts,
            self.marks,
        )


def columns_of(pair_days: Iterable[PairDay]) -> Columns:
    """The columns of these pair-days alone."""
    return Columns().replaced((), list(pair_days), EARLIEST)


def _day_rows(pair_days: Iterable[PairDay]) -> Iterable[Row]:
    return ((*_key(p), *_outcomes(p), p.duration_n, p.duration_sec_sum) for p in pair_days)


def _suite_rows(pair_days: Iterable[PairDay]) -> Iterable[Row]:
    return ((*_key(p), s.suite, *_totals(s), *_times(p, s.suite)) for p in pair_days for s in p.suites)


def _key(pair_day: PairDay) -> tuple[str, str, int]:
    return pair_day.cluster_id, pair_day.service_id, day_number(pair_day.day)


def _outcomes(pair_day: PairDay) -> tuple[int, ...]:
    count = pair_day.counts.get
    success = sum(count(status, 0) for status in SUCCESSFUL)
    rest = (count(status, 0) for status in (Status.FAILED, Status.ROLLBACK, Status.IN_PROGRESS))
    return success, *rest, pair_day.cancelled


def _totals(suite: SuiteTotals) -> tuple[int, ...]:
    return tuple(getattr(suite, name) for name in SUITE_COLUMNS)


def _times(pair_day: PairDay, suite: str) -> tuple[int, float]:
    """How many of the suite's gates say how long they took, and their seconds together."""
    known = [
        gate.duration_sec
        for row in pair_day.rows
        if not row.cancelled
        for gate in row.gates
        if gate.suite == suite and gate.duration_sec is not None
    ]
    return len(known), sum(known)
