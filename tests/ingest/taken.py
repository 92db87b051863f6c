"""What the intake put on a queue, taken from it and read."""

import json
from typing import Any

from tests.conftest import Aws


def messages(aws: Aws) -> list[dict[str, Any]]:
    """Every message now on the queue, oldest first; they are deleted."""
    found: list[dict[str, Any]] = []
    while True:
        answer = aws.sqs.receive_message(QueueUrl=aws.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        received = answer.get("Messages", [])
        if not received:
            return found
        for one in received:
            found.append(json.loads(one["Body"]))
            aws.sqs.delete_message(QueueUrl=aws.queue_url, ReceiptHandle=one["ReceiptHandle"])
