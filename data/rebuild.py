"""`python -m data.rebuild [--check]`: recompute the read model from the facts.

`--check` only compares, says what differs and exits 1 where something does. Sealed days, whose facts TTL may have
taken already, are neither touched nor compared. Both may run beside workers.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data import aws, codec, keys, rows
from data.apply import Applier
from data.bulk import fold_days
from data.catalog_models import Catalog
from data.codec import Item
from data.current import deciding, fold_current, from_current
from data.days import day_items, to_pair_day
from data.dynamo import Change, Dynamo
from data.errors import DashboardError
from data.instants import sealed_before, to_instant
from data.models import (
    Attempt,
    Claim,
    Instant,
    PairDay,
)
from data.standing_folds import fold_retirement, from_retirement
from data.tables import TableNames

RECHECK_SECONDS = 3.0
Pair = tuple[str, str]
Places = dict[tuple[str, str], Item]


@dataclass(slots=True)
class Derived:
    """The read model's items by key, and of each attempt whether TTL should spare it."""

    items: Places = field(default_factory=dict)
    exempt: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the tables hold."""

    attempts: tuple[Attempt, ...]
    claims: dict[str, list[Claim]]  # by attempt
    retirements: dict[str, list[Claim]]  # by partition
    read_model: Places


def read(dynamo: Dynamo, tables: TableNames) -> Stored:
    """Scan facts, claims and read model: an offline job may."""
    attempts = tuple(codec.to_attempt(item) for item in dynamo.scan(tables.attempts))
    claims: dict[str, list[Claim]] = defaultdict(list)
    for item in dynamo.scan(tables.test_runs):
        if item["sk"]["S"].startswith(keys.CLAIM) and keys.split_attempt_id(item["pk"]["S"]):
            claims[item["pk"]["S"]].append(codec.to_claim(item))
    retirements: dict[str, list[Claim]] = defaultdict(list)
    for item in dynamo.scan(tables.events):
        if item["pk"]["S"].startswith(keys.RETIREMENTS) and item["sk"]["S"].startswith(keys.CLAIM):
            retirements[item["pk"]["S"]].append(codec.to_claim(item))
    found = {(item["pk"]["S"], item["sk"]["S"]): item for item in dynamo.scan(tables.read_model)}
    return Stored(
        attempts, claims, retirements, {key: found[key] for key in found if not key[0].startswith("CHANGE#")}
    )


def derive(stored: Stored, first: str) -> Derived:
    """The read model as it should be; of days before `first` (sealed) as it is."""
    derived = Derived()
    days = [day for day in fold_days(stored.attempts) if day.day >= first]
    for day in days:
        _add(derived, day_items(day))
    by_pair: dict[Pair, list[PairDay]] = defaultdict(list)
    for day in [*days, *_sealed_days(stored.read_model, first)]:
        by_pair[day.cluster_id, day.service_id].append(day)
    for pair, of_pair in by_pair.items():
        newest_first = sorted(of_pair, key=lambda day: day.day, reverse=True)
        current = fold_current(*pair, deciding(newest_first))
        if current:
            _add(derived, [from_current(current)])
            derived.exempt |= set(current.exempt)
    _add(derived, (from_retirement(fold_retirement(said)) for said in stored.retirements.values()))
    for attempt in stored.attempts:
        _add(derived, rows.find_items(attempt, stored.claims.get(attempt.attempt_id, [])))
    return derived


def _add(derived: Derived, items: Iterable[Item]) -> None:
    for item in items:
        derived.items[item["pk"]["S"], item["sk"]["S"]] = item


def _sealed_days(read_model: Places, first: str) -> Iterator[PairDay]:
    for (pk, sk), item in read_model.items():
        if "summary" in item and item["day"]["S"] < first:
            names = (f"{sk}#{part}" for part in range(2, int(item["parts"]["N"]) + 1))
            yield to_pair_day(item, more=[read_model[pk, name] for name in names if (pk, name) in read_model])


def differences(stored: Stored, derived: Derived, first: str) -> dict[tuple[str, str], str]:
    """What is not as it should be: key -> in words."""
    found: dict[tuple[str, str], str] = {}
    for key in derived.items.keys() | stored.read_model.keys():
        if _sealed(key, first) or derived.items.get(key) == stored.read_model.get(key):
            continue
        if key not in derived.items:
            if not key[0].startswith("FIND#"):  # where an attempt was found outlives its facts
                found[key] = "is there and should not be"
        elif key not in stored.read_model:
            found[key] = "is missing"
        else:
            found[key] = "differs from what the facts say"
    for attempt in stored.attempts:
        if (attempt.expires_at is None) != (attempt.attempt_id in derived.exempt):
            word = "should be spared by TTL" if attempt.expires_at else "should not be spared by TTL"
            found["EXPIRY", attempt.attempt_id] = word
    return found


def _sealed(key: tuple[str, str], first: str) -> bool:
    return key[0].startswith("DAY#") and key[1].split("#")[1] < first


def check(dynamo: Dynamo, tables: TableNames, retention_days: int, clock: Callable[[], datetime]) -> list[str]:
    """What differs from the facts and a moment later still does, untouched: a worker may be at work meanwhile."""

    def look() -> dict[tuple[str, str], tuple[str, Item | None, Item | None]]:
        first = sealed_before(to_instant(clock()), retention_days)
        stored = read(dynamo, tables)
        derived = derive(stored, first)
        wrong = differences(stored, derived, first)
        return {key: (word, stored.read_model.get(key), derived.items.get(key)) for key, word in wrong.items()}

    found = look()
    if found:
        time.sleep(RECHECK_SECONDS)
        again = look()
        found = {key: seen for key, seen in again.items() if found.get(key) == seen}
    return [f"{pk} {sk} {word}" for (pk, sk), (word, *_) in sorted(found.items())]


def rebuild(
    dynamo: Dynamo, tables: TableNames, retention_days: int, applier: Applier, now: Instant
) -> int:  # fmt: skip
    """Recompute days, current states and search entries; the number of pairs."""
    first = sealed_before(now, retention_days)
    stored = read(dynamo, tables)
    derived = derive(stored, first)
    wrong = differences(stored, derived, first)
    searched = [key for key in wrong if key[0].startswith("FIND#") or key[1].endswith(keys.RETIRED)]
    dynamo.write(Change(tables.read_model, *key, derived.items.get(key)) for key in searched)
    days: dict[Pair, set[str]] = defaultdict(set)
    for attempt in stored.attempts:
        days[attempt.pair].add(attempt.started_at[:10])
    for (pk, sk), item in stored.read_model.items():
        if "summary" in item:
            days[pk.removeprefix("DAY#"), sk.split("#")[0]].add(item["day"]["S"])
    for pair, of_pair in days.items():
        applier.refresh(pair, {day for day in of_pair if day >= first})
    return len(days)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 = all is as the facts say, 1 = something differs, 2 = could not be found out."""
    from settings import Settings

    parser = argparse.ArgumentParser(prog="python -m data.rebuild", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 where something differs")
    options = parser.parse_args(arguments)
    settings = Settings.from_env()
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="worker")
    dynamo, tables = Dynamo(client), settings.tables

    def clock() -> datetime:
        return datetime.now(UTC)

    try:
        if not options.check:
            applier = Applier(client, tables, Catalog, settings.retention_days, clock)
            pairs = rebuild(dynamo, tables, settings.retention_days, applier, to_instant(clock()))
            print(f"Recomputed the read model of {pairs} pairs.")
        found = check(dynamo, tables, settings.retention_days, clock)
    except DashboardError as error:
        print(f"Could not read or write the tables: {error}", file=sys.stderr)
        return 2
    for line in found:
        print(line)
    print("The read model is as the facts say." if not found else f"{len(found)} differences.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
