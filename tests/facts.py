"""Facts as tests want them: every field has a default, and what is stored is what the codec writes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from data import codec, instants, keys, rows
from data.folds import AttemptFold
from data.models import Attempt, Claim, Gate, Incident, Promotion, Status, TestRun, Verdict
from data.store import Store
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

NOW = datetime(2026, 2, 24, 12, 0, tzinfo=UTC)
SECRET = b"a cursor secret of tests, 32 byte"
RETENTION = 90
MIRA, PAVO, AQUILA = "mira-us-west-2", "pavo-eu-west-1", "aquila-us-east-1"


def at(minute: int, start: str = "2026-02-20T00:00:00.000Z") -> str:
    """The instant so many minutes after 20 February."""
    return instants.add(start, minute * 60)


def an_attempt(minute: int = 0, **changes: Any) -> Attempt:
    """An attempt that succeeded, started `minute` minutes after 20 February."""
    values: dict[str, Any] = {
        "cluster_id": MIRA, "service_id": "authn", "build_version": "3.4.2", "status": Status.SUCCESS,
        "started_at": at(minute), "ended_at": at(minute + 10), "git_sha": "a1b2c3d",
        "expires_at": instants.epoch(at(minute)) + RETENTION * 86400, "source": "github-actions",
    } | changes  # fmt: skip
    number = values.pop("n", str(minute))
    pair = values["cluster_id"], values["service_id"]
    return Attempt(attempt_id=keys.attempt_id(*pair, values["build_version"], number), **values)


def a_gate(suite: str = "FUNCTIONAL", failed: int = 0, total: int = 420) -> Gate:
    """A gate with counts."""
    verdict = Verdict.FAILED if failed else Verdict.PASSED
    return Gate(suite, verdict, total, total - failed, failed, 0)


def a_run(attempt: Attempt, suite: str = "FUNCTIONAL", **changes: Any) -> TestRun:
    """A run of an attempt's suite, all passed."""
    values: dict[str, Any] = {
        "test_run_id": "run-1", "verdict": Verdict.PASSED,
        "total": 420, "passed": 420, "failed": 0, "skipped": 0,
        "duration_sec": 580.0, "executed_at": instants.add(attempt.started_at, 300),
        "report_url": "https://reports.example.com/1", "source": "github-actions",
    }  # fmt: skip
    return TestRun(attempt_id=attempt.attempt_id, suite=suite, **(values | changes))


def a_promotion(minute: int = 0, **changes: Any) -> Promotion:
    """A promotion of authn 3.4.2 from Mira to Pavo."""
    values: dict[str, Any] = {
        "promotion_id": f"p{minute}", "service_id": "authn", "build_version": "3.4.2",
        "from_cluster_id": MIRA, "to_cluster_id": PAVO, "promoted_at": at(minute), "promoted_by": "rosa",
    }  # fmt: skip
    return Promotion(**(values | changes))


def an_incident(minute: int = 0, **changes: Any) -> Incident:
    """An incident of authn on Mira."""
    values: dict[str, Any] = {
        "incident_id": f"i{minute}", "service_id": "authn", "cluster_id": MIRA, "started_at": at(minute),
    }  # fmt: skip
    return Incident(**(values | changes))


class Facts:
    """Puts facts into the tables as the worker leaves them."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._client = client
        self._tables = tables

    def attempts(self, *attempts: Attempt) -> None:
        """Attempts with their pointers and their search entries."""
        self._put(self._tables.attempts, map(codec.from_attempt, attempts))
        self._put(self._tables.test_runs, map(_pointer, attempts))
        self._put(self._tables.read_model, map(_found_by_version, attempts))

    def runs(self, *runs: TestRun) -> None:
        """Runs; the last one given of a suite counts as its gate."""
        for attempt_id in dict.fromkeys(run.attempt_id for run in runs):
            mine = tuple(run for run in runs if run.attempt_id == attempt_id)
            gates = {run.suite: run for run in mine}
            fold = AttemptFold(None, mine, tuple(gates.values()), ())
            self._put(self._tables.test_runs, rows.run_items(fold, None).values())

    def claims(self, attempt: Attempt, *claims: Claim) -> None:
        """Claims of one attempt."""
        late = instants.epoch(attempt.started_at) + RETENTION * 86400
        self._put(self._tables.test_runs, [codec.from_claim(one, attempt.attempt_id, late) for one in claims])

    def promotions(self, *promotions: Promotion) -> None:
        """Promotions."""
        self._put(self._tables.promotions, map(codec.from_promotion, promotions))

    def incidents(self, *incidents: Incident) -> None:
        """Incidents."""
        self._put(self._tables.events, map(codec.from_incident, incidents))

    def store(self, now: datetime = NOW, secret: bytes = SECRET) -> Store:
        """A store that reads these tables at `now`."""
        return Store(self._client, self._tables, secret, RETENTION, lambda: now)

    def _put(self, table: str, items: Iterable[codec.Item]) -> None:
        everything = list(items)
        for start in range(0, len(everything), 25):
            requests: Any = [{"PutRequest": {"Item": item}} for item in everything[start : start + 25]]
            answer = self._client.batch_write_item(RequestItems={table: requests})
            assert not answer["UnprocessedItems"]


def _pointer(attempt: Attempt) -> codec.Item:
    item = {"pk": attempt.attempt_id, "sk": keys.POINTER, "startedAt": attempt.started_at}
    return {name: codec.text(value) for name, value in item.items()}


def _found_by_version(attempt: Attempt) -> codec.Item:
    pk, started_at = keys.find_pk(attempt.build_version), codec.text(attempt.started_at)
    return {"pk": codec.text(pk), "sk": codec.text(attempt.attempt_id), "startedAt": started_at}


def expired(attempt: Attempt, now: datetime = NOW) -> Attempt:
    """The same attempt, past its expiry but not yet removed."""
    return replace(attempt, expires_at=int(now.timestamp()))
