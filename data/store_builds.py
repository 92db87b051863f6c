"""Reading what stands behind one attempt: its runs, its claims, and the other attempts of its version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data import keys
from data.aws import aws_errors
from data.catalog_models import Catalog
from data.codec import to_attempt, to_claim, to_test_run
from data.errors import Unavailable
from data.events import AnyEvent
from data.folds import Version
from data.listing import READ_LIMIT, Listing, Row, read
from data.models import Attempt, Claim, Instant, Scope, TestRun
from data.places import place
from data.rows import read_version
from data.store_reads import Reads

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAX_SIBLINGS = 50
MAX_FOUND = 200
BATCH_TRIES = 4

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the partition of an attempt holds beside the attempt itself."""

    runs: tuple[TestRun, ...]  # every run, newest first
    claims: tuple[Claim, ...]  # by event time


class BuildReads(Reads):
    """One attempt's evidence and its siblings."""

    def evidence(self, scope: Scope, attempt_id: str) -> Evidence:
        """Runs and claims of one attempt, by one Query; empty where the scope does not allow it."""
        parts = keys.split_attempt_id(attempt_id)
        if parts is None or not scope.allows(parts[0], parts[1]):
            return Evidence((), ())
        return sorted_evidence(self._whole(Listing(self._tables.test_runs, attempt_id)))

    def test_runs(self, scope: Scope, attempt_id: str) -> list[TestRun]:
        """Every run of an attempt's suites, newest first."""
        return list(self.evidence(scope, attempt_id).runs)

    def claims(self, scope: Scope, attempt_id: str) -> list[Claim]:
        """What the sources said of an attempt, by event time."""
        return list(self.evidence(scope, attempt_id).claims)

    def version(self, scope: Scope, cluster_id: str, service_id: str, version: str) -> Version:
        """What is known of a version: its attempts, and what waits for one. Nothing outside the scope."""
        if not scope.allows(cluster_id, service_id):
            return Version()
        pk = keys.version_partition(cluster_id, service_id, version)
        rows = self._whole(Listing(self._tables.test_runs, pk))
        return read_version({name: dict(value) for name, value in row.items()} for row in rows)

    def claims_of(self, scope: Scope, event: AnyEvent) -> list[Claim]:
        """What was said of the promotion, incident, build or retirement this event is about."""
        clusters = [one for name in ("cluster_id", "to_cluster_id") if (one := getattr(event, name, None))]
        service_id = getattr(event, "service_id", None)
        if not all(map(scope.allows_cluster, clusters)) or not (
            service_id is None or scope.allows_service(service_id)
        ):
            return []
        held = place(event, Catalog(), self._tables)
        rows = self._whole(Listing(held.table, held.pk))
        return [to_claim(row) for row in rows if row["sk"]["S"].startswith(keys.CLAIM)]

    def version_attempts(self, scope: Scope, service_id: str, version: str) -> list[Attempt]:
        """Attempts of one version of a service wherever it went, newest first: the latest MAX_SIBLINGS found.

        The search entries of the version say which there are, so that this costs three calls however many
        attempts the service has had since.
        """
        return self._newest([sk for sk in self._found(version) if _is_of(sk, service_id, scope)])

    def found(self, scope: Scope, word: str) -> list[Attempt]:
        """Attempts of any service found under an exact version, short SHA or attempt id, newest first."""
        return self._newest([sk for sk in self._found(word) if _is_allowed(sk, scope)][:MAX_FOUND])

    def _newest(self, found: Sequence[str]) -> list[Attempt]:
        """The latest MAX_SIBLINGS of these attempts, newest first, by two calls."""
        pointers = self._batch(self._tables.test_runs, [(one, keys.POINTER) for one in found])
        started = {row["pk"]["S"]: row["startedAt"]["S"] for row in pointers}
        newest = sorted(started, key=lambda one: (started[one], one), reverse=True)[:MAX_SIBLINGS]
        rows = self._batch(self._tables.attempts, [_attempt_key(one, started[one]) for one in newest])
        return sorted(map(to_attempt, rows), key=lambda a: (a.started_at, a.attempt_id), reverse=True)

    def _found(self, version: str) -> list[str]:
        return [row["sk"]["S"] for row in self._whole(Listing(self._tables.read_model, keys.find_pk(version)))]

    def _whole(self, listing: Listing) -> Sequence[Row]:
        """The rows of a small partition; of a large one as many as a request may go through."""
        return read(self._client, listing, self._now(), READ_LIMIT, None, None).rows

    def _batch(self, table: str, wanted: Sequence[Key]) -> list[Row]:
        """The items there are of these keys, in no order; expired ones are left out."""
        now = self._now()
        rows = [row for chunk in _chunks(wanted, 100) for row in batch_get(self._client, table, chunk)]
        return [row for row in rows if "expiresAt" not in row or int(row["expiresAt"]["N"]) > now]


def sorted_evidence(rows: Iterable[Row]) -> Evidence:
    """The rows of an attempt's partition, told apart by their sort keys."""
    runs: list[TestRun] = []
    claims: list[Claim] = []
    for row in rows:
        sk = row["sk"]["S"]
        if sk.startswith(keys.CLAIM):
            claims.append(to_claim(row))
        elif "#" in sk:  # without it: the pointer, or the copy of a run that is its suite's gate
            runs.append(to_test_run(row))
    runs.sort(key=lambda run: (run.executed_at or "", run.suite, run.test_run_id), reverse=True)
    claims.sort(key=lambda claim: (claim.event_time, claim.digest, claim.event_id))
    return Evidence(tuple(runs), tuple(claims))


def batch_get(client: "DynamoDBClient", table: str, wanted: Sequence[Key]) -> list[Row]:
    """One BatchGetItem and what it left over; Unavailable where something stays left over."""
    left: list[dict[str, Any]] = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in wanted]
    rows: list[Row] = []
    for _ in range(BATCH_TRIES):
        if not left:
            return rows
        with aws_errors():
            answer = client.batch_get_item(RequestItems={table: {"Keys": left}})
        rows += answer["Responses"].get(table, [])
        left = list(answer["UnprocessedKeys"].get(table, {"Keys": []})["Keys"])
    if left:
        raise Unavailable(f"{len(left)} items were left unread by DynamoDB")
    return rows


def _within(scope: Scope, event: AnyEvent) -> bool:
    cluster_id = getattr(event, "cluster_id", None) or getattr(event, "to_cluster_id", None)
    service_id = getattr(event, "service_id", None)
    return (cluster_id is None or scope.allows_cluster(cluster_id)) and (
        service_id is None or scope.allows_service(service_id)
    )


def _is_of(attempt_id: str, service_id: str, scope: Scope) -> bool:
    parts = keys.split_attempt_id(attempt_id)
    return parts is not None and parts[1] == service_id and scope.allows(parts[0], parts[1])


def _is_allowed(attempt_id: str, scope: Scope) -> bool:
    parts = keys.split_attempt_id(attempt_id)
    return parts is not None and scope.allows(parts[0], parts[1])


def _attempt_key(attempt_id: str, started_at: Instant) -> Key:
    cluster_id, service_id = attempt_id.split(":")[:2]
    return keys.pair(cluster_id, service_id), keys.attempt_sk(started_at, attempt_id)


def _chunks(wanted: Sequence[Key], size: int) -> list[Sequence[Key]]:
    return [wanted[start : start + size] for start in range(0, len(wanted), size)]
