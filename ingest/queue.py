"""Every SQS call of ours: send, receive, delete, hold longer, set aside, count."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from data.aws import PASSING, error_code, is_unavailable, unavailable_if_away
from data.errors import Unavailable
from data.instants import to_instant
from data.models import Instant
from data.tables import VISIBILITY_SECONDS
from ingest.dead_letters import DeadLetters
from ingest.sending import Refusal

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

log = logging.getLogger(__name__)

BATCH = 10
DELETE_TRIES = 4
MAX_BYTES = 1_048_576
ATTRIBUTE_BYTES = 2_000
# The message is no longer ours: its time ran out and somebody else has it. What we did with it is done.
GONE = frozenset({"ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight", "NotInflight"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message as received; `receipt` is the right to delete it for as long as it stays hidden."""

    id: str
    receipt: str
    body: str
    sent_at: Instant
    receives: int = 1
    replays: int = 0  # how often it was taken from quarantine and sent again


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages wait, how many are being worked on, and how many were set aside."""

    waiting: int
    in_flight: int
    dead: int


class Queue:
    """The ingest queue with its dead-letter queue. `receiver` is a client that outwaits a long poll."""

    def __init__(
        self, client: "SQSClient", queue_url: str, dlq_url: str | None, receiver: "SQSClient | None" = None
    ) -> None:
        self._client = client
        self._url = queue_url
        self._dlq_url = dlq_url
        self._receiver = receiver or client
        self._visibility: int | None = None

    @unavailable_if_away
    def send(self, body: str, replays: int = 0) -> str:
        """Put a message on the queue; its id, once the queue has it. `replays`: how often it was sent again."""
        request: dict[str, Any] = {"QueueUrl": self._url, "MessageBody": body}
        if replays:
            request["MessageAttributes"] = {"replays": {"DataType": "Number", "StringValue": str(replays)}}
        return self._client.send_message(**request)["MessageId"]

    @unavailable_if_away
    def send_ten(self, bodies: Sequence[str]) -> list[Refusal | None]:
        """Put up to ten messages on the queue with one call: for each, why the queue did not take it, if so."""
        entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
        except ClientError as error:
            if is_unavailable(error):
                raise
            return [Refusal(error_code(error), whole=True)] * len(bodies)
        taken = {entry["Id"] for entry in answer.get("Successful", [])}
        refused = {entry["Id"]: entry for entry in answer.get("Failed", [])}
        return [
            None if str(place) in taken else _refusal(refused.get(str(place), {})) for place in range(len(bodies))
        ]

    @unavailable_if_away
    def receive(self, wait_seconds: int = 0) -> list[Message]:
        """Up to ten messages; waits for the first one as long as told."""
        answer = self._receiver.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            MessageAttributeNames=["replays"],
        )
        return [_message(raw) for raw in answer.get("Messages", [])]

    @unavailable_if_away
    def delete(self, messages: Sequence[Message]) -> list[Message]:
        """Delete them; those that stayed in spite of some tries (they come back, which is harmless)."""
        return self._in_batches(messages, self._delete_ten)

    @unavailable_if_away
    def hide(self, messages: Sequence[Message], seconds: int) -> list[Message]:
        """Keep them from other workers for so long from now; 0 = give them back. Those that refused."""
        return [left for ten in _tens(messages) for left in self._hide_ten(ten, seconds)]

    def visibility_seconds(self) -> int:
        """How long a received message stays hidden, as the queue is set; our own default until it answers."""
        if self._visibility is None:
            try:
                self._visibility = self._ask_visibility()
            except Unavailable as error:
                log.warning("visibility time-out not known", extra={"reason": str(error)})
                return VISIBILITY_SECONDS
        return self._visibility

    @unavailable_if_away
    def _ask_visibility(self) -> int:
        answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["VisibilityTimeout"])
        return int(answer["Attributes"]["VisibilityTimeout"])

    @unavailable_if_away
    def set_aside(self, message: Message, reason: str) -> None:
        """Put a copy on the dead-letter queue, with the reason where there is room for it."""
        request: dict[str, Any] = {"QueueUrl": self._dead_url(), "MessageBody": message.body}
        if len(message.body.encode()) + ATTRIBUTE_BYTES <= MAX_BYTES:
            said = reason.encode("ascii", "replace").decode()[:250]
            request["MessageAttributes"] = {
                "reason": {"DataType": "String", "StringValue": said or "unknown"},
                "messageId": {"DataType": "String", "StringValue": message.id},
            }
        self._client.send_message(**request)

    def dead_letters(self) -> DeadLetters:
        """The dead-letter queue, for those who take single messages from it."""
        return DeadLetters(self._client, self._dead_url())

    def _dead_url(self) -> str:
        if self._dlq_url is None:
            raise Unavailable("no dead-letter queue is configured")
        return self._dlq_url

    @unavailable_if_away
    def depth(self) -> Depth:
        """The queue's own approximate counts."""
        waiting, in_flight = self._counts(self._url)
        dead = self._counts(self._dlq_url)[0] if self._dlq_url else 0
        return Depth(waiting, in_flight, dead)

    def _counts(self, url: str) -> tuple[int, int]:
        answer = self._client.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return (
            int(answer["ApproximateNumberOfMessages"]),
            int(answer["ApproximateNumberOfMessagesNotVisible"]),
        )

    def _in_batches(
        self, messages: Sequence[Message], act: Callable[[Sequence[Message]], list[Message]]
    ) -> list[Message]:
        """`act` on tens, again on what a batch answered as failed, with short pauses."""
        left = list(messages)
        for attempt in range(DELETE_TRIES):
            if not left:
                break
            if attempt:
                time.sleep(0.1 * 2**attempt)
            left = [failed for ten in _tens(left) for failed in act(ten)]
        if left:
            log.warning("messages stayed on the queue", extra={"count": len(left)})
        return left

    def _delete_ten(self, messages: Sequence[Message]) -> list[Message]:
        answer = self._client.delete_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(place), "ReceiptHandle": m.receipt} for place, m in enumerate(messages)],
        )
        return _failed(messages, answer.get("Failed", []))

    def _hide_ten(self, messages: Sequence[Message], seconds: int) -> list[Message]:
        answer = self._client.change_message_visibility_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(place), "ReceiptHandle": m.receipt, "VisibilityTimeout": seconds}
                for place, m in enumerate(messages)
            ],
        )
        return _failed(messages, answer.get("Failed", []))


def _refusal(entry: Mapping[str, Any]) -> Refusal:
    """Throttling passes, and so does what the queue blames on itself."""
    code = str(entry.get("Code", "unknown"))
    return Refusal(code, passing=code.rsplit(".", 1)[-1] in PASSING or entry.get("SenderFault") is False)


def _failed(messages: Sequence[Message], failed: Iterable[Any]) -> list[Message]:
    """Those a batch answer names as failed, less those that are not ours any more."""
    entries = [entry for entry in failed if entry.get("Code", "").rsplit(".", 1)[-1] not in GONE]
    return [messages[int(entry["Id"])] for entry in entries]


def _tens(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    for start in range(0, len(messages), BATCH):
        yield messages[start : start + BATCH]


def _message(raw: Any) -> Message:
    attributes = raw.get("Attributes", {})
    sent = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    receives = int(attributes.get("ApproximateReceiveCount", 1))
    replays = raw.get("MessageAttributes", {}).get("replays", {}).get("StringValue", "")
    return Message(
        raw["MessageId"], raw["ReceiptHandle"], raw["Body"], to_instant(sent), receives,
        int(replays[:4]) if replays.isascii() and replays.isdigit() else 0,
    )  # fmt: skip
