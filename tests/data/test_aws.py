"""The clients and the translation of AWS's failures into ours."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from data import aws as clients
from data.aws import aws_errors, unavailable_if_away
from data.errors import Unavailable
from tests.conftest import REGION, Aws


def client_error(code: str, status: int = 400) -> ClientError:
    answer = {"Error": {"Code": code, "Message": "so"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Query")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ProvisionedThroughputExceededException", 400), ("ThrottlingException", 400), ("RequestLimitExceeded", 400),
        ("TransactionConflictException", 400), ("OverLimit", 403), ("InternalServerError", 500), ("Unheard", 503),
        ("AccessDeniedException", 400), ("ResourceNotFoundException", 400),
        ("com.amazonaws.dynamodb.v20120810#ThrottlingException", 400),
    ],
)  # fmt: skip
def test_what_may_work_later_is_unavailable(code: str, status: int) -> None:
    with pytest.raises(Unavailable, match="Query"), aws_errors():
        raise client_error(code, status)


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "ValidationException"])
def test_what_the_caller_must_judge_passes_unchanged(code: str) -> None:
    with pytest.raises(ClientError, match=code), aws_errors():
        raise client_error(code)


def test_a_request_we_built_wrongly_is_not_an_outage(aws: Aws) -> None:
    client = clients.dynamodb(aws.endpoint, aws.region, role="web")
    with pytest.raises(ParamValidationError), aws_errors():
        client.get_item(TableName=aws.tables.events, Key="not a key")  # type: ignore[arg-type]


def test_a_lost_condition_is_still_told_apart_on_the_wire(aws: Aws) -> None:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    aws.dynamodb.put_item(TableName=aws.tables.events, Item=item)
    with pytest.raises(aws.dynamodb.exceptions.ConditionalCheckFailedException), aws_errors():
        aws.dynamodb.put_item(TableName=aws.tables.events, Item=item, ConditionExpression="attribute_not_exists(pk)")


def test_a_missing_table_is_unavailable_on_the_wire(aws: Aws) -> None:
    with pytest.raises(Unavailable, match="ResourceNotFoundException"), aws_errors():
        aws.dynamodb.get_item(TableName="nowhere", Key={"pk": {"S": "a"}, "sk": {"S": "b"}})


def config(client: Any) -> Any:
    return client.meta.config


def access_key(endpoint: str | None) -> str | None:
    credentials = clients._session(endpoint).get_credentials()
    return credentials.access_key if credentials else None


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    connections.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for connection in connections:
            connection.close()


def test_a_table_that_does_not_answer_is_unavailable_before_a_page_gives_up(silent_port: int) -> None:
    client = clients.dynamodb(f"http://127.0.0.1:{silent_port}", REGION)
    assert (config(client).connect_timeout, config(client).read_timeout) == (1, 2)
    assert config(client).retries["total_max_attempts"] == 3

    @unavailable_if_away
    def read() -> object:
        return client.list_tables()

    with pytest.raises(Unavailable, match="Read timeout"):
        read()
    client.close()


def test_the_worker_is_more_patient_than_a_page_and_long_polls_outwait_the_queue() -> None:
    worker = config(clients.dynamodb("http://127.0.0.1:9", REGION, role="worker"))
    assert worker.retries == {"mode": "adaptive", "total_max_attempts": 8}
    assert worker.read_timeout == 5
    assert worker.max_pool_connections >= 20
    assert config(clients.sqs_receiver("http://127.0.0.1:9", REGION)).read_timeout > clients.LONG_POLL_SECONDS


def test_dummy_credentials_go_to_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert access_key("http://127.0.0.1:4566") == "local"
    assert access_key("http://localhost:4566") == "local"
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    assert access_key("http://dynamodb.example.com") is None
    assert access_key("http://127.0.0.1.example.com") is None
    assert access_key(None) is None


def test_credentials_in_the_environment_win_on_loopback_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "too")
    assert access_key("http://127.0.0.1:4566") == "mine"
