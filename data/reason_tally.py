"""What failed attempts say, numbered: so that the reasons of a long range are sums of numbers and not of texts.

Tells the same as `data/failure_reasons.py` does of the attempts one by one.
"""

import numpy as np
import numpy.typing as npt

from data.analytics_views import FailureReason, FailureReasons
from data.attempt_columns import Chunk
from data.failure_reasons import EXAMPLES, TOP, Said, others, said
from data.kept_parts import Numbered
from data.outcomes import OUTCOMES
from data.tallies import NOTHING, Ints, Tally, tallied

FAILED, ROLLBACK = OUTCOMES.index("failed"), OUTCOMES.index("rollback")
UNSAID = -1
MOST_KNOWN = 20_000

Wide = npt.NDArray[np.int64]


class Reasons:
    """Every distinct thing that is said, numbered; what one says is numbered part by part as well."""

    def __init__(self) -> None:
        self._said: Numbered[Said] = Numbered()
        self._known: dict[tuple[str | None, str, bool], int] = {}  # what was sent, by whom: what that says
        self._keys: Numbered[str] = Numbered()
        self._texts: Numbered[str] = Numbered()
        self._codes = np.zeros((4, 0), dtype=np.int64)  # key, words, example, rolled back: of each that is said

    def tally(self, chunk: Chunk) -> Tally:
        """What the failed and rolled back ones among these attempts say."""
        outcome, width = chunk.arrays["outcome"], max(len(chunk.words["service"]), 1)
        places = np.flatnonzero((outcome == FAILED) | (outcome == ROLLBACK))
        if not len(places):
            return NOTHING
        codes = chunk.arrays["reason"][places].astype(np.int64) + 1  # 0: no reason given
        code = (codes * width + chunk.arrays["service"][places]) * 2 + (outcome[places] == ROLLBACK)
        distinct, counts = np.unique(code, return_counts=True)
        numbers = [self._number(chunk, one // 2 // width - 1, one // 2 % width, one % 2) for one in distinct.tolist()]
        return tallied(np.array(numbers), counts)

    def _number(self, chunk: Chunk, reason: int, service: int, rolled_back: int) -> int:
        sent = None if reason < 0 else str(chunk.words["reason"][reason])
        one = sent, str(chunk.words["service"][service]), bool(rolled_back)
        found = self._known.get(one)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[one] = self._said.number(said(*one))
        return found

    def told(self, tally: Tally) -> FailureReasons:
        """The most frequent reasons, and how many attempts say something else."""
        keys, words, examples, back = self._coded()[:, tally.numbers]
        counts = tally.counts.astype(np.int64)
        failed, rolled_back = (np.bincount(keys[one], counts[one]).astype(np.int64) for one in (back == 0, back == 1))
        wordings = _first_of(keys, words, counts, self._texts)
        made = []
        for key, wording in wordings.items():
            times = [int(one[key]) if key < len(one) else 0 for one in (failed, rolled_back)]
            made.append((key, FailureReason(self._keys[key], wording, times[0], times[1])))
        made.sort(key=lambda one: (-one[1].attempts, one[1].words))
        top = []
        for key, one in made[:TOP]:
            mine = (keys == key) & (examples != UNSAID)
            shown = tuple(_most(examples[mine], counts[mine], self._texts, EXAMPLES))
            top.append(FailureReason(one.key, one.words, one.failed, one.rolled_back, shown))
        return FailureReasons(tuple(top), others([one for _, one in made[TOP:]]), len(made[TOP:]))

    def _coded(self) -> Wide:
        """The codes of everything said so far."""
        codes, length = self._codes, len(self._said)
        if codes.shape[1] < length:
            fresh = [self._code(self._said[number]) for number in range(codes.shape[1], length)]
            codes = np.concatenate([codes, np.array(fresh, dtype=np.int64).T], axis=1)
            self._codes = codes
        return codes

    def _code(self, one: Said) -> tuple[int, int, int, bool]:
        example = UNSAID if one.example is None else self._texts.number(one.example)
        return self._keys.number(one.key), self._texts.number(one.words), example, one.rolled_back


def _first_of(keys: Wide, words: Wide, counts: Wide, texts: Numbered[str]) -> dict[int, str]:
    """By key, its most frequent wording, of equals the first by text."""
    found: dict[int, tuple[int, str]] = {}
    width = int(words.max()) + 1 if len(words) else 1
    pairs = tallied(keys * width + words, counts)
    for pair, times in zip(pairs.numbers.tolist(), pairs.counts.tolist(), strict=True):
        one = -times, texts[pair % width]
        found[pair // width] = min(found.get(pair // width, one), one)
    return {key: text for key, (_, text) in found.items()}


def _most(numbers: Ints, counts: Wide, texts: Numbered[str], n: int) -> list[tuple[str, int]]:
    """The most frequent texts; of equals the first by text."""
    tally = tallied(numbers, counts)
    if len(tally.counts) > n:
        least = np.partition(tally.counts, len(tally.counts) - n)[-n]
        some = tally.counts >= least
        tally = Tally(tally.numbers[some], tally.counts[some])
    found = [(texts[one], times) for one, times in zip(tally.numbers.tolist(), tally.counts.tolist(), strict=True)]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:n]
