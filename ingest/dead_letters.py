"""Taking single messages from the dead-letter queue, which has no call for that: receive, match, delete.

What does not match is given back at once. The queue has no redrive of its own, so that looking costs nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.aws import unavailable_if_away

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

BATCH = 10
HIDDEN_SECONDS = 30  # from others who look, while we do
EMPTY_RECEIVES = 3  # one may come back empty though there are messages


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message of the dead-letter queue; `message_id` is what it had on the ingest queue."""

    message_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look through the queue came to; `whole` False: time ran out before all was seen."""

    removed: int
    left: int
    whole: bool


class DeadLetters:
    """The dead-letter queue, for those who take single messages from it."""

    def __init__(self, client: "SQSClient", dlq_url: str) -> None:
        self._client = client
        self._url = dlq_url

    @unavailable_if_away
    def remove(self, wanted: Callable[[DeadLetter], bool], most: int | None = None, seconds: float = 3.0) -> Looked:
        """Delete those that are wanted, at most so many, within so many seconds."""
        deadline = time.monotonic() + min(seconds, HIDDEN_SECONDS * 0.8)
        removed, empty = 0, 0
        others: dict[str, str] = {}
        try:
            while empty < EMPTY_RECEIVES and (most is None or removed < most):
                if time.monotonic() > deadline:
                    return Looked(removed, len(others), whole=False)
                received = self._receive()
                empty = 0 if received else empty + 1
                match = [raw for raw in received if wanted(_letter(raw))]
                removed += self._delete(match)
                others |= {raw["MessageId"]: raw["ReceiptHandle"] for raw in received if raw not in match}
            return Looked(removed, len(others), whole=True)
        finally:
            self._give_back(list(others.values()))

    def _receive(self) -> list[Any]:
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN_SECONDS,
            MessageAttributeNames=["messageId"],
        )
        return list(answer.get("Messages", []))

    def _delete(self, received: list[Any]) -> int:
        if not received:
            return 0
        answer = self._client.delete_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(place), "ReceiptHandle": raw["ReceiptHandle"]} for place, raw in enumerate(received)],
        )
        return len(answer.get("Successful", []))

    def _give_back(self, receipts: list[str]) -> None:
        for start in range(0, len(receipts), BATCH):
            ten = receipts[start : start + BATCH]
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                    for place, receipt in enumerate(ten)
                ],
            )


def _letter(raw: Any) -> DeadLetter:
    """What we set aside names its message; what the queue moved by itself kept its id."""
    named = raw.get("MessageAttributes", {}).get("messageId", {}).get("StringValue")
    return DeadLetter(named or raw["MessageId"], raw["Body"])
