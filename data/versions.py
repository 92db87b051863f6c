"""The order of a service's versions: semver where all of them are semver, else by first appearance. Pure."""

from collections.abc import Iterable

from data.models import Instant
from data.version_order import precedence


def newest_first(seen: Iterable[tuple[str, Instant]]) -> list[str]:
    """Versions in falling order, each once; `seen` are (version, when), in any order."""
    first: dict[str, Instant] = {}
    for version, when in seen:
        first[version] = min(first.get(version, when), when)
    ranks = {version: precedence(version) for version in first}
    if all(one is not None for one in ranks.values()):
        return sorted(first, key=lambda version: (ranks[version], first[version], version), reverse=True)
    return sorted(first, key=lambda version: (first[version], version), reverse=True)
