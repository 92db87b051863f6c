"""Why attempts failed, told together where the reasons say the same. Pure.

Senders write reasons for one attempt: `pod authn-7d9f-x2x4z not ready`. To count them, what differs from attempt to
attempt is folded, in this order:

- everything after the first line, and blanks that are repeated;
- addresses, e-mail addresses, host names, IP addresses, UUIDs, digests, times: `…`;
- the name of the attempt's own service, in any letter case and with `_` for `-`: `…`;
- words that mix digits with `-` or `_` (pods, replica sets, migrations) and names in CAPITALS_WITH_UNDERSCORES: `…`;
- numbers: `#`, but not a code (`exit code 137`, `HTTP 503`, `answered 503`): there the number is the reason.

Letter case does not tell reasons apart; the most frequent way to write one is shown.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from data.analytics_views import FailureReason, FailureReasons

TOP = 8
EXAMPLES = 3
LONGEST = 300  # of a reason this much is looked at
UNSAID = "no reason given"
NONE_KEY = "none"
OTHERS_KEY = "others"

_CODE = r"\b(?:code|status|http|signal|answered|errno|returned)\b[ :=]{0,3}\d{1,3}\b"
_NAMES = re.compile(
    "|".join((
        r"[a-z][a-z0-9+.-]{1,20}://\S+",
        r"[\w.+-]+@[\w.-]+",
        r"\b\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?",
        r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
        r"\b(?:sha\d+:)?(?=[0-9a-f]*\d)(?=[0-9]*[a-f])[0-9a-f]{7,64}\b",
        r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b",
        r"\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}\b",
        r"\b(?:[a-z0-9-]{1,63}\.){2,8}[a-z]{2,24}\b(?::\d+)?",
    )),
    re.IGNORECASE | re.ASCII,
)  # fmt: skip
_MIXED = re.compile(r"\b(?=[\w-]{0,80}\d)(?=\w{0,80}[-_])\w[\w-]{1,80}\b", re.ASCII)
_SHOUTED = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", re.ASCII)
_NUMBER = re.compile(rf"(?P<code>{_CODE})|\d+(?:[.,]\d+)*", re.IGNORECASE | re.ASCII)
_REPEATED = re.compile(r"…(?:[ /:._-]*…)+")


@lru_cache(maxsize=16_384)
def folded(reason: str, service_id: str = "") -> str:
    """What this reason says apart from names and numbers."""
    lines = reason[: LONGEST * 4].strip().splitlines()
    text = " ".join(lines[0][:LONGEST].split()) if lines else ""
    text = _NAMES.sub("…", text)
    if service_id:
        own = re.escape(service_id).replace(r"\-", "[-_]")
        text = re.sub(rf"(?<![A-Za-z0-9]){own}(?![A-Za-z0-9])", "…", text, flags=re.IGNORECASE)
    text = _SHOUTED.sub("…", _MIXED.sub("…", text))
    text = re.sub(r"[\w-]*…[\w-]*", "…", text)
    text = _NUMBER.sub(lambda found: found["code"] or "#", text)
    return _REPEATED.sub("…", text) or UNSAID


def key_of(words: str) -> str:
    """How an address names a folded reason."""
    return NONE_KEY if words == UNSAID else blake2b(words.casefold().encode(), digest_size=6).hexdigest()


Counted = tuple[str | None, str, bool, int]  # (reason as sent, service id, rolled back, attempts)


class Said(NamedTuple):
    """What an attempt says: its folded reason by key and in words, the beginning of it as sent."""

    key: str
    words: str
    example: str | None
    rolled_back: bool


def said(reason: str | None, service_id: str, rolled_back: bool) -> Said:
    """What a failed attempt of that service says."""
    words = folded(reason or "", service_id)
    return Said(key_of(words), words, reason[:LONGEST] if reason else None, rolled_back)


def grouped(counted: Iterable[Counted]) -> FailureReasons:
    """The reasons told together: the TOP most frequent, and how many attempts say something else."""
    wordings: dict[str, Counter[str]] = defaultdict(Counter)
    examples: dict[str, Counter[str]] = defaultdict(Counter)
    failed: Counter[str] = Counter()
    rolled_back: Counter[str] = Counter()
    for reason, service_id, was_rolled_back, attempts in counted:
        one = said(reason, service_id, was_rolled_back)
        wordings[one.key][one.words] += attempts
        (rolled_back if one.rolled_back else failed)[one.key] += attempts
        if one.example:
            examples[one.key][one.example] += attempts
    made = [
        FailureReason(key, _first(wording), failed[key], rolled_back[key], tuple(_most(examples[key], EXAMPLES)))
        for key, wording in wordings.items()
    ]
    made.sort(key=lambda one: (-one.attempts, one.words))
    return FailureReasons(tuple(made[:TOP]), others(made[TOP:]), len(made[TOP:]))


def others(rest: Sequence[FailureReason]) -> FailureReason | None:
    """All further reasons as one; these are the most frequent first."""
    if not rest:
        return None
    words = "1 other reason" if len(rest) == 1 else f"{len(rest)} other reasons"
    examples = tuple((one.words, one.attempts) for one in rest[:EXAMPLES])
    return FailureReason(
        OTHERS_KEY, words, sum(one.failed for one in rest), sum(one.rolled_back for one in rest), examples
    )


def _first(counts: Counter[str]) -> str:
    return next(_most(counts, 1))[0]


def _most(counts: Counter[str], n: int) -> Iterator[tuple[str, int]]:
    """The most frequent; of equals the first by text, so that the order of attempts decides nothing."""
    return iter(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:n])
