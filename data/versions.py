"""The order of a service's versions: semver where all of them are semver, else by first appearance. Pure."""

import re
from collections.abc import Iterable

from data.models import Instant

SEMVER = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)

Part = tuple[int, int, str]
Rank = tuple[tuple[int, int, int], bool, tuple[Part, ...]]


def newest_first(seen: Iterable[tuple[str, Instant]]) -> list[str]:
    """Versions in falling order, each once; `seen` are (version, when), in any order."""
    first: dict[str, Instant] = {}
    for version, when in seen:
        first[version] = min(first.get(version, when), when)
    ranks = {version: rank(version) for version in first}
    if all(one is not None for one in ranks.values()):
        return sorted(first, key=lambda version: (ranks[version], first[version], version), reverse=True)
    return sorted(first, key=lambda version: (first[version], version), reverse=True)


def rank(version: str) -> Rank | None:
    """What a semantic version sorts by (semver.org, rule 11); None where it is none."""
    match = SEMVER.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, before = match.groups()
    parts = tuple(_part(one) for one in before.split(".")) if before else ()
    return (int(major), int(minor), int(patch)), not before, parts


def _part(text: str) -> Part:
    """Numbers sort as numbers and before words."""
    return (0, int(text), "") if text.isascii() and text.isdigit() else (1, 0, text)
