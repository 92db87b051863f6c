"""Every attempt that is held, as typed columns: what percentiles, timelines and states of the past are made from.

An attempt costs about sixty bytes. A cluster-region's month is one immutable chunk, so that news copy a chunk and
not everything, and what two generations have in common they share. Pure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import keys
from data.day_numbers import day_number
from data.delivery_leads import commit_words
from data.models import AttemptRow, Day, Gate, PairDay, PairDayKey, Scope, Status, Trigger, Verdict
from data.outcomes import OUTCOMES, outcome_of

STATUSES = tuple(Status)
TRIGGERS = tuple(Trigger)
STATUS_PLACES = {status: place for place, status in enumerate(STATUSES)}
TRIGGER_PLACES = {trigger: place for place, trigger in enumerate(TRIGGERS)}
TIMES = ("started", "ended", "received", "heard", "committed")  # epoch ms, MISSING where unknown
WORDS = ("service", "version", "reason", "back_to", "verdicts", "scores", "reruns", "commits")  # codes into own words
MISSING = -1
UNTOLD = "?"  # of `reruns`: how often suites ran was not kept then
LATER = TIMES[1:]  # held as milliseconds after `started` where all of a chunk fit
UNKNOWN = np.iinfo(np.int32).min  # among those: missing

Array = npt.NDArray[Any]
Month = str  # YYYY-MM
ChunkKey = tuple[str, Month]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The attempts of one cluster-region that started in one month, by start and id."""

    arrays: Mapping[
        str, Array
    ]  # TIMES (read by `moments`), day, status, trigger, outcome, cancelled, hotfix, number, and codes of WORDS
    words: Mapping[str, Array]  # the vocabulary of each of WORDS
    index: list[tuple[Array, Array]] = field(default_factory=list, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.arrays["day"])

    def moments(self, name: str) -> npt.NDArray[np.int64]:
        """One of TIMES as epoch milliseconds, MISSING where it is not known."""
        values = self.arrays[name]
        if name == "started" or values.dtype == np.int64:
            return values
        return np.where(values == UNKNOWN, MISSING, self.arrays["started"] + values)

    def of_service(self, code: int) -> Array:
        """The rows of a service; where they are is worked out once."""
        if not self.index:
            service = self.arrays["service"]
            order = np.argsort(service, kind="stable").astype(np.int32)
            self.index.append((order, np.searchsorted(service[order], np.arange(len(self.words["service"]) + 1))))
        order, edges = self.index[0]
        return order[edges[code] : edges[code + 1]]

    def kept(self, rows: npt.NDArray[np.bool_] | slice) -> "Chunk":
        """These of its rows."""
        return Chunk({name: array[rows] for name, array in self.arrays.items()}, self.words)

    def between(self, since_ms: int, until_ms: int) -> "Chunk":
        """Its rows that started within [since, until); nothing is copied."""
        first, end = np.searchsorted(self.arrays["started"], [since_ms, until_ms])
        return self if (first, end) == (0, len(self)) else self.kept(slice(int(first), int(end)))


@dataclass(frozen=True, slots=True)
class AttemptColumns:
    """All attempts held."""

    chunks: Mapping[ChunkKey, Chunk] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.chunks.values()))

    def replaced(self, gone: Collection[PairDayKey], pair_days: Iterable[PairDay], first: Day) -> "AttemptColumns":
        """These columns with the pair-days `gone` taken out, `pair_days` put in, and what is too old left away."""
        chunks = {key: chunk for key, chunk in self.chunks.items() if key[1] >= first[:7]}
        leaving: dict[ChunkKey, set[tuple[str, int]]] = {}
        for cluster, service, day in gone:
            leaving.setdefault((cluster, day[:7]), set()).add((service, day_number(day)))
        coming: dict[ChunkKey, list[PairDay]] = {}
        for one in pair_days:
            if one.day >= first:
                coming.setdefault((one.cluster_id, one.day[:7]), []).append(one)
        for key in leaving.keys() | coming.keys() | {key for key in chunks if key[1] == first[:7]}:
            parts = [chunk_of(coming[key])] if key in coming else []
            if key in chunks:
                parts.insert(0, _without(chunks[key], leaving.get(key, set()), first))
            merged = _joined(parts) if parts else None
            if merged is not None and len(merged):
                chunks[key] = merged
            else:
                chunks.pop(key, None)
        return AttemptColumns(chunks)

    def frame(
        self,
        scope: Scope,
        since_ms: int,
        until_ms: int,
        *,
        cluster_ids: Collection[str] | None = None,
        service_ids: Collection[str] | None = None,
        versions: Collection[str] | None = None,
        columns: Collection[str] | None = None,
        newest: int | None = None,
    ) -> pd.DataFrame:
        """The attempts that started within [since, until), oldest first; `columns` leaves out what is not wanted,
        `newest` all but so many.

        `cluster`, WORDS, `status` and `trigger` are categories of text (missing: NaN), TIMES epoch ms (missing: -1),
        `outcome` an index into OUTCOMES, `cancelled` and `hotfix` truth values; `number` ends the attempt's id.
        """
        names = [name for name in COLUMNS if (name not in RARE if columns is None else name in columns)]
        asked = _Asked(scope, service_ids, versions, names)
        found = []
        for cluster, chunk in self.parts(scope, cluster_ids):
            within = chunk.between(since_ms, until_ms)
            part = asked.of(within, lasts=within is chunk) if len(within) else within
            if len(part):
                found.append((cluster, part))
        if newest is not None:
            found = _newest(found, newest)
        order = np.argsort(_column("started", found), kind="stable")
        return pd.DataFrame({name: _frame_column(name, found, order) for name in names})

    def parts(self, scope: Scope, cluster_ids: Collection[str] | None = None) -> list[tuple[str, Chunk]]:
        """The chunks of the cluster-regions that scope and filter allow, each with its cluster-region."""
        return [
            (key[0], chunk)
            for key, chunk in sorted(self.chunks.items(), key=lambda one: one[0])
            if scope.allows_cluster(key[0]) and (cluster_ids is None or key[0] in cluster_ids)
        ]


COLUMNS = ("cluster", *WORDS, *TIMES, "status", "trigger", "outcome", "cancelled", "hotfix", "number")
RARE = ("commits",)  # only where they are named


@dataclass(frozen=True, slots=True)
class _Asked:
    scope: Scope
    services: Collection[str] | None
    versions: Collection[str] | None
    names: Collection[str]

    def of(self, chunk: Chunk, lasts: bool) -> Chunk:
        """The columns that are asked for, and of these the rows of services and versions that are."""
        arrays = {name: chunk.arrays[name] for name in {*self.names, "started", "day"} - {"cluster"}}
        if self.scope.services is None and self.services is None and self.versions is None:
            return Chunk(arrays, chunk.words)
        allowed = [code for code, one in enumerate(chunk.words["service"].tolist()) if self._allows(one)]
        if lasts and len(allowed) == 1:  # a chunk that stays: the next question may be about another service
            rows = chunk.of_service(allowed[0])
        else:
            mask = np.zeros(len(chunk.words["service"]), dtype=np.bool_)
            mask[allowed] = True
            rows = np.flatnonzero(mask[chunk.arrays["service"]])
        if self.versions is not None and len(rows):
            rows = rows[_named(chunk.arrays["version"][rows], chunk.words["version"], self.versions)]
        return Chunk({name: array[rows] for name, array in arrays.items()}, chunk.words)

    def _allows(self, service: str) -> bool:
        return (self.services is None or service in self.services) and self.scope.allows_service(service)


def _named(codes: Array, vocabulary: Array, words: Collection[str]) -> npt.NDArray[np.bool_]:
    """Which of the codes are of these words; only words that occur are looked at."""
    seen, places = np.unique(codes, return_inverse=True)
    return np.array([code >= 0 and str(vocabulary[code]) in words for code in seen.tolist()], dtype=np.bool_)[places]


def chunk_of(pair_days: Iterable[PairDay]) -> Chunk:
    """The attempts of these days, all of one cluster-region and month."""
    rows = [(row, day) for day in pair_days for row in day.rows]
    rows.sort(key=lambda one: (one[0].started_at, one[0].attempt_id))
    arrays: dict[str, Array] = {
        "day": np.array([day_number(day.day) for _, day in rows], dtype=np.int32),
        "status": np.array([STATUS_PLACES[row.status] for row, _ in rows], dtype=np.int8),
        "trigger": np.array([TRIGGER_PLACES[row.trigger] for row, _ in rows], dtype=np.int8),
        "outcome": np.array([OUTCOMES.index(outcome_of(row)) for row, _ in rows], dtype=np.int8),
        "cancelled": np.array([row.cancelled for row, _ in rows], dtype=np.bool_),
        "hotfix": np.array([row.hotfix for row, _ in rows], dtype=np.bool_),
        "number": _texts([row.attempt_id.rsplit(":", 1)[1] for row, _ in rows]),
    }
    for name in TIMES:
        arrays[name] = _moments([getattr(row, f"{name}_at") for row, _ in rows])
    arrays |= _packed(arrays)
    said: dict[str, list[str | None]] = {
        "service": [day.service_id for _, day in rows],
        "version": [row.build_version for row, _ in rows],
        "reason": [row.failure_reason for row, _ in rows],
        "back_to": [row.rollback_to_build for row, _ in rows],
        "verdicts": [verdict_words(row.gates) or None for row, _ in rows],
        "scores": [score_words(row.gates) or None for row, _ in rows],
        "reruns": [rerun_words(row.gates) or None for row, _ in rows],
        "commits": [commit_words(row.commits, row.committed_at) or None for row, _ in rows],
    }
    words: dict[str, Array] = {}
    for name, values in said.items():
        vocabulary = sorted({value for value in values if value is not None})
        places = {word: place for place, word in enumerate(vocabulary)}
        codes = [MISSING if v is None else places[v] for v in values]
        arrays[name] = np.array(codes, dtype=_code_type(len(vocabulary)))
        words[name] = _texts(vocabulary)
    return Chunk(arrays, words)


def verdict_words(gates: Iterable[Gate]) -> str:
    """`FUNCTIONAL:passed SANITY:failed`: what each suite said, by suite."""
    return " ".join(f"{gate.suite}:{gate.verdict}" for gate in sorted(gates, key=lambda gate: gate.suite))


def score_words(gates: Iterable[Gate]) -> str:
    """`FUNCTIONAL:998 SANITY:1000`: tests passed of those not skipped, in thousandths rounded down, where counted."""
    return " ".join(
        f"{gate.suite}:{gate.passed * 1000 // (gate.total - gate.skipped)}"
        for gate in sorted(gates, key=lambda gate: gate.suite)
        if gate.passed is not None and gate.total is not None and gate.skipped is not None
        and gate.total > gate.skipped
    )  # fmt: skip


def rerun_words(gates: Sequence[Gate]) -> str:
    """`FUNCTIONAL:same SANITY:turned`: suites that ran more than once, and whether they turned; or UNTOLD."""
    if any(gate.runs is None for gate in gates):
        return UNTOLD
    return " ".join(
        f"{gate.suite}:{'turned' if gate.turned else 'same'}"
        for gate in sorted(gates, key=lambda gate: gate.suite)
        if gate.runs is not None and gate.runs > 1
    )


def verdicts_of(words: str) -> tuple[Gate, ...]:
    """The gates of `verdict_words`, without their counts."""
    pairs = (one.rsplit(":", 1) for one in words.split(" ") if one)
    return tuple(Gate(suite, Verdict(verdict)) for suite, verdict in pairs)


def attempt_rows(frame: pd.DataFrame) -> list[AttemptRow]:
    """The attempts of a frame with all columns; what is not held (SHA, counts of gates) or is RARE is left empty."""
    said = ("cluster", "service", "version", "reason", "back_to", "verdicts", "status", "trigger", "number")
    texts = {name: _texts_of(frame[name]) for name in said}
    times = {name: _instants(frame[name].to_numpy()) for name in TIMES}
    flags = {name: frame[name].tolist() for name in ("cancelled", "hotfix")}
    gates = {words: verdicts_of(words) for words in set(texts["verdicts"]) if words}
    return [
        AttemptRow(
            attempt_id=keys.attempt_id(
                *(str(texts[name][i]) for name in ("cluster", "service", "version", "number"))
            ),
            build_version=str(texts["version"][i]),
            status=Status(str(texts["status"][i])),
            trigger=Trigger(str(texts["trigger"][i])),
            started_at=times["started"][i] or "",
            ended_at=times["ended"][i],
            rollback_to_build=texts["back_to"][i],
            failure_reason=texts["reason"][i],
            cancelled=flags["cancelled"][i],
            hotfix=flags["hotfix"][i],
            committed_at=times["committed"][i],
            gates=gates.get(texts["verdicts"][i] or "", ()),
            received_at=times["received"][i] or "",
            heard_at=times["heard"][i] or "",
        )
        for i in range(len(frame))
    ]


def _instants(values: Array) -> list[str | None]:
    """The instants of epoch milliseconds, all at once: one by one takes twenty times as long."""
    texts = np.datetime_as_string(values.astype("datetime64[ms]"), timezone="UTC").tolist()
    missing = (values == MISSING).tolist()
    return [None if is_missing else text for text, is_missing in zip(texts, missing, strict=True)]


def _texts_of(column: "pd.Series[Any]") -> list[str | None]:
    return [None if value is None or value != value else value for value in column.tolist()]


def _moments(instants: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """Epoch milliseconds; a million are parsed at once in a second, one by one in ten."""
    found = np.array([instant[:-1] if instant else "NaT" for instant in instants], dtype="datetime64[ms]")
    return np.where(np.isnat(found), MISSING, found.astype(np.int64))


def _packed(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """LATER as milliseconds after `started`: most are within days of it, and half as wide."""
    packed: dict[str, Array] = {}
    for name in LATER:
        after, missing = arrays[name] - arrays["started"], arrays[name] == MISSING
        fits = missing | (np.abs(after) < -int(UNKNOWN))
        packed[name] = np.where(missing, UNKNOWN, after).astype(np.int32) if fits.all() else arrays[name]
    return packed


def _texts(values: Sequence[str]) -> Array:
    """Text without an object for each word: counting references would unshare memory between processes."""
    return np.array(values, dtype=np.dtypes.StringDType())


def _without(chunk: Chunk, gone: Collection[tuple[str, int]], first: Day) -> Chunk:
    days = chunk.arrays["day"]
    mask = days >= day_number(first)
    places = {str(word): place for place, word in enumerate(chunk.words["service"])}
    for service, day in gone:
        if service in places:
            mask &= ~((chunk.arrays["service"] == places[service]) & (days == day))
    return chunk if mask.all() else chunk.kept(mask)


def _joined(parts: Sequence[Chunk]) -> Chunk:
    """One chunk of several, in order again; words that nobody uses any more are forgotten."""
    if len(parts) == 1:
        return parts[0]
    arrays = {name: np.concatenate([part.arrays[name] for part in parts]) for name in parts[0].arrays}
    arrays |= {name: np.concatenate([part.moments(name) for part in parts]) for name in LATER}
    arrays |= _packed(arrays)
    words: dict[str, Array] = {}
    for name in WORDS:
        codes, vocabulary = _merged_words(name, parts)
        arrays[name], words[name] = codes.astype(_code_type(len(vocabulary))), _texts(vocabulary)
    order = np.lexsort((arrays["number"], arrays["started"]))
    return Chunk({name: array[order] for name, array in arrays.items()}, words)


def _code_type(words: int) -> "type[np.int16 | np.int32]":
    """What holds a code of so many words: most vocabularies of a month are small."""
    return np.int16 if words <= np.iinfo(np.int16).max else np.int32


def _merged_words(name: str, parts: Iterable[Chunk]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Codes into one vocabulary of the words that are used, row after row."""
    places: dict[str, int] = {}
    found = []
    for part in parts:
        codes, words = part.arrays[name], part.words[name]
        if len(codes) < len(words):
            seen, at = np.unique(codes, return_inverse=True)
            numbers = [places.setdefault(str(words[one]), len(places)) if one >= 0 else MISSING for one in seen]
            found.append(np.array(numbers, dtype=np.int32)[at])
            continue
        used = np.zeros(len(words) + 1, dtype=np.bool_)
        used[codes] = True  # the last place is what -1 reaches
        merged = np.full(len(used), MISSING, dtype=np.int32)
        merged[:-1][used[:-1]] = [places.setdefault(str(word), len(places)) for word in words[used[:-1]]]
        found.append(merged[codes])
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int32), list(places)


def _newest(found: Sequence[tuple[str, Chunk]], most: int) -> list[tuple[str, Chunk]]:
    """The rows that started last; of those at the very same moment the last in the order of the parts."""
    started = _column("started", found)
    kept = np.zeros(len(started), dtype=np.bool_)
    kept[np.argsort(started, kind="stable")[max(0, len(started) - most) :]] = True
    ends = np.cumsum([len(part) for _, part in found])
    pieces = zip(found, np.split(kept, ends[:-1]), strict=True) if found else ()
    return [(cluster, part.kept(mask)) for (cluster, part), mask in pieces if mask.any()]


def _column(name: str, found: Sequence[tuple[str, Chunk]]) -> Array:
    arrays = [chunk.moments(name) if name in TIMES else chunk.arrays[name] for _, chunk in found]
    return np.concatenate(arrays) if arrays else EMPTY.moments(name) if name in TIMES else EMPTY.arrays[name]


def _frame_column(name: str, found: Sequence[tuple[str, Chunk]], order: Array) -> Any:
    if name == "cluster":
        clusters = list(dict.fromkeys(cluster for cluster, _ in found))
        codes = np.repeat([clusters.index(cluster) for cluster, _ in found], [len(chunk) for _, chunk in found])
        return _category(codes.astype(np.int32)[order], clusters)
    if name in WORDS:
        codes, vocabulary = _merged_words(name, [chunk for _, chunk in found])
        return _category(codes[order], vocabulary)
    values = _column(name, found)[order]
    if name == "status":
        return _category(values, [status.value for status in STATUSES])
    if name == "trigger":
        return _category(values, [trigger.value for trigger in TRIGGERS])
    return values.astype(object) if name == "number" else values


def _category(codes: Array, words: Sequence[str]) -> "pd.Categorical[Any]":
    return pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype=str))


EMPTY = chunk_of(())
