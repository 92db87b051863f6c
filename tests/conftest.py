"""The emulator of the tests: one process a session, fresh tables and queues a test."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from data import aws as clients
from data.tables import TableNames, create_queues, create_request, definitions
from embedded import emulator as embedded_aws
from settings import Settings, process_environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

REGION = "us-west-2"
WEBHOOK_SECRET = "test-webhook-secret-0123456789abcdef"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Aws:
    """A set of empty tables and queues that no other test knows."""

    endpoint: str
    region: str
    tables: TableNames
    queue_url: str
    dlq_url: str
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"

    def settings(self, **changes: Any) -> Settings:
        """Settings of a process that uses these tables and queues."""
        values: dict[str, Any] = {
            "aws_endpoint_url": self.endpoint,
            "aws_region": self.region,
            "tables": self.tables,
            "queue_url": self.queue_url,
            "dlq_url": self.dlq_url,
            "webhook_secrets": (WEBHOOK_SECRET,),
            "cursor_secret": b"test-cursor-secret-0123456789abcdef",
            "version": "test",
        }
        return Settings(**(values | changes))

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of a real process that uses these tables and queues."""
        names = {
            "DYNAMODB_TABLE_ATTEMPTS": self.tables.attempts,
            "DYNAMODB_TABLE_TEST_RUNS": self.tables.test_runs,
            "DYNAMODB_TABLE_PROMOTIONS": self.tables.promotions,
            "DYNAMODB_TABLE_READ_MODEL": self.tables.read_model,
            "DYNAMODB_TABLE_CATALOG": self.tables.catalog,
            "DYNAMODB_TABLE_EVENTS": self.tables.events,
            "DYNAMODB_TABLE_SCORECARDS": self.tables.scorecards,
        }
        mine = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "SQS_QUEUE_URL": self.queue_url,
            "SQS_DLQ_URL": self.dlq_url,
            "WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        return process_environment() | names | mine | changes


# A machine that is busy with other tests is no fault of this one.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make soak` asks for."""
    parser.addoption("--soak", action="store_true", help="let tests that can take minutes take them")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with slow tests go first: begun last they would be waited for by everybody."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an embedded AWS in memory, started as `make run` starts its own."""
    with embedded_aws.running(process_environment(), tmp_path_factory.mktemp("aws")) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def aws_clients(emulator: str) -> Iterator[tuple["DynamoDBClient", "SQSClient"]]:
    """Clients are costly to build: one pair for the session, safe to share."""
    dynamodb = clients.dynamodb(emulator, REGION, role="worker")
    sqs = clients.sqs(emulator, REGION, role="worker")
    yield dynamodb, sqs
    dynamodb.close()
    sqs.close()


@contextmanager
def fresh_aws(emulator: str, dynamodb: "DynamoDBClient", sqs: "SQSClient") -> Iterator[Aws]:
    """Fresh tables and queues under names of their own; gone afterwards."""
    prefix = f"t{next(_numbers)}-"
    tables = TableNames().prefixed(prefix)
    for table in definitions(tables):  # the emulator's are ACTIVE at once, and nothing here expires
        dynamodb.create_table(**create_request(table))
    queues = create_queues(sqs, prefix)
    yield Aws(emulator, REGION, tables, queues.queue_url, queues.dlq_url, dynamodb, sqs)
    for name in tables.all():
        dynamodb.delete_table(TableName=name)
    for url in (queues.queue_url, queues.dlq_url):
        sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def aws(emulator: str, aws_clients: tuple["DynamoDBClient", "SQSClient"]) -> Iterator[Aws]:
    """Fresh tables and queues for one test."""
    with fresh_aws(emulator, *aws_clients) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_aws(emulator: str, aws_clients: tuple["DynamoDBClient", "SQSClient"]) -> Iterator[Aws]:
    """Tables and queues for the tests of a module that share a process, whose start takes its time."""
    with fresh_aws(emulator, *aws_clients) as fresh:
        yield fresh


@pytest.fixture
def settings_for() -> Callable[..., Settings]:
    """`settings_for(aws, retention_days=30)`: settings of a process on these tables."""
    return lambda aws, **changes: aws.settings(**changes)
