"""How long the commits of a deployment were under way, from what columns keep of them. Pure.

Columns hold the commits of an attempt as one short text: their times in base 36, as whole seconds before that of
the head commit (or, where the head's is not known, before the year 1970: negative), `x` where a commit names none.
"""

from collections.abc import Sequence

import numpy as np

from data.instants import epoch
from data.models import Commit, Instant

NO_COMMIT_TIME, CLOCK_SKEW, NO_END = "no_commit_time", "clock_skew", "no_end"
LEFT_OUT = (NO_COMMIT_TIME, CLOCK_SKEW, NO_END)
UNTIMED = "x"


def commit_words(commits: Sequence[Commit], committed_at: Instant | None) -> str:
    """The text of these commits; empty where the head commit alone says as much."""
    head = epoch(committed_at) if committed_at else 0
    times = [None if one.committed_at is None else epoch(one.committed_at) for one in commits]
    if not times or times == [head if committed_at else None]:
        return ""
    return " ".join(UNTIMED if time is None else np.base_repr(head - time, 36).lower() for time in times)


def commit_times(words: str | None, committed: int | None) -> list[int | None]:
    """Epoch seconds of each commit a deployment carries; `committed` is that of its head."""
    if not words:
        return [committed]
    head = committed or 0
    return [None if word == UNTIMED else head - int(word, 36) for word in words.split(" ")]


def leads(words: str | None, committed_ms: int | None, ended_ms: int | None) -> tuple[list[int], dict[str, int]]:
    """Whole seconds from each commit to the end of its deployment, ascending; and by reason those left out."""
    found: list[int] = []
    without: dict[str, int] = {}
    ended = None if ended_ms is None else ended_ms // 1000
    for time in commit_times(words, None if committed_ms is None else committed_ms // 1000):
        reason = _left_out(time, ended)
        if reason is not None:
            without[reason] = without.get(reason, 0) + 1
        elif time is not None and ended is not None:
            found.append(ended - time)
    return sorted(found), without


def _left_out(committed: int | None, ended: int | None) -> str | None:
    if committed is None:
        return NO_COMMIT_TIME
    if ended is None:
        return NO_END
    return CLOCK_SKEW if committed > ended else None
