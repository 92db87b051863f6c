"""Table definitions against the emulator, and the command that makes and drops them."""

import json
import uuid
from dataclasses import fields

import pytest

from data import tables
from data.tables import SHOWN, TableNames, create_request, create_tables, definitions
from tests.conftest import Aws


@pytest.fixture
def names() -> TableNames:
    return TableNames().prefixed("made-")


def test_every_name_has_a_definition() -> None:
    names = TableNames()
    assert [table.name for table in definitions(names)] == [getattr(names, f.name) for f in fields(names)]


def test_an_attempts_index_projects_what_lists_show_and_repeats_no_key() -> None:
    request = create_request(definitions(TableNames())[0])
    for index in request["GlobalSecondaryIndexes"]:
        keys = {key["AttributeName"] for key in index["KeySchema"]}
        included = set(index["Projection"]["NonKeyAttributes"])
        assert included | keys == set(SHOWN)
        assert not included & keys
        assert not included & {"pk", "sk"}


def test_no_table_projects_more_attributes_than_dynamodb_allows() -> None:
    for table in definitions(TableNames()):
        assert sum(len(index.include) for index in table.indexes) <= 100


def test_creating_twice_creates_once_and_leaves_items_alone(aws: Aws, names: TableNames) -> None:
    try:
        assert create_tables(aws.dynamodb, names) == list(names.all())
        aws.dynamodb.put_item(TableName=names.events, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        assert create_tables(aws.dynamodb, names) == []
        assert aws.dynamodb.scan(TableName=names.events)["Count"] == 1
        described = {line["table"]: line for line in tables.describe_tables(aws.dynamodb, names)}
        assert {line["ttl"] for line in described.values()} == {"expiresAt"}
        assert described[names.attempts]["indexes"] == ["byCluster", "byService", "byStatus"]
        assert described[names.promotions]["indexes"] == ["byCluster"]
    finally:
        assert set(tables.delete_tables(aws.dynamodb, names)) == set(names.all())
    assert tables.delete_tables(aws.dynamodb, names) == []
    assert tables.describe_tables(aws.dynamodb, names)[0] == {"table": names.attempts, "status": None}


def test_a_list_read_from_an_index_has_all_it_shows(aws: Aws) -> None:
    item = {key: {"S": "x"} for key in SHOWN if key != "expiresAt"}
    aws.dynamodb.put_item(
        TableName=aws.tables.attempts,
        Item={**item, "pk": {"S": "p"}, "sk": {"S": "s"}, "expiresAt": {"N": "1"}, "commits": {"S": "long"}},
    )
    found = aws.dynamodb.query(
        TableName=aws.tables.attempts, IndexName="byStatus", KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "status"}, ExpressionAttributeValues={":s": {"S": "x"}},
    )["Items"]  # fmt: skip
    assert [set(row) for row in found] == [{*SHOWN, "pk", "sk"}]


def test_a_message_received_three_times_goes_to_the_dead_letter_queue(aws: Aws) -> None:
    attributes = aws.sqs.get_queue_attributes(QueueUrl=aws.queue_url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "60"
    assert attributes["MessageRetentionPeriod"] == str(4 * 86400)
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3
    aws.sqs.send_message(QueueUrl=aws.queue_url, MessageBody="poison")
    for _ in range(3):
        assert aws.sqs.receive_message(QueueUrl=aws.queue_url, VisibilityTimeout=0)["Messages"]
    assert "Messages" not in aws.sqs.receive_message(QueueUrl=aws.queue_url, VisibilityTimeout=0)
    assert aws.sqs.receive_message(QueueUrl=aws.dlq_url)["Messages"][0]["Body"] == "poison"


def test_creating_the_queues_again_gives_the_same_queues(aws: Aws) -> None:
    prefix = aws.tables.attempts.removesuffix("deployment-attempts")
    again = tables.create_queues(aws.sqs, prefix)
    assert (again.queue_url, again.dlq_url) == (aws.queue_url, aws.dlq_url)


def test_the_command_creates_describes_and_deletes_only_when_told_twice(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in aws.environment(DYNAMODB_TABLE_SCORECARDS="from-command").items():
        monkeypatch.setenv(name, value)
    assert tables.main(["create"]) == 0
    assert "created  from-command" in capsys.readouterr().out
    assert tables.main(["delete"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert tables.main(["describe"]) == 0
    assert '"table": "from-command", "status": "ACTIVE"' in capsys.readouterr().out
    aws.dynamodb.delete_table(TableName="from-command")


def test_the_command_makes_the_archives_bucket_once_where_one_is_named(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = f"archive-{uuid.uuid4().hex[:8]}"
    for name, value in aws.environment(ARCHIVE_BUCKET=bucket).items():
        monkeypatch.setenv(name, value)
    said = []
    for _ in range(2):
        assert tables.main(["create"]) == 0
        said.append(capsys.readouterr().out.splitlines()[-1])
    assert said == [f"created  {bucket}", f"present  {bucket}"]


def test_the_command_says_in_a_sentence_that_aws_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("data.aws._config", lambda role: _impatient())
    assert tables.main(["describe"]) == 1
    assert capsys.readouterr().err.startswith("AWS did not answer: Could not connect")


def _impatient() -> object:
    from botocore.config import Config

    return Config(connect_timeout=1, retries={"total_max_attempts": 1})
