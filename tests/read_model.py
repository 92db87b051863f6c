"""The read model as tests want it: DAY, CURRENT and CHANGE of given attempts, as the worker writes them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from data import codec, instants, keys
from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.columns import columns_of
from data.current import fold_current, from_current
from data.days import day_items, fold_day
from data.generation import Generation, make_generation
from data.instants import day_before, to_instant
from data.models import (
    Attempt,
    Current,
    Gate,
    PairDay,
    Status,
    Verdict,
)
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

NOW = datetime(2026, 2, 24, 12, 0, tzinfo=UTC)
MIRA, PAVO, AQUILA = "mira-us-west-2", "pavo-us-west-2", "aquila-us-west-2"
SUITES = ("FUNCTIONAL", "SANITY")
CATALOG = Catalog(
    clusters=(
        Cluster(AQUILA, "Aquila", ClusterType.PRODUCTION, order=3),
        Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1),
        Cluster(PAVO, "Pavo", ClusterType.STAGING, order=2),
    ),
    services=(
        Service("billing", "Billing", suites=()),
        Service("authn", "Authentication", suites=SUITES),
    ),
)


def attempt(started_at: str, **changes: Any) -> Attempt:
    """An attempt of authn on Mira that succeeded after ten minutes."""
    started_at = instants.parse_instant(started_at)
    values: dict[str, Any] = {
        "cluster_id": MIRA, "service_id": "authn", "build_version": "1.0.0", "status": Status.SUCCESS,
        "started_at": started_at, "ended_at": instants.add(started_at, 600),
    } | changes  # fmt: skip
    if values["status"] is Status.IN_PROGRESS:
        values["ended_at"] = None
    n = values.pop("n", str(instants.epoch(started_at)))
    pair = values["cluster_id"], values["service_id"]
    rev = f"{values['status']}{values.get('cancelled', '')}{values.get('gates', '')}"
    return Attempt(attempt_id=keys.attempt_id(*pair, values["build_version"], n), rev=rev, **values)


def gate(suite: str, total: int = 10, failed: int = 0, skipped: int = 0) -> Gate:
    """A gate with counts."""
    verdict = Verdict.MISSING if not total else Verdict.FAILED if failed else Verdict.PASSED
    return Gate(suite, verdict, total, total - failed - skipped, failed, skipped)


def pair_days(attempts: Iterable[Attempt]) -> list[PairDay]:
    """The days of these attempts."""
    found: dict[tuple[str, str, str], list[Attempt]] = {}
    for one in attempts:
        found.setdefault((*one.pair, keys.day_of(one.started_at)), []).append(one)
    return [fold_day(*key, of_day) for key, of_day in found.items()]


def currents(days: Sequence[PairDay]) -> dict[tuple[str, str], Current]:
    """The current state of each pair these days are of."""
    pairs = {(day.cluster_id, day.service_id) for day in days}
    folded = (fold_current(*p, [d for d in days if (d.cluster_id, d.service_id) == p]) for p in pairs)
    return {(one.cluster_id, one.service_id): one for one in folded if one}


def generation(attempts: Iterable[Attempt], now: datetime = NOW, catalog: Catalog = CATALOG) -> Generation:
    """The generation a web process would hold of these attempts."""
    days = pair_days(attempts)
    instant = to_instant(now)
    columns = columns_of(days)
    return make_generation(
        1000, instant, instant, catalog, currents(days), columns, first_day=day_before(instant[:10], 200)
    )


class Writer:
    """Writes DAY, CURRENT and CHANGE as the worker leaves them."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._client = client
        self._tables = tables
        self._attempts: dict[str, Attempt] = {}

    def catalog(self, catalog: Catalog = CATALOG, now: datetime = NOW) -> None:
        """What people set."""
        CatalogStore(self._client, self._tables, lambda: now).save(catalog)

    def write(self, *attempts: Attempt, now: datetime) -> None:
        """The days and current states these attempts touch, with all attempts written before, and CHANGE."""
        self._attempts |= {one.attempt_id: one for one in attempts}
        touched = {(*one.pair, keys.day_of(one.started_at)) for one in attempts}
        days = pair_days(self._attempts.values())
        items = [item for day in days if _key(day) in touched for item in day_items(day)]
        pairs = {key[:2] for key in touched}
        items += [from_current(one) for pair, one in currents(days).items() if pair in pairs]
        self.put([*items, *(change(now, *key) for key in sorted(touched))])

    def put(self, items: Sequence[codec.Item]) -> None:
        """These items of the read model."""
        for at in range(0, len(items), 25):
            batch: Any = [{"PutRequest": {"Item": item}} for item in items[at : at + 25]]
            answer = self._client.batch_write_item(RequestItems={self._tables.read_model: batch})
            assert not answer["UnprocessedItems"]


def change(now: datetime, cluster_id: str, service_id: str, day: str) -> codec.Item:
    """The CHANGE entry of one write."""
    instant = to_instant(now)
    sk = f"{instant}#{cluster_id}#{service_id}#{day}"
    return {"pk": codec.text(keys.change_pk(instant[:16])), "sk": codec.text(sk)}


def _key(day: PairDay) -> tuple[str, str, str]:
    return day.cluster_id, day.service_id, day.day
