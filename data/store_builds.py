"""Reading what stands behind one attempt: its runs, its claims, and the other attempts of its version."""

from collections.abc import Iterable, Mapping, Sequence
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
from data.models import Attempt, Build, Claim, Instant, Scope, TestRun
from data.places import place
from data.rows import failing_run, read_version
from data.standing_folds import to_build
from data.store_reads import Reads

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAX_SIBLINGS = 50
MAX_FOUND = 100  # a batch holds no more
BATCH_TRIES = 4

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the partition of an attempt holds beside the attempt itself."""

    runs: tuple[TestRun, ...]  # every run, newest first
    claims: tuple[Claim, ...]  # by event time
    started_at: Instant | None = None  # where the attempt itself stands; None where there is none


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

    def standing(self, scope: Scope, found: Iterable[tuple[str, Instant]]) -> list[Attempt]:
        """Those of these attempts (id, start), 100 at most, that are still kept; newest first."""
        seen = [_attempt_key(one, started_at) for one, started_at in found if _is_allowed(one, scope)]
        table = self._tables.attempts
        return _newest_first(self._batch({table: seen})[table])

    def gate_runs(self, scope: Scope, found: Iterable[tuple[str, str]]) -> list[TestRun]:
        """Of these attempts and suites, 100 at most, the last runs that did not pass, with their failed tests.

        Two reads, in no order: the gates say which run that is (the one that counts where all passed), the runs
        themselves hold the names.
        """
        seen = dict.fromkeys(one for one in found if _is_allowed(one[0], scope))
        table = self._tables.test_runs
        of = [failing_run(gate) for gate in self._batch({table: list(seen)})[table]]
        return [to_test_run(row) for row in self._batch({table: of})[table]]

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

        The search entries of the version say which there are and where, so that this costs two calls however many
        attempts the service has had since.
        """
        return self.surroundings(scope, service_id, version, None)[0]

    def surroundings(
        self, scope: Scope, service_id: str, version: str, image: str | None
    ) -> tuple[list[Attempt], Build | None]:
        """`version_attempts`, and what an image was built from, in the same two calls."""
        found = [row for row in self._found(version) if _is_of(row["sk"]["S"], service_id, scope)]
        more = [(keys.build_partition(image), keys.BUILT)] if image else []
        rows = self._batch({self._tables.attempts: self._places(found), self._tables.events: more})
        built = rows[self._tables.events]
        return _newest_first(rows[self._tables.attempts]), to_build(built[0]) if built else None

    def found(self, scope: Scope, word: str) -> list[Attempt]:
        """Attempts of any service found under an exact version, short SHA or attempt id, newest first."""
        found = [row for row in self._found(word) if _is_allowed(row["sk"]["S"], scope)][:MAX_FOUND]
        return _newest_first(self._batch({self._tables.attempts: self._places(found)})[self._tables.attempts])

    def _places(self, found: Sequence[Row]) -> list[Key]:
        """Where the latest MAX_SIBLINGS of the attempts found stand."""
        started = {row["sk"]["S"]: row["startedAt"]["S"] for row in found if "startedAt" in row}
        older = [(row["sk"]["S"], keys.POINTER) for row in found if "startedAt" not in row][:MAX_FOUND]
        if older:  # entries of a worker that did not write it yet
            pointers = self._batch({self._tables.test_runs: older})[self._tables.test_runs]
            started |= {row["pk"]["S"]: row["startedAt"]["S"] for row in pointers}
        newest = sorted(started, key=lambda one: (started[one], one), reverse=True)[:MAX_SIBLINGS]
        return [_attempt_key(one, started[one]) for one in newest]

    def _found(self, word: str) -> Sequence[Row]:
        return self._whole(Listing(self._tables.read_model, keys.find_pk(word)))

    def _whole(self, listing: Listing) -> Sequence[Row]:
        """The rows of a small partition; of a large one as many as a request may go through."""
        return read(self._client, listing, self._now(), READ_LIMIT, None, None).rows

    def _batch(self, wanted: Mapping[str, Sequence[Key]]) -> dict[str, list[Row]]:
        """The items there are of these keys, by table and in no order; expired ones are left out."""
        rows, now = batch_get(self._client, wanted), self._now()
        return {
            table: [row for row in of_table if "expiresAt" not in row or int(row["expiresAt"]["N"]) > now]
            for table, of_table in rows.items()
        }


def sorted_evidence(rows: Iterable[Row]) -> Evidence:
    """The rows of an attempt's partition, told apart by their sort keys."""
    runs: list[TestRun] = []
    claims: list[Claim] = []
    started_at = None
    for row in rows:
        sk = row["sk"]["S"]
        if sk.startswith(keys.CLAIM):
            claims.append(to_claim(row))
        elif sk == keys.POINTER:
            started_at = row["startedAt"]["S"]
        elif "#" in sk:  # without it: the copy of a run that is its suite's gate
            runs.append(to_test_run(row))
    runs.sort(key=lambda run: (run.executed_at or "", run.suite, run.test_run_id), reverse=True)
    claims.sort(key=lambda claim: (claim.event_time, claim.digest, claim.event_id))
    return Evidence(tuple(runs), tuple(claims), started_at)


def batch_get(client: "DynamoDBClient", wanted: Mapping[str, Sequence[Key]]) -> dict[str, list[Row]]:
    """At most 100 items by one BatchGetItem and what it left over; Unavailable where something stays left over."""
    left: dict[str, Any] = {
        table: {"Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys_of]}
        for table, keys_of in wanted.items()
        if keys_of
    }
    rows: dict[str, list[Row]] = {table: [] for table in wanted}
    for _ in range(BATCH_TRIES):
        if not left:
            return rows
        with aws_errors():
            answer = client.batch_get_item(RequestItems=left)
        for table, of_table in answer["Responses"].items():
            rows[table] += of_table
        left = dict(answer["UnprocessedKeys"])
    if left:
        raise Unavailable(f"items of {', '.join(sorted(left))} were left unread by DynamoDB")
    return rows


def _newest_first(rows: Iterable[Row]) -> list[Attempt]:
    return sorted(map(to_attempt, rows), key=lambda a: (a.started_at, a.attempt_id), reverse=True)


def _is_of(attempt_id: str, service_id: str, scope: Scope) -> bool:
    return _is_allowed(attempt_id, scope) and attempt_id.split(":")[1] == service_id


def _is_allowed(attempt_id: str, scope: Scope) -> bool:
    parts = keys.split_attempt_id(attempt_id)
    return parts is not None and scope.allows(parts[0], parts[1])


def _attempt_key(attempt_id: str, started_at: Instant) -> Key:
    cluster_id, service_id = attempt_id.split(":")[:2]
    return keys.pair(cluster_id, service_id), keys.attempt_sk(started_at, attempt_id)
