"""The sums of pair-days as typed columns, a block for each day: a question looks at the days it asks for only.

News copy the block of their day; all others are shared with the generation before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.day_numbers import day_number
from data.models import Day, PairDayKey, Scope

SERVICE_BITS = 31

Mask = npt.NDArray[np.bool_]
Row = tuple[Any, ...]  # (cluster, service, day number, *further words, *counts, *floats)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table beside `day`."""

    words: tuple[str, ...]  # cluster and service first
    counts: tuple[str, ...]
    floats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one day, column by column."""

    words: npt.NDArray[np.int32]  # (words, rows): places in the table's vocabularies
    counts: npt.NDArray[np.int32]
    floats: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return int(self.words.shape[1])

    def kept(self, rows: Mask) -> "Block":
        """These of its rows."""
        return self if rows.all() else Block(self.words[:, rows], self.counts[:, rows], self.floats[:, rows])


@dataclass(frozen=True, slots=True)
class PairDayTable:
    """All rows; a word's place in its vocabulary stays the same from one generation to the next."""

    layout: Layout
    blocks: Mapping[int, Block] = field(default_factory=dict)  # by day number
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.blocks.values()))

    @property
    def nbytes(self) -> int:
        """What its numbers take in memory."""
        return sum(one.words.nbytes + one.counts.nbytes + one.floats.nbytes for one in self.blocks.values())

    def replaced(self, gone: Collection[PairDayKey], rows: Iterable[Row], first: Day) -> "PairDayTable":
        """This table with the rows of `gone` taken out, `rows` put in, and what is too old left away."""
        places = {
            name: {word: n for n, word in enumerate(self.vocabularies.get(name, ()))} for name in self.layout.words
        }
        oldest = day_number(first)
        blocks = {day: block for day, block in self.blocks.items() if day >= oldest}
        leaving: dict[int, list[int]] = {}
        for cluster, service, day in gone:
            if cluster in places["cluster"] and service in places["service"]:
                pair = (places["cluster"][cluster] << SERVICE_BITS) + places["service"][service]
                leaving.setdefault(day_number(day), []).append(pair)
        coming: dict[int, list[Row]] = {}
        for row in rows:
            if row[2] >= oldest:
                coming.setdefault(row[2], []).append(row)
        for number in (leaving.keys() & blocks.keys()) | coming.keys():
            parts = [_without(blocks[number], leaving.get(number, ()))] if number in blocks else []
            if number in coming:
                parts.append(self._block(coming[number], places))
            blocks[number] = self._joined(parts)
            if not len(blocks[number]):
                del blocks[number]
        return PairDayTable(self.layout, blocks, {name: tuple(found) for name, found in places.items()})

    def until(self, last: Day) -> "PairDayTable":
        """The rows of no later day than `last`."""
        number = day_number(last)
        return replace(self, blocks={day: block for day, block in self.blocks.items() if day <= number})

    def _block(self, rows: Sequence[Row], places: Mapping[str, dict[str, int]]) -> Block:
        columns = list(zip(*rows, strict=True))
        texts = [*columns[:2], *columns[3 : 1 + len(self.layout.words)]]
        numbers = columns[1 + len(self.layout.words) :]
        codes = [
            [places[name].setdefault(word, len(places[name])) for word in column]
            for name, column in zip(self.layout.words, texts, strict=True)
        ]
        middle, n = len(self.layout.counts), len(rows)
        return Block(
            np.array(codes, dtype=np.int32),
            np.array(numbers[:middle], dtype=np.int32).reshape(middle, n),
            np.array(numbers[middle:], dtype=np.float32).reshape(len(self.layout.floats), n),
        )

    def of_day(self, number: int, scope: Scope) -> Block | None:
        """The rows of a day that the scope allows; None where there are none."""
        block = self.blocks.get(number)
        if block is None:
            return None
        for row, (name, allowed) in enumerate((("cluster", scope.clusters), ("service", scope.services))):
            if allowed is not None:
                block = block.kept(self._mask(block.words[row], name, allowed))
        return block if len(block) else None

    def frame(
        self,
        scope: Scope,
        start: Day,
        end: Day,
        *,
        cluster_id: str | None = None,
        service_id: str | None = None,
        clusters: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """The rows of the days from `start` to `end` (both included) that scope and filter allow, by day."""
        since, until = day_number(start), day_number(end)
        days = [day for day in sorted(self.blocks) if since <= day <= until]
        block = self._joined([self.blocks[day] for day in days])
        numbers = np.repeat(np.array(days, dtype=np.int32), [len(self.blocks[day]) for day in days])
        asked = (
            (0, "cluster", scope.clusters), (1, "service", scope.services), (0, "cluster", clusters),
            (0, "cluster", None if cluster_id is None else (cluster_id,)),
            (1, "service", None if service_id is None else (service_id,)),
        )  # fmt: skip
        mask = np.ones(len(block), dtype=np.bool_)
        for row, name, allowed in asked:
            if allowed is not None:
                mask &= self._mask(block.words[row], name, allowed)
        block = block.kept(mask)
        found: dict[str, Any] = {}
        for row, name in enumerate(self.layout.words):
            categories = pd.Index(self.vocabularies.get(name, ()), dtype=str)
            found[name] = pd.Categorical.from_codes(block.words[row], categories=categories)
        found["day"] = numbers[mask]
        found |= dict(zip(self.layout.counts, block.counts, strict=True))
        return pd.DataFrame(found | dict(zip(self.layout.floats, block.floats, strict=True)))

    def _joined(self, parts: Sequence[Block]) -> Block:
        if len(parts) == 1:
            return parts[0]
        shapes = [(len(names), 0) for names in (self.layout.words, self.layout.counts, self.layout.floats)]
        empty = Block(
            np.zeros(shapes[0], dtype=np.int32), np.zeros(shapes[1], dtype=np.int32),
            np.zeros(shapes[2], dtype=np.float32),
        )  # fmt: skip
        return Block(
            np.concatenate([empty.words, *(one.words for one in parts)], axis=1),
            np.concatenate([empty.counts, *(one.counts for one in parts)], axis=1),
            np.concatenate([empty.floats, *(one.floats for one in parts)], axis=1),
        )

    def _mask(self, codes: npt.NDArray[np.int32], name: str, allowed: Collection[str]) -> Mask:
        wanted = np.array([word in allowed for word in self.vocabularies[name]], dtype=np.bool_)
        return wanted[codes]


def _without(block: Block, pairs: Sequence[int]) -> Block:
    held = (block.words[0].astype(np.int64) << SERVICE_BITS) + block.words[1]
    return block.kept(~np.isin(held, np.array(pairs, dtype=np.int64)))
