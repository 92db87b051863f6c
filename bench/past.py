"""A past of any length for the measurements: 60 days of 72 pairs or of another catalog's, more or fewer attempts."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.processes import Place
from data import codec, keys
from data.aws import aws_errors
from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.current import fold_current, from_current
from data.days import day_items, fold_day
from data.instants import epoch, to_instant
from data.models import (
    Attempt,
    Gate,
    PairDay,
    Status,
    Trigger,
    Verdict,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

DAYS = 60
SUITES = ("FUNCTIONAL", "SANITY", "REGRESSION")
FAMILIES = (("mira", ClusterType.DEVELOPMENT), ("pavo", ClusterType.STAGING), ("aquila", ClusterType.PRODUCTION))
CLUSTERS = tuple(
    Cluster(f"{family}-{region}", f"{family.title()} {region}", kind, order=order, region=region)
    for order, (family, kind) in enumerate(FAMILIES)
    for region in ("us-west-2", "eu-central-1")
)
SERVICES = tuple(Service(f"service-{n:02}", f"Service {n:02}", suites=SUITES) for n in range(12))
CATALOG = Catalog(CLUSTERS, SERVICES)
BATCH, WRITERS = 25, 4


def attempts(count: int, now: datetime, catalog: Catalog = CATALOG) -> list[Attempt]:
    """So many attempts, spread evenly over pairs and days; every eighth failed."""
    pairs = [(cluster.cluster_id, service.service_id) for cluster in catalog.clusters for service in catalog.services]
    step = timedelta(days=DAYS) / count
    start = now - timedelta(days=DAYS)
    return [_attempt(n, *pairs[n * 7 % len(pairs)], start + n * step) for n in range(count)]


def _attempt(n: int, cluster_id: str, service_id: str, start: datetime) -> Attempt:
    version, started_at = f"1.{n // 500}.{n % 500}", to_instant(start)
    failed = n % 8 == 0
    return Attempt(
        attempt_id=keys.attempt_id(cluster_id, service_id, version, str(epoch(started_at))),
        cluster_id=cluster_id, service_id=service_id, build_version=version,
        status=Status.FAILED if failed else Status.SUCCESS, started_at=started_at,
        ended_at=to_instant(start + timedelta(seconds=200 + n % 400)), trigger=Trigger.MERGE,
        git_sha=f"{n:040x}", failure_reason="image pull back-off" if failed else None, actor="ada", source="bench",
        received_at=started_at, gates=() if failed else tuple(_gate(suite, n) for suite in SUITES), rev=f"{n:016x}",
    )  # fmt: skip


def _gate(suite: str, n: int) -> Gate:
    failed = n % 11 == 0
    return Gate(suite, Verdict.FAILED if failed else Verdict.PASSED, 100, 97 - failed, int(failed), 3)


def write(place: Place, found: Sequence[Attempt], *, facts: bool, catalog: Catalog = CATALOG) -> None:
    """The catalog and the read model of these attempts, by the worker's folds; with `facts` the lists too."""
    client = place.client()
    with aws_errors():
        CatalogStore(client, place.tables).save(catalog)
        put(client, place.tables.read_model, list(read_model(found)))
        if facts:
            put(client, place.tables.attempts, [codec.from_attempt(one) for one in found])
    client.close()


def read_model(found: Sequence[Attempt]) -> Iterator[codec.Item]:
    by_day: dict[tuple[str, str, str], list[Attempt]] = {}
    for one in found:
        by_day.setdefault((*one.pair, keys.day_of(one.started_at)), []).append(one)
    by_pair: dict[tuple[str, str], list[PairDay]] = {}
    for (cluster_id, service_id, day), of_day in by_day.items():
        folded = fold_day(cluster_id, service_id, day, of_day)
        by_pair.setdefault((cluster_id, service_id), []).append(folded)
        yield from day_items(folded)
    for pair, days in by_pair.items():
        current = fold_current(*pair, days)
        if current is not None:
            yield from_current(current)


def put(client: "DynamoDBClient", table: str, items: Sequence[codec.Item]) -> None:
    batches = [items[at : at + BATCH] for at in range(0, len(items), BATCH)]

    def put(batch: Sequence[codec.Item]) -> None:
        left: Any = {table: [{"PutRequest": {"Item": item}} for item in batch]}
        while left:
            left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(put, batches))
