"""Tables as CSV files that a spreadsheet opens rightly and that cannot make it calculate. Pure.

RFC 4180, in UTF-8 with the mark by which spreadsheets know it. Column names are the API's field names, joined by
dots where the API nests; an empty cell is what is not known.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from data.long_lists import MOST_ROWS

MARK = "\ufeff"
# What a spreadsheet takes for the start of a formula; the wide forms count as the narrow ones there.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+")
LONGEST_PART = 63

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; a row without a column's value has an empty cell there.

    `cut`, asked when the rows are over: whether there are more than were given.
    """

    columns: Sequence[str]
    rows: Iterable[Row]
    cut: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file; `first`: of how many rows it is, where further ones had to be left out."""

    body: bytes
    first: int | None


def written(table: Table, most: int = MOST_ROWS) -> CsvFile:
    """The table's first `most` rows."""
    text = io.StringIO(newline="")
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow(table.columns)
    rows = iter(table.rows)
    count = 0
    for row in islice(rows, most):
        writer.writerow([cell(row.get(column)) for column in table.columns])
        count += 1
    cut = next(rows, None) is not None or table.cut()
    return CsvFile(text.getvalue().encode(), count if cut else None)


def cell(value: Any) -> str:
    """A value as text: nothing for None, and a text that would be a formula with an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def flat(nested: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """`{"a": {"b": 1}}` as `{"a.b": 1}`."""
    found: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{within}{name}.")
        else:
            found[within + name] = value
    return found


def file_name(parts: Iterable[str | None], first: int | None = None) -> str:
    """`attempts-mira-us-west-2-2026-11-10-to-2026-11-23.csv` of what is known; of the `first` rows only, if so."""
    words = [_plain(part) for part in parts if part] + ([f"first-{first}"] if first is not None else [])
    return "-".join(word for word in words if word) + ".csv"


def _plain(part: str) -> str:
    return NOT_IN_NAMES.sub("-", part.lower())[:LONGEST_PART].strip("-.")
