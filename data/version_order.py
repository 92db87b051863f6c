"""Which of two versions of a service is newer: by semver where both are, else by when each was first seen. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from data.models import Current, Instant, Trigger

SEMVER = re.compile(
    r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII,
)
Identifier = tuple[bool, int, str]
Precedence = tuple[int, int, int, bool, tuple[Identifier, ...]]


@lru_cache(maxsize=65_536)
def precedence(version: str) -> Precedence | None:
    """What semver compares: greater for the newer version; None where the text is no semver."""
    found = SEMVER.fullmatch(version)
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    parts = tuple(_identifier(one) for one in pre.split(".")) if pre else ()
    return int(major), int(minor), int(patch), pre is None, parts


def _identifier(text: str) -> Identifier:
    """Numbers compare as numbers and come before words."""
    return (False, int(text), "") if text.isdigit() else (True, 0, text)


@dataclass(frozen=True, slots=True)
class VersionOrder:
    """The order of one service's versions, as far as it can be told."""

    first_seen: Mapping[str, Instant]

    def newer(self, one: str, other: str) -> bool | None:
        """Whether `one` is newer than `other`; None where nothing tells."""
        if one == other:
            return False
        mine, theirs = precedence(one), precedence(other)
        if mine is not None and theirs is not None and mine != theirs:
            return mine > theirs
        seen, seen_other = self.first_seen.get(one), self.first_seen.get(other)
        if seen is None or seen_other is None or seen == seen_other:
            return None
        return seen > seen_other


def version_order(currents: Iterable[Current]) -> VersionOrder:
    """The order of a service's versions by what its pairs serve and tried last.

    A version that came back by a rollback is older than that rollback: its time tells nothing.
    """
    seen: dict[str, Instant] = {}
    for current in currents:
        for row in (current.serving, current.last_good, current.latest, current.latest_finished):
            if row is None or row.trigger is Trigger.ROLLBACK or row.rollback_to_build == row.build_version:
                continue
            seen[row.build_version] = min(row.started_at, seen.get(row.build_version, row.started_at))
    return VersionOrder(seen)
