"""The embedded AWS keeps what it is given: over a stop, over kill -9, and never over a damaged file."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data import aws, tables
from data.tables import TableNames
from embedded import emulator
from embedded.emulator import EmulatorError

REGION = "us-west-2"


class Embedded:
    """One emulator with its state in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = emulator.free_port()
        self.process = emulator.start(os.environ, folder, folder, self.port)
        emulator.wait_until_ready(self.port, lambda: self.process.poll() is None)
        self.dynamodb = aws.dynamodb(emulator.endpoint(self.port), REGION)
        self.sqs = aws.sqs(emulator.endpoint(self.port), REGION)

    def put(self, key: str) -> None:
        self.dynamodb.put_item(TableName=TableNames().events, Item={"pk": {"S": key}, "sk": {"S": "x"}})

    def keys(self) -> list[str]:
        return sorted(item["pk"]["S"] for item in self.dynamodb.scan(TableName=TableNames().events)["Items"])

    def snapshot(self) -> None:
        saved = self.folder / "sqs.json"  # the last file of a snapshot
        before = saved.stat().st_mtime_ns if saved.exists() else 0
        self.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: saved.exists() and saved.stat().st_mtime_ns > before)

    def stop(self) -> None:
        self.dynamodb.close()
        self.sqs.close()
        emulator.stop(self.process)

    def kill(self) -> None:
        self.process.kill()
        self.stop()


def wait_for(what: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_items_and_messages_survive_a_stop_and_a_start(tmp_path: Path) -> None:
    first = Embedded(tmp_path)
    tables.create_tables(first.dynamodb, TableNames())
    queues = tables.create_queues(first.sqs)
    first.put("a")
    first.sqs.send_message(QueueUrl=queues.queue_url, MessageBody="hello")
    first.stop()
    second = Embedded(tmp_path)
    try:
        assert second.keys() == ["a"]
        queue_url = tables.create_queues(second.sqs).queue_url  # another port may be in it
        assert second.sqs.receive_message(QueueUrl=queue_url)["Messages"][0]["Body"] == "hello"
        assert tables.create_tables(second.dynamodb, TableNames()) == []
    finally:
        second.stop()


def test_a_kill_loses_only_what_came_after_the_last_snapshot(tmp_path: Path) -> None:
    first = Embedded(tmp_path)
    tables.create_tables(first.dynamodb, TableNames())
    first.put("before")
    first.snapshot()
    first.put("after")
    assert first.keys() == ["after", "before"]  # a snapshot disturbs nobody
    first.kill()
    second = Embedded(tmp_path)
    try:
        assert second.keys() == ["before"]
    finally:
        second.stop()


def test_a_damaged_state_stops_the_start_and_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "dynamodb.json").write_text('{"half": ')
    port = emulator.free_port()
    process = emulator.start(os.environ, tmp_path, tmp_path, port)
    try:
        with pytest.raises(EmulatorError, match="ended while it was starting"):
            emulator.wait_until_ready(port, lambda: process.poll() is None)
    finally:
        emulator.stop(process)
    assert "cannot be read" in (tmp_path / "emulator.log").read_text()
    assert (tmp_path / "dynamodb.json").read_text() == '{"half": '


def test_it_listens_on_loopback_only(emulator: str) -> None:
    port = int(emulator.rsplit(":", 1)[1])
    listening = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=False).stdout
    if not listening:
        pytest.skip("ss is not installed")
    ours = [line.split()[3] for line in listening.splitlines() if line.split()[3].endswith(f":{port}")]
    assert ours == [f"127.0.0.1:{port}"]


def test_it_ends_when_nobody_holds_its_input(tmp_path: Path) -> None:
    port = emulator.free_port()
    process = emulator.start(os.environ, tmp_path, None, port)
    emulator.wait_until_ready(port, lambda: process.poll() is None)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0
    assert not list(tmp_path.glob("*.json"))


def test_the_condition_of_a_query_is_judged_by_its_values_not_by_its_text_alone(tmp_path: Path) -> None:
    """What the launcher remembers about an expression's text must not leak between queries."""
    embedded = Embedded(tmp_path)
    try:
        tables.create_tables(embedded.dynamodb, TableNames())
        for key in ("a", "b"):
            embedded.dynamodb.put_item(
                TableName=TableNames().events, Item={"pk": {"S": "p"}, "sk": {"S": key}, "n": {"N": "1"}}
            )
        for key in ("a", "b", "c"):
            found = embedded.dynamodb.query(
                TableName=TableNames().events, KeyConditionExpression="pk = :p AND sk = :s",
                ExpressionAttributeValues={":p": {"S": "p"}, ":s": {"S": key}},
            )["Items"]  # fmt: skip
            assert [item["sk"]["S"] for item in found] == ([key] if key != "c" else [])
        for low, high, count in (("a", "b", 2), ("b", "c", 1), ("c", "d", 0)):
            found = embedded.dynamodb.query(
                TableName=TableNames().events, KeyConditionExpression="pk = :p AND sk BETWEEN :l AND :h",
                ExpressionAttributeValues={":p": {"S": "p"}, ":l": {"S": low}, ":h": {"S": high}},
            )["Items"]  # fmt: skip
            assert len(found) == count
    finally:
        embedded.stop()
