"""A past of a million attempts, cluster-region by cluster-region, so that it never stands in memory as a whole.

The read model is made by the worker's own folds and written as the worker writes it; facts (the attempts' own items)
are left out, because no summary reads them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bench import past
from bench.processes import Place
from data.aws import aws_errors
from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.instants import epoch, to_instant
from data.keys import attempt_id
from data.models import Attempt, Gate, Status, Trigger, Verdict
from data.scorecard_metrics import METRICS
from data.scorecard_models import Level, ScoreRule

DAYS = 90
REGIONS = 10
KINDS = (ClusterType.STAGING, ClusterType.PRODUCTION)
RULES = tuple(  # of every metric one, over all that is there
    ScoreRule(metric, one.title, metric, ">=" if one.more_is_better else "<=", 50, Level.SILVER,
              suite=past.SUITES[0] if one.of_suite else None, days=DAYS)
    for metric, one in METRICS.items()
)  # fmt: skip
CATALOG = Catalog(
    tuple(
        Cluster(
            f"c{n:02}-region-{n % REGIONS}", f"Cluster {n:02}", KINDS[n // REGIONS], order=n // REGIONS,
            region=f"region-{n % REGIONS}",
        )  # fmt: skip
        for n in range(20)
    ),
    tuple(Service(f"service-{n:02}", f"Service {n:02}", f"Team {n % 9}", suites=past.SUITES) for n in range(60)),
    score_rules=RULES,
)  # fmt: skip
REASONS = (
    "image pull back-off", "pod {service}-{n} not ready", "exit code 137", "readiness probe timed out after {n} s",
    "migration {n}_add_index failed", "answered 503", "quota exceeded", "no space left on device",
)  # fmt: skip


def attempts(cluster: int, count: int, now: datetime) -> Iterator[Attempt]:
    """So many of one cluster-region, spread evenly over services and days; an eighth failed and was tried again."""
    step = timedelta(days=DAYS) / count
    start = now - timedelta(days=DAYS) + cluster * step / len(CATALOG.clusters)
    for n in range(count):
        service, turn = n % len(CATALOG.services), n // len(CATALOG.services)
        moment = start + n * step
        yield attempt(cluster, CATALOG.services[service].service_id, turn, moment, str(epoch(to_instant(moment))))


def attempt(cluster: int, service_id: str, turn: int, start: datetime, number: str) -> Attempt:
    """The attempt of a pair's turn; `number` ends its id."""
    failed, again = turn % 8 == 6, turn % 8 == 7
    version = f"1.{turn // 100}.{turn % 100 - again}"
    cluster_id, started_at, n = CATALOG.clusters[cluster].cluster_id, to_instant(start), epoch(to_instant(start))
    reason = REASONS[n // 7 % len(REASONS)].format(service=service_id, n=n % 23) if failed else None
    return Attempt(
        attempt_id=attempt_id(cluster_id, service_id, version, number),
        cluster_id=cluster_id, service_id=service_id, build_version=version,
        status=Status.FAILED if failed else Status.SUCCESS, started_at=started_at,
        ended_at=to_instant(start + timedelta(seconds=200 + n * 7 % 1999)), trigger=Trigger.MERGE,
        git_sha=f"{n:040x}", failure_reason=reason, actor="ada", source="bench", received_at=started_at,
        committed_at=to_instant(start - timedelta(seconds=600 + n * 11 % 90_000)),
        gates=() if failed else tuple(_gate(suite, n + turn) for suite in past.SUITES), rev=f"{n:016x}",
    )  # fmt: skip


def _gate(suite: str, n: int) -> Gate:
    failed = (n + len(suite)) % 11 == 0
    return Gate(suite, Verdict.FAILED if failed else Verdict.PASSED, 100, 97 - failed, int(failed), 3)


def write(place: Place, count: int, now: datetime) -> None:
    """The catalog and the read model of so many attempts."""
    client = place.client()
    with aws_errors():
        CatalogStore(client, place.tables).save(CATALOG)
        for cluster in range(len(CATALOG.clusters)):
            found = list(attempts(cluster, count // len(CATALOG.clusters), now))
            past.put(client, place.tables.read_model, list(past.read_model(found)))
    client.close()
