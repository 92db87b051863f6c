"""The README's table of values, from the comments of values.yaml; `python -m chart_checks.values_table` writes it."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import yaml

from chart_checks.rendering import CHART

README = CHART / "README.md"
BEGIN, END = "<!-- values: written by `python -m chart_checks.values_table` -->", "<!-- end of values -->"
KEY = re.compile(r"^(\s*)([A-Za-z][\w.-]*):")


def table() -> str:
    """Every value with its default and what it means."""
    told = dict(_comments((CHART / "values.yaml").read_text()))
    rows = ["| Value | Default | |", "|---|---|---|"]
    for path, value in _leaves(yaml.safe_load((CHART / "values.yaml").read_text()), (), set(told)):
        shown = json.dumps(value, ensure_ascii=False).replace("|", "\\|")
        rows.append(f"| `{'.'.join(path)}` | `{shown}` | {told.get(path, '')} |")
    return "\n".join(rows)


def documented(readme: str) -> str:
    """The README with the table as it must be."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _comments(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """What the line `# -- …` above a key says, by the key's path."""
    way: list[tuple[int, str]] = []
    told = ""
    for line in text.splitlines():
        if line.strip().startswith("# -- "):
            told = line.strip().removeprefix("# -- ")
        elif match := KEY.match(line):
            depth = len(match[1])
            way = [one for one in way if one[0] < depth] + [(depth, match[2])]
            if told:
                yield tuple(name for _, name in way), told
            told = ""


def _leaves(value: Any, path: tuple[str, ...], told: set[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Values that are no further objects; one that is told of as a whole is a leaf."""
    if isinstance(value, dict) and value and not (path in told and path[0] not in ("settings",)):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key), told)
    else:
        yield path, value


def main() -> int:
    """Write the table into the README."""
    README.write_text(documented(README.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
