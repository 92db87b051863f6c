"""One line a figure: what was measured, beside what, and how that compares with the goal. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEADINGS = ("figure", "ours", "limit", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `ratio` None: it could not be measured here, `note` says why."""

    name: str
    ours: str
    limit: str
    ratio: float | None
    goal: float | None  # None: for information
    at_least: bool  # else at most
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing was measured."""
        if self.ratio is None or self.goal is None:
            return None
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def skipped(name: str, goal: float, at_least: bool, why: str) -> Row:
    """A row that could not be measured on this machine."""
    return Row(name, "–", "–", None, goal, at_least, why)


def median_ratio(ours: Sequence[float], limits: Sequence[float]) -> float:
    """The median of the rounds' ratios: each round compares neighbours in time, so drift cancels out."""
    return median(one / limit for one, limit in zip(ours, limits, strict=True))


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, columns aligned."""
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEADINGS))]
    lines = [_line(line, widths) for line in cells]
    lines.insert(1, _line(["-" * width for width in widths], widths))
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    goal = "–" if row.goal is None else f"{'≥' if row.at_least else '≤'} {row.goal:g}"
    unmeasured = "information" if row.goal is None else "skipped"
    verdict = {True: "met", False: "MISSED", None: unmeasured}[row.met]
    return row.name, row.ours, row.limit, ratio, goal, f"{verdict}{f': {row.note}' if row.note else ''}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
