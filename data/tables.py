"""Every table, index, queue and bucket there is: one place for all who make or drop them.

The embedded start, the tests and `python -m data.tables` create from here what Terraform makes in production.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

TTL_ATTRIBUTE = "expiresAt"
QUEUE_NAME = "dashboard-ingest"
DLQ_NAME = "dashboard-ingest-dlq"
ARCHIVE_BUCKET = "dashboard-archive"
VISIBILITY_SECONDS = 60
MAX_RECEIVES = 3
DAY_SECONDS = 24 * 3600

# What lists show beside the keys: a list is read from its index alone, and an index holds no list of commits.
SHOWN = (
    "attemptId", "serviceId", "clusterId", "status", "startedAt", "buildVersion", "gitSha", "endedAt",
    "trigger", "failureReason", "rollbackToBuild", "cancelled", "gates", "actor", "runUrl", TTL_ATTRIBUTE,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNames:
    """What the seven tables are called."""

    attempts: str = "deployment-attempts"
    test_runs: str = "test-runs"
    promotions: str = "promotions"
    read_model: str = "dashboard-read-model"
    catalog: str = "dashboard-catalog"
    events: str = "dashboard-events"
    scorecards: str = "scorecard-snapshots"

    def prefixed(self, prefix: str) -> "TableNames":
        """The same names, each behind `prefix`."""
        return replace(self, **{f.name: f"{prefix}{getattr(self, f.name)}" for f in fields(self)})

    def all(self) -> tuple[str, ...]:
        """Every name."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. No `include` projects everything."""

    name: str
    partition_key: str
    sort_key: str
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One table: pk and sk are text, paid by request, TTL on `expiresAt`."""

    name: str
    indexes: tuple[Index, ...] = ()


def definitions(names: TableNames) -> list[TableDefinition]:
    """Every table with its indexes."""
    by_key = {"byService": "serviceId", "byStatus": "status", "byCluster": "clusterId"}
    attempts = tuple(_list_index(name, key) for name, key in by_key.items())
    return [
        TableDefinition(names.attempts, attempts),
        TableDefinition(names.test_runs),
        TableDefinition(names.promotions, (Index("byCluster", "toClusterId", "promotedAt"),)),
        TableDefinition(names.read_model),
        TableDefinition(names.catalog),
        TableDefinition(names.events),
        TableDefinition(names.scorecards),
    ]


def _list_index(name: str, partition_key: str) -> Index:
    include = tuple(shown for shown in SHOWN if shown not in (partition_key, "startedAt"))
    return Index(name, partition_key, "startedAt", include)


def create_request(table: TableDefinition) -> dict[str, Any]:
    """The CreateTable request of a definition."""
    keys = {"pk", "sk"} | {key for index in table.indexes for key in (index.partition_key, index.sort_key)}
    request: dict[str, Any] = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)],
        "KeySchema": _key_schema("pk", "sk"),
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [_index_request(index) for index in table.indexes]
    return request


def _key_schema(partition_key: str, sort_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition_key, "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]


def _index_request(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": "ALL"}
    if index.include:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.include)}
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.partition_key, index.sort_key),
        "Projection": projection,
    }


def create_tables(dynamodb: "DynamoDBClient", names: TableNames) -> list[str]:
    """Create what is missing, wait until all is ACTIVE, switch TTL on; the names of those created."""
    created = [table.name for table in definitions(names) if _create(dynamodb, table)]
    for name in names.all():
        _wait_until_active(dynamodb, name)
        _enable_ttl(dynamodb, name)
    return created


def _create(dynamodb: "DynamoDBClient", table: TableDefinition) -> bool:
    try:
        dynamodb.create_table(**create_request(table))
    except dynamodb.exceptions.ResourceInUseException:
        return False  # it exists, or another process is creating it
    return True


def _wait_until_active(dynamodb: "DynamoDBClient", name: str) -> None:
    if dynamodb.describe_table(TableName=name)["Table"].get("TableStatus") != "ACTIVE":
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 99})


def _enable_ttl(dynamodb: "DynamoDBClient", name: str) -> None:
    """Asked first: switching on what is on is an error at AWS."""
    status = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"].get("TimeToLiveStatus")
    if status in ("ENABLED", "ENABLING"):
        return
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE}
    )


def delete_tables(dynamodb: "DynamoDBClient", names: TableNames) -> list[str]:
    """Delete what is there; the names of those deleted."""
    deleted = []
    for name in names.all():
        try:
            dynamodb.delete_table(TableName=name)
        except dynamodb.exceptions.ResourceNotFoundException:
            continue
        deleted.append(name)
    return deleted


def describe_tables(dynamodb: "DynamoDBClient", names: TableNames) -> list[dict[str, Any]]:
    """What is really there, one summary a table; status None where it does not exist."""
    return [_describe(dynamodb, name) for name in names.all()]


def _describe(dynamodb: "DynamoDBClient", name: str) -> dict[str, Any]:
    try:
        table = dynamodb.describe_table(TableName=name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        return {"table": name, "status": None}
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return {
        "table": name,
        "status": table.get("TableStatus"),
        "items": table.get("ItemCount"),
        "indexes": sorted(index.get("IndexName", "") for index in table.get("GlobalSecondaryIndexes", [])),
        "ttl": ttl.get("AttributeName") if ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") else None,
    }


@dataclass(frozen=True, slots=True)
class Queues:
    """Where the ingest queue and its dead-letter queue are."""

    queue_url: str
    dlq_url: str


def create_queues(sqs: "SQSClient", prefix: str = "") -> Queues:
    """The ingest queue and its DLQ, created where missing (equal attributes make it repeatable)."""
    dlq_url = sqs.create_queue(
        QueueName=f"{prefix}{DLQ_NAME}", Attributes={"MessageRetentionPeriod": str(14 * DAY_SECONDS)}
    )["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVES}
    queue_url = sqs.create_queue(
        QueueName=f"{prefix}{QUEUE_NAME}",
        Attributes={
            "VisibilityTimeout": str(VISIBILITY_SECONDS),
            "MessageRetentionPeriod": str(4 * DAY_SECONDS),
            "RedrivePolicy": json.dumps(redrive),
        },
    )["QueueUrl"]
    return Queues(queue_url, dlq_url)


def create_bucket(s3: "S3Client", name: str, region: str) -> bool:
    """The archive's bucket, created where it is missing; whether it was."""
    where: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=name, **where)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m data.tables`: exit 0 when done, 1 when AWS is away, 2 when not allowed."""
    from data import aws
    from data.errors import Unavailable
    from settings import Settings, SettingsError

    parser = argparse.ArgumentParser(prog="python -m data.tables", description="Make, show, drop tables.")
    parser.add_argument("action", choices=("create", "describe", "delete"))
    parser.add_argument("--yes", action="store_true", help="really delete every table with all its items")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.action == "delete" and not chosen.yes:
        print("This deletes every table and all that is in them: say so with --yes.", file=sys.stderr)
        return 2
    dynamodb = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="worker")
    try:
        with aws.aws_errors():
            _act(chosen.action, dynamodb, settings.tables)
            if chosen.action == "create" and settings.archive_bucket:
                s3 = aws.s3(settings.aws_endpoint_url, settings.aws_region)
                created = create_bucket(s3, settings.archive_bucket, settings.aws_region)
                print(f"{'created' if created else 'present'}  {settings.archive_bucket}")
    except Unavailable as error:
        print(f"AWS did not answer: {error}", file=sys.stderr)
        return 1
    return 0


def _act(action: str, dynamodb: "DynamoDBClient", names: TableNames) -> None:
    if action == "create":
        created = create_tables(dynamodb, names)
        for name in names.all():
            print(f"{'created' if name in created else 'present'}  {name}")
    elif action == "delete":
        for name in delete_tables(dynamodb, names):
            print(f"deleted  {name}")
    else:
        for line in describe_tables(dynamodb, names):
            print(json.dumps(line))


if __name__ == "__main__":
    sys.exit(main())
